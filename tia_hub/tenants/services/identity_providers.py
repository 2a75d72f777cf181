"""An organisation's own identity provider: setting it up, the domains it may vouch for, and whom it brings in."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from tia_hub.accounts.oidc.types import Client, ProviderFault, Vouched
from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.mail.services import link, post
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.core.sealing import Unreadable, seal, unseal
from tia_hub.core.trail import record
from tia_hub.tenants.mail_domains import domain_of, is_public
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.models.sign_in import IdentityProvider, OrganisationDomain, VouchedPerson
from tia_hub.tenants.queries.identity_providers import (
    find_identity_provider,
    find_vouched,
    get_email_domain,
    list_email_domains,
)
from tia_hub.tenants.queries.invitations import find_open_invitation
from tia_hub.tenants.queries.lifecycle import list_at_rest
from tia_hub.tenants.queries.organisations import get_organisation
from tia_hub.tenants.queries.people import find_member_by_email, find_member_of_person, list_members_with_role
from tia_hub.tenants.services.joining import accept_invitation
from tia_hub.tenants.services.people import one_at_a_time
from tia_hub.tenants.types.roles import Role
from tia_hub.tenants.types.sign_in import Newcomers, OwnSignIn, SecondFactor

GOOGLE = "https://accounts.google.com"
"""The one provider that signs in people of everywhere under one name: there the Workspace counts, not the address alone."""


class NotProven(Refused):
    """A provider that nobody has come in by yet can't be the only way in."""


class Refusal(StrEnum):
    """Why somebody whom the provider vouches for is not let in."""

    NO_ADDRESS = "no_address"
    UNVERIFIED = "unverified"
    FOREIGN = "foreign"
    ANOTHER_SUBJECT = "another_subject"
    NOT_INVITED = "not_invited"
    CLOSED = "closed"


_ON_THE_TRAIL = {
    Refusal.NO_ADDRESS: "the provider named no email address",
    Refusal.UNVERIFIED: "the provider says that the address {email} is not verified",
    Refusal.FOREIGN: "{email} is not in a domain that was confirmed as the organisation’s",
    Refusal.ANOTHER_SUBJECT: "{email} belongs to somebody else at the provider than before",
    Refusal.NOT_INVITED: "{email} has no invitation",
    Refusal.CLOSED: "the TIA Hub account of {email} is closed",
}


@dataclass(frozen=True)
class Admitted:
    """A member whom the provider vouches for."""

    person_id: UUID
    first_time: bool
    """Whether they were bound to the provider's identifier just now."""


@dataclass(frozen=True)
class Newcomer:
    """Somebody who may become a member: by an invitation, or because everybody of the domain may."""

    name: str
    person_id: UUID | None
    """Who they are, where the provider's identifier says so: they were a member before."""


def save_provider(
    scope: OrganisationScope,
    *,
    issuer: str,
    client_id: str,
    client_secret: str,
    state: OwnSignIn,
    second_factor: SecondFactor,
    newcomers: Newcomers,
) -> None:
    """Set up the organisation's provider; an empty secret keeps the present one.

    Raises Refused where there is no secret, and NotProven where it is to be the only way in before anybody has come in by it.
    """
    one_at_a_time(scope)
    provider = find_identity_provider(scope)
    was = OwnSignIn(provider.state) if provider else OwnSignIn.OFF
    # A secret that was entered for one provider must not be sent to another.
    if not client_secret and (provider is None or issuer != provider.issuer):
        raise Refused("Enter the client secret of this provider")
    same = provider is not None and (issuer, client_id, "") == (provider.issuer, provider.client_id, client_secret)
    proven_at = provider.proven_at if provider and same else None
    if state is OwnSignIn.ENFORCED and proven_at is None:
        raise NotProven("Sign in by the provider once before it becomes the only way in. Until then choose the answer above")
    if provider is None:
        provider = IdentityProvider(organisation_id=scope.organisation_id)
        scope.session.add(provider)
    if client_secret:
        provider.client_secret = seal(client_secret)
    provider.issuer, provider.client_id, provider.proven_at = issuer, client_id, proven_at
    provider.state, provider.second_factor, provider.newcomers = state, second_factor, newcomers
    words = f"Set up sign-in by the organisation’s own provider, {issuer}. In use: {state.words.lower()}. "
    words += f"Second factor asked for by: {second_factor.words.lower()}. Let in: {newcomers.words.lower()}"
    record(scope, "identity_provider.changed", words)
    if (was, state) != (OwnSignIn.OFF, OwnSignIn.OFF):
        _tell_the_other_leads(scope, words)


def _tell_the_other_leads(scope: OrganisationScope, words: str) -> None:
    """Whoever sets up a provider could sign in as anybody here: nobody does that unseen."""
    for lead in list_members_with_role(scope, [Role.LEAD]):
        if lead.person_id != scope.actor.person_id:
            post(
                scope,
                to=lead.person.email,
                recipient_id=lead.person_id,
                permission=Permission.SIGN_IN_MANAGE,
                subject=f"How people sign in to {scope.name} was changed",
                template="identity_provider_changed",
                context={
                    "name": lead.person.name,
                    "who": scope.actor.name,
                    "organisation": scope.name,
                    "words": words,
                    "link": link("tenants.own_sign_in", organisation=scope.slug),
                },
            )


def make_client(provider: IdentityProvider) -> Client:
    """The provider as it is asked. Raises ProviderFault where its secret can't be read any more."""
    try:
        secret = unseal(provider.client_secret)
    except Unreadable as fault:
        raise ProviderFault("The client secret can’t be read any more. Enter it again") from fault
    return Client(
        issuer=provider.issuer,
        client_id=provider.client_id,
        client_secret=secret,
        redirect_uri=link("tenants.come_back"),
    )


def ask_for_email_domain(scope: OrganisationScope, domain: str) -> None:
    """Name a domain as the organisation's own; it counts once the coordinator's office has confirmed it."""
    _refuse_everybodys(domain)
    made = scope.session.scalar(
        insert(OrganisationDomain)
        .values(organisation_id=scope.organisation_id, id=uuid4(), partnership_id=scope.partnership_id, domain=domain)
        .on_conflict_do_nothing(index_elements=["organisation_id", "domain"])
        .returning(OrganisationDomain.id)
    )
    if made is None:
        raise Refused(f"{domain} is on the list already.")
    record(scope, "domain.asked_for", f"Named {domain} as an email domain of the organisation", target_id=made)


def confirm_email_domain(scope: PartnershipScope, organisation_id: UUID, domain: str) -> None:
    """Confirm that a domain is an organisation's own, whether it asked or not. Raises NotFound, Refused."""
    organisation = get_organisation(scope, organisation_id)
    _refuse_everybodys(domain)
    entry = {"confirmed_at": now(), "confirmed_by": scope.actor.person_id}
    made = scope.session.scalar(
        insert(OrganisationDomain)
        .values(organisation_id=organisation.id, id=uuid4(), partnership_id=scope.partnership_id, domain=domain, **entry)
        .on_conflict_do_update(
            index_elements=["organisation_id", "domain"], set_=entry, where=OrganisationDomain.confirmed_at.is_(None)
        )
        .returning(OrganisationDomain.id)
    )
    if made is None:
        raise Refused(f"{domain} is confirmed already.")
    record(scope, "domain.confirmed", f"Confirmed {domain} as an email domain of {organisation.name}", target_id=made)


def remove_email_domain(scope: OrganisationScope | PartnershipScope, domain_id: UUID) -> OrganisationDomain:
    """Take a domain off an organisation; nobody signs in by its addresses from then on. Raises NotFound."""
    found = get_email_domain(scope, domain_id)
    scope.session.execute(
        delete(OrganisationDomain).where(
            OrganisationDomain.organisation_id == found.organisation_id, OrganisationDomain.id == found.id
        )
    )
    record(scope, "domain.removed", f"Removed the email domain {found.domain}", target_id=found.id)
    return found


def _refuse_everybodys(domain: str) -> None:
    if is_public(domain):
        raise Refused(f"Anybody can have an address at {domain}: it can’t be one organisation’s.")


def refuse(scope: OrganisationScope, refusal: Refusal, vouched: Vouched) -> Refusal:
    """Put on the trail that somebody was not let in."""
    words = _ON_THE_TRAIL[refusal].format(email=vouched.email)
    record(scope, "sign_in.refused", f"Refused a sign-in by the organisation’s provider: {words}")
    return refusal


def record_fault(scope: OrganisationScope, fault: ProviderFault) -> None:
    """Put on the trail that the provider could not be used or believed."""
    record(scope, "sign_in.failed", f"A sign-in by the organisation’s provider failed: {fault}")


def recognise(scope: OrganisationScope, vouched: Vouched) -> Admitted | Newcomer | Refusal:
    """Who in this organisation somebody is, whom its provider vouches for. What is refused is on the trail.

    The provider's own identifier counts, once it is bound; before that the address, in a confirmed domain.
    """
    one_at_a_time(scope)
    refusal = _check_address(scope, vouched)
    if refusal is not None:
        return refuse(scope, refusal, vouched)
    bound = find_vouched(scope, issuer=vouched.issuer, subject=vouched.subject)
    if bound is None:
        by_address = find_member_by_email(scope, vouched.email)
        if by_address is not None:
            if not _bind(scope, vouched, by_address.person_id):
                return refuse(scope, Refusal.ANOTHER_SUBJECT, vouched)
            return _come_in(scope, by_address.person_id, first_time=True)
    else:
        member = find_member_of_person(scope, bound)
        if member is not None and member.ended_at is None:
            if member.person.email != vouched.email:
                words = f"The organisation’s provider now knows {member.person.email} as {vouched.email}"
                record(scope, "sign_in.other_address", words, target_id=member.id)
            return _come_in(scope, bound, first_time=False)
    return _newcomer(scope, vouched, bound) or refuse(scope, Refusal.NOT_INVITED, vouched)


def _check_address(scope: OrganisationScope, vouched: Vouched) -> Refusal | None:
    domain = domain_of(vouched.email)
    if "@" not in vouched.email or vouched.email.startswith("@") or not domain:
        return Refusal.NO_ADDRESS
    if vouched.email_refuted:
        return Refusal.UNVERIFIED
    confirmed = {each.domain for each in list_email_domains(scope, scope.organisation_id, confirmed_only=True)}
    if domain not in confirmed or (vouched.issuer == GOOGLE and vouched.hosted_domain not in confirmed):
        return Refusal.FOREIGN
    return None


def _newcomer(scope: OrganisationScope, vouched: Vouched, person_id: UUID | None) -> Newcomer | None:
    if list_at_rest(scope, [scope.organisation_id], hold=True):
        # Its leads still come in, to take away what is theirs; nobody joins it.
        return None
    invitation = find_open_invitation(scope, vouched.email)
    if invitation is not None:
        return Newcomer(invitation.name, person_id)
    provider = find_identity_provider(scope)
    left = person_id is not None and find_member_of_person(scope, person_id) is not None
    if provider is None or provider.newcomers != Newcomers.EVERYBODY or left:
        return None
    return Newcomer(vouched.name or vouched.email.partition("@")[0], person_id)


def join(scope: OrganisationScope, vouched: Vouched, person_id: UUID) -> Admitted | Refusal:
    """Make a newcomer a member: by their invitation, or as everybody of the domain. Refused as `recognise` refuses."""
    one_at_a_time(scope)
    newcomer = _newcomer(scope, vouched, person_id)
    if newcomer is None:
        return refuse(scope, Refusal.NOT_INVITED, vouched)
    bound = find_vouched(scope, issuer=vouched.issuer, subject=vouched.subject)
    if bound != person_id and (bound is not None or not _bind(scope, vouched, person_id)):
        return refuse(scope, Refusal.ANOTHER_SUBJECT, vouched)
    invitation = find_open_invitation(scope, vouched.email)
    if invitation is not None:
        accept_invitation(scope, token_hash=invitation.token_hash, invitation_id=invitation.id, person_id=person_id)
    else:
        made = Membership(organisation_id=scope.organisation_id, id=uuid4(), person_id=person_id, role=Role.STAFF, job_title="")
        scope.session.add(made)
        words = f"{newcomer.name} ({vouched.email}) joined by the organisation’s provider"
        record(scope, "member.joined", words, target_id=made.id)
    return _come_in(scope, person_id, first_time=bound is None)


def _bind(scope: OrganisationScope, vouched: Vouched, person_id: UUID) -> bool:
    """Bind a person to the provider's identifier; False where they are bound to another one there."""
    made = scope.session.scalar(
        insert(VouchedPerson)
        .values(
            organisation_id=scope.organisation_id,
            id=uuid4(),
            issuer=vouched.issuer,
            subject=vouched.subject,
            person_id=person_id,
        )
        .on_conflict_do_nothing()
        .returning(VouchedPerson.id)
    )
    if made is None:
        return False
    record(scope, "sign_in.bound", f"{vouched.email} signed in by the organisation’s provider for the first time")
    return True


def _come_in(scope: OrganisationScope, person_id: UUID, *, first_time: bool) -> Admitted:
    provider = find_identity_provider(scope)
    if provider is not None and provider.proven_at is None:
        provider.proven_at = now()
    return Admitted(person_id, first_time)


def unbind(scope: OrganisationScope, email: str) -> str:
    """Forget who a member is at the provider, so that their next sign-in binds them anew; their name. Raises Refused."""
    member = find_member_by_email(scope, email)
    if member is None:
        raise Refused("There is no member with that address")
    scope.session.execute(
        delete(VouchedPerson).where(
            VouchedPerson.organisation_id == scope.organisation_id, VouchedPerson.person_id == member.person_id
        )
    )
    record(scope, "sign_in.unbound", f"Let {member.person.name} be bound to the provider anew", target_id=member.id)
    return member.person.name

"""Invitations: a token by mail, known to us by its hash, bound to an address, good once and for a week."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import now
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.mail.services import link, post
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.core.tokens import hash_token, new_token
from tia_hub.core.trail import record
from tia_hub.tenants.models import Invitation, Membership, Organisation
from tia_hub.tenants.queries.contacts import list_leads
from tia_hub.tenants.queries.invitations import get_invitation
from tia_hub.tenants.queries.lifecycle import list_at_rest
from tia_hub.tenants.queries.organisations import get_organisation, get_own_organisation
from tia_hub.tenants.queries.people import find_member_by_email, get_member, list_members_with_role
from tia_hub.tenants.queries.teams import find_open_team, get_team
from tia_hub.tenants.services.people import MAY_MANAGE, check_manager, one_at_a_time
from tia_hub.tenants.types import InvitationState, ListedOrganisation, OrganisationState, Role

GOOD_FOR = timedelta(days=7)


class AlreadyInvited(Refused):
    """The address has an invitation that is still open, or is a member's."""


def _mail(scope: OrganisationScope | PartnershipScope, invitation: Invitation, token: str, organisation_name: str) -> None:
    post(
        scope,
        to=invitation.email,
        subject=f"{scope.actor.name} invites you to join {organisation_name} on TIA Hub",
        template="invitation",
        context={
            "name": invitation.name,
            "inviter": scope.actor.name,
            "organisation": organisation_name,
            "role": Role(invitation.role).words.lower(),
            "link": link("tenants.invitation", token=token),
            "expires_at": invitation.expires_at,
        },
    )


def _write(
    scope: OrganisationScope | PartnershipScope,
    *,
    organisation_id: UUID,
    organisation_name: str,
    email: str,
    name: str,
    role: Role,
    team_id: UUID | None = None,
    manager_id: UUID | None = None,
    awaits_lead: bool = False,
) -> UUID:
    token = new_token()
    invitation: Invitation | None = scope.session.scalar(
        insert(Invitation)
        .values(
            organisation_id=organisation_id,
            id=uuid4(),
            partnership_id=scope.home_partnership_id,
            by_partnership=isinstance(scope, PartnershipScope),
            email=email,
            name=name,
            role=role,
            team_id=team_id,
            manager_id=manager_id,
            token_hash=hash_token(token),
            expires_at=now() + GOOD_FOR,
            awaits_lead=awaits_lead,
        )
        .on_conflict_do_nothing(
            index_elements=["organisation_id", "email"], index_where=text("accepted_at IS NULL AND revoked_at IS NULL")
        )
        .returning(Invitation)
    )
    if invitation is None:
        raise AlreadyInvited(f"{email} has an invitation already. You can send it again from the list of invitations.")
    if isinstance(scope, PartnershipScope) and awaits_lead:
        _ask_the_leads(scope, invitation, organisation_name)
    else:
        _mail(scope, invitation, token, organisation_name)
    record(scope, "invitation.sent", f"Invited {name} as {role.words.lower()} of {organisation_name}", target_id=invitation.id)
    return invitation.id


def invite_lead(scope: PartnershipScope, organisation_id: UUID, *, email: str, name: str) -> UUID:
    """Invite a lead of an organisation. Where it has leads, one of them has to confirm that before anything is sent.

    Raises NotFound, AlreadyInvited, and Refused where the organisation is not active.
    """
    organisation = _get_active(scope, organisation_id)
    return _write(
        scope,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        email=email,
        name=name,
        role=Role.LEAD,
        awaits_lead=bool(list_leads(scope, organisation_id)),
    )


def invite_first_leads(scope: PartnershipScope, leads: Mapping[UUID, ListedOrganisation]) -> None:
    """Invite the leads of organisations that were just made, by the organisation: nobody has to confirm these."""
    if not leads:
        return
    tokens = {organisation_id: new_token() for organisation_id in leads}
    expires_at = now() + GOOD_FOR
    invitations = scope.session.scalars(
        insert(Invitation)
        .values(
            [
                {
                    "organisation_id": organisation_id,
                    "id": uuid4(),
                    "partnership_id": scope.partnership_id,
                    "by_partnership": True,
                    "email": listed.lead_email,
                    "name": listed.lead_name,
                    "role": Role.LEAD,
                    "token_hash": hash_token(tokens[organisation_id]),
                    "expires_at": expires_at,
                    "awaits_lead": False,
                }
                for organisation_id, listed in leads.items()
            ]
        )
        .returning(Invitation)
    ).all()
    for invitation in invitations:
        name = leads[invitation.organisation_id].name
        _mail(scope, invitation, tokens[invitation.organisation_id], name)
        record(scope, "invitation.sent", f"Invited {invitation.name} as lead of {name}", target_id=invitation.id)


def _get_active(scope: PartnershipScope, organisation_id: UUID) -> Organisation:
    organisation = get_organisation(scope, organisation_id)
    if organisation.state != OrganisationState.ACTIVE:
        raise Refused(f"{organisation.name} is {organisation.life.state.words.lower()}: nobody can be invited.")
    return organisation


def _ask_the_leads(scope: PartnershipScope, invitation: Invitation, organisation_name: str) -> None:
    """Whoever leads reads all that the organisation wrote: that the office invites one more is not enough."""
    for lead in list_leads(scope, invitation.organisation_id):
        post(
            scope,
            to=lead.email,
            recipient_id=lead.person_id,
            subject=f"Shall {invitation.name} become a lead of {organisation_name}?",
            template="lead_confirm",
            context={
                "name": lead.name,
                "newcomer": invitation.name,
                "address": invitation.email,
                "organisation": organisation_name,
                "inviter": scope.actor.name,
                "expires_at": invitation.expires_at,
                "link": link("home.places"),
            },
        )


def confirm_lead(scope: OrganisationScope, invitation_id: UUID) -> Invitation:
    """Confirm a further lead whom the coordinator's office invites: now it is sent. Raises NotFound, Refused."""
    invitation = _open(scope, invitation_id)
    if invitation.state is not InvitationState.WAITING:
        raise Refused(f"The invitation of {invitation.name} does not wait to be confirmed.")
    invitation.awaits_lead, invitation.lead_confirmed_at = False, now()
    token = new_token()
    invitation.token_hash, invitation.expires_at = hash_token(token), now() + GOOD_FOR
    _mail(scope, invitation, token, scope.name)
    record(scope, "invitation.confirmed", f"Confirmed {invitation.name} as a new lead", target_id=invitation.id)
    return invitation


def invite_member(
    scope: OrganisationScope,
    *,
    email: str,
    name: str,
    role: Role,
    team_id: UUID | None = None,
    manager_id: UUID | None = None,
) -> UUID:
    """Invite somebody into the scope's organisation. Raises AlreadyInvited, NotFound, Refused (a manager who may not)."""
    if find_member_by_email(scope, email) is not None:
        raise AlreadyInvited(f"{email} is the address of somebody who belongs to {scope.name} already.")
    if team_id is not None:
        get_team(scope, team_id)
    if manager_id is not None:
        check_manager(scope, manager_id)
    return _write(
        scope,
        organisation_id=scope.organisation_id,
        organisation_name=scope.name,
        email=email,
        name=name,
        role=role,
        team_id=team_id,
        manager_id=manager_id,
    )


def _open(scope: OrganisationScope | PartnershipScope, invitation_id: UUID) -> Invitation:
    invitation = get_invitation(scope, invitation_id)
    if invitation.state in (InvitationState.ACCEPTED, InvitationState.REVOKED):
        raise Refused(f"The invitation of {invitation.name} is {invitation.state.words.lower()} already.")
    return invitation


def resend_invitation(scope: OrganisationScope | PartnershipScope, invitation_id: UUID) -> Invitation:
    """Send an invitation again with a new token, good for a week more; the old one is dead. Raises NotFound, Refused.

    One of the coordinator's office that no lead confirmed waits for a lead (again) where the organisation has any by now.
    """
    invitation = _open(scope, invitation_id)
    token = new_token()
    invitation.token_hash, invitation.expires_at = hash_token(token), now() + GOOD_FOR
    if isinstance(scope, PartnershipScope):
        organisation = _get_active(scope, invitation.organisation_id)
        leads = list_leads(scope, organisation.id)
        invitation.awaits_lead = bool(leads) and invitation.lead_confirmed_at is None
        if invitation.awaits_lead:
            _ask_the_leads(scope, invitation, organisation.name)
        else:
            _mail(scope, invitation, token, organisation.name)
    elif invitation.awaits_lead:
        raise Refused(f"The coordinator’s office invited {invitation.name}, and has to ask again.")
    else:
        _mail(scope, invitation, token, scope.name)
    record(scope, "invitation.sent_again", f"Sent the invitation of {invitation.name} again", target_id=invitation.id)
    return invitation


def revoke_invitation(scope: OrganisationScope | PartnershipScope, invitation_id: UUID) -> Invitation:
    """Withdraw an invitation; its link leads nowhere. Raises NotFound, Refused."""
    invitation = _open(scope, invitation_id)
    invitation.revoked_at = now()
    record(scope, "invitation.revoked", f"Withdrew the invitation of {invitation.name}", target_id=invitation.id)
    return invitation


def _manager_still_there(scope: OrganisationScope, manager_id: UUID | None) -> UUID | None:
    if manager_id is None:
        return None
    manager = get_member(scope, manager_id)
    return manager.id if manager.ended_at is None and manager.role in MAY_MANAGE else None


def accept_invitation(scope: OrganisationScope, *, token_hash: str, invitation_id: UUID, person_id: UUID) -> None:
    """Make the person whose invitation it is a member; once, however often and by however many tabs it is asked.

    Raises NotFound where it was used, withdrawn or re-sent meanwhile, is too old, or its organisation is not active.
    """
    one_at_a_time(scope)
    if list_at_rest(scope, [scope.organisation_id], hold=True):
        raise NotFound
    invitation = get_invitation(scope, invitation_id)
    if invitation.state is not InvitationState.SENT or invitation.token_hash != token_hash:
        raise NotFound
    invitation.accepted_at = now()
    entry = {
        "role": invitation.role,
        "team_id": find_open_team(scope, invitation.team_id),
        "manager_id": _manager_still_there(scope, invitation.manager_id),
        "ended_at": None,
    }
    membership_id = scope.session.scalar(
        insert(Membership)
        .values(organisation_id=scope.organisation_id, id=uuid4(), person_id=person_id, job_title="", **entry)
        .on_conflict_do_update(
            index_elements=["organisation_id", "person_id"], set_=entry, where=Membership.ended_at.is_not(None)
        )
        .returning(Membership.id)
    )
    record(scope, "invitation.accepted", f"{invitation.name} accepted the invitation", target_id=membership_id)
    if invitation.role == Role.LEAD:
        _tell_the_other_leads(scope, invitation)


def _tell_the_other_leads(scope: OrganisationScope, invitation: Invitation) -> None:
    """Nobody comes to lead an organisation unseen, whoever invited them."""
    organisation = get_own_organisation(scope)
    for lead in list_members_with_role(scope, [Role.LEAD]):
        if lead.person.email != invitation.email:
            post(
                scope,
                to=lead.person.email,
                recipient_id=lead.person_id,
                permission=Permission.PEOPLE_MANAGE,
                subject=f"{invitation.name} is now a lead of {organisation.name}",
                template="lead_joined",
                context={
                    "name": lead.person.name,
                    "newcomer": invitation.name,
                    "address": invitation.email,
                    "organisation": organisation.name,
                    "inviter": "the coordinator of your partnership" if invitation.by_partnership else "your organisation",
                    "link": link("tenants.people", organisation=organisation.slug),
                },
            )

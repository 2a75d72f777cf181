"""A link by which people ask to join an organisation: it lets nobody in, it has an invitation sent to an address of their own.

Whoever holds the link learns nothing of who is there: every address in the organisation's domains gets the same answer on the
page, and exactly one mail.
"""

import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import now
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.mail.services import link, post
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.tokens import hash_token, new_token
from tia_hub.core.trail import record
from tia_hub.tenants.mail_domains import domain_of
from tia_hub.tenants.models.invitations import Invitation, JoiningLink, LinkRequest
from tia_hub.tenants.queries.identity_providers import list_email_domains
from tia_hub.tenants.queries.lifecycle import list_at_rest
from tia_hub.tenants.queries.links import (
    count_requests,
    find_any_member_by_email,
    find_live_link,
    get_open_invitation,
    lock_link,
)
from tia_hub.tenants.services.invitations import OPEN, mail_invitation
from tia_hub.tenants.services.people import one_at_a_time
from tia_hub.tenants.types.invitations import InvitationState
from tia_hub.tenants.types.roles import Role

MOST_TO_ADDRESS = 3
"""Mails to one address in a day: more are not sent, and the page says the same."""
MOST_FROM_NETWORK = 100
"""Requests from one network address in an hour: a whole office may come from one."""
KEPT = timedelta(days=1)


class TooMany(Refused):
    """Too many requests came from one network address."""


class WrongDomain(Refused):
    """The address is in none of the organisation's domains."""


def make_link(scope: OrganisationScope, *, good_for: timedelta, most_uses: int) -> str:
    """A new link's token, which is shown once and kept nowhere; the link before it is dead. Raises Refused without a domain."""
    one_at_a_time(scope)
    if not list_email_domains(scope, scope.organisation_id, confirmed_only=True):
        raise Refused("Your organisation has no confirmed email domain yet: the link is for people who have an address in one.")
    end_link(scope)
    token = new_token()
    made = JoiningLink(
        organisation_id=scope.organisation_id,
        id=uuid4(),
        token_hash=hash_token(token),
        made_by=scope.actor.name,
        expires_at=now() + good_for,
        most_uses=most_uses,
    )
    scope.session.add(made)
    words = f"Made a link to join by, good for {good_for.days} days and {most_uses:,} people"
    record(scope, "link.made", words, target_id=made.id)
    return token


def end_link(scope: OrganisationScope) -> bool:
    """End the organisation's link; whether there was one."""
    found = find_live_link(scope)
    if found is None:
        return False
    locked = lock_link(scope, found.id)
    locked.ended_at = now()
    scope.session.flush()
    record(scope, "link.ended", "Ended the link to join by", target_id=locked.id)
    return True


def ask_to_join(scope: OrganisationScope, *, link_id: UUID, email: str, name: str, address: str) -> None:
    """Have an address sent what it needs to join: an invitation as staff, or word that its owner belongs here already.

    Whoever asks learns nothing from the answer. `address` is the network address. Raises NotFound where the link no longer
    works, WrongDomain, and TooMany.
    """
    found = lock_link(scope, link_id)
    if not found.works or list_at_rest(scope, [scope.organisation_id], hold=True):
        raise NotFound
    if domain_of(email) not in {each.domain for each in list_email_domains(scope, scope.organisation_id, confirmed_only=True)}:
        raise WrongDomain("Use your work address")
    subject, instant = hashlib.sha256(email.encode()).hexdigest(), now()
    if count_requests(scope, address=address, since=instant - timedelta(hours=1)) >= MOST_FROM_NETWORK:
        raise TooMany("Too many people asked to join from where you are. Try again in an hour.")
    scope.session.execute(
        delete(LinkRequest).where(LinkRequest.organisation_id == scope.organisation_id, LinkRequest.created_at < instant - KEPT)
    )
    asked = count_requests(scope, subject=subject, since=instant - KEPT)
    scope.session.add(LinkRequest(organisation_id=scope.organisation_id, id=uuid4(), subject=subject, address=address))
    if asked < MOST_TO_ADDRESS:
        _answer(scope, found, email, name)


def _answer(scope: OrganisationScope, found: JoiningLink, email: str, name: str) -> None:
    """Write the one mail that an address gets."""
    member = find_any_member_by_email(scope, email)
    if member is not None:
        # Who left, or was shut out, comes back by an invitation of the lead alone.
        post(
            scope,
            to=email,
            subject=f"Joining {scope.name} on TIA Hub",
            template="joining_again",
            context={
                "organisation": scope.name,
                "why": "left" if member.ended_at is not None else "member",
                "link": link("security.login"),
            },
        )
        return
    new = scope.session.scalar(
        insert(Invitation)
        .values(
            organisation_id=scope.organisation_id,
            id=uuid4(),
            partnership_id=scope.partnership_id,
            email=email,
            name=name,
            role=Role.STAFF,
        )
        .on_conflict_do_nothing(index_elements=["organisation_id", "email"], index_where=OPEN)
        .returning(Invitation.id)
    )
    if new is not None:
        found.uses += 1
        record(scope, "invitation.by_link", f"{name} ({email}) asked to join by the link", target_id=new)
    invitation = get_open_invitation(scope, email)
    if not _may_renew(invitation):
        post(
            scope,
            to=email,
            subject=f"Joining {scope.name} on TIA Hub",
            template="joining_again",
            context={"organisation": scope.name, "why": "invited", "link": link("security.login")},
        )
        return
    mail_invitation(scope, invitation, scope.name)


def _may_renew(invitation: Invitation) -> bool:
    """Whether the link may send an invitation anew: one that is good, or is to what the link itself invites to.

    One to more than that, which ran out or waits for a lead, is for a lead to send.
    """
    is_good = invitation.state in (InvitationState.SENT, InvitationState.UNSENT)
    return is_good or (invitation.role == Role.STAFF and not invitation.awaits_lead)

"""Reads of an organisation's link to join by."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from tia_hub.accounts.models import Person
from tia_hub.core.errors import NotFound
from tia_hub.core.scope import InvitationScope, OrganisationScope
from tia_hub.tenants.models.invitations import Invitation, JoiningLink, LinkRequest
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.models.people import Membership


def find_live_link(scope: OrganisationScope) -> JoiningLink | None:
    """The organisation's link that nobody has ended, be it too old or used up by now."""
    return scope.session.scalar(
        select(JoiningLink).where(JoiningLink.organisation_id == scope.organisation_id, JoiningLink.ended_at.is_(None))
    )


def lock_link(scope: OrganisationScope, link_id: UUID) -> JoiningLink:
    """A link of the organisation, locked until the transaction ends. Raises NotFound."""
    found = scope.session.scalar(
        select(JoiningLink)
        .where(JoiningLink.organisation_id == scope.organisation_id, JoiningLink.id == link_id)
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def find_link(scope: InvitationScope) -> tuple[JoiningLink, Organisation] | None:
    """The link of the scope's token, with its organisation."""
    row = scope.session.execute(
        select(JoiningLink, Organisation)
        .join(Organisation, Organisation.id == JoiningLink.organisation_id)
        .where(JoiningLink.token_hash == scope.token_hash)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def count_requests(scope: OrganisationScope, *, since: datetime, subject: str | None = None, address: str | None = None) -> int:
    """How many asked to join by a link since an instant: with an e-mail address (by its hash), or from a network address."""
    query = select(func.count()).where(LinkRequest.organisation_id == scope.organisation_id, LinkRequest.created_at > since)
    if subject is not None:
        query = query.where(LinkRequest.subject == subject)
    if address is not None:
        query = query.where(LinkRequest.address == address)
    return scope.session.execute(query).scalar_one()


def find_any_member_by_email(scope: OrganisationScope, email: str) -> Membership | None:
    """The member with an address, present or not."""
    return scope.session.scalar(
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == scope.organisation_id, Person.email == email)
    )


def get_open_invitation(scope: OrganisationScope, email: str) -> Invitation:
    """The invitation of an address that was neither accepted nor withdrawn, locked until the transaction ends.

    Raises NotFound.
    """
    found = scope.session.scalar(
        select(Invitation)
        .where(
            Invitation.organisation_id == scope.organisation_id,
            Invitation.email == email,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found

"""Reads of partnerships, organisations, teams, people and invitations."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from tia_hub.accounts.models import Person
from tia_hub.core.errors import NotFound
from tia_hub.core.mail.models import Email, EmailState
from tia_hub.core.scope import IdentityScope, InvitationScope, OrganisationScope, PartnershipScope
from tia_hub.tenants.models import Area, Coordinator, Invitation, Membership, Organisation, Partnership, Team
from tia_hub.tenants.types import Joining, Role, Sending, Slice

PER_PAGE = 50
FURTHEST = 10_000
"""The last page that is looked for: further on there is nothing, whatever the address says."""


def _own_memberships(scope: IdentityScope) -> Select[Organisation, Membership]:
    return (
        select(Organisation, Membership)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.fs_uniquifier == scope.settings()["person_key"], Membership.ended_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )


def _own_offices(scope: IdentityScope) -> Select[Partnership]:
    return (
        select(Partnership)
        .join(Coordinator, Coordinator.partnership_id == Partnership.id)
        .join(Person, Person.id == Coordinator.person_id)
        .where(Person.fs_uniquifier == scope.settings()["person_key"])
        .order_by(Partnership.name, Partnership.id)
    )


def list_named_members(scope: OrganisationScope, ids: Collection[UUID]) -> list[Membership]:
    """Some members of the organisation with their `person`, by name, those who have left included."""
    query = _members(scope).where(Membership.id.in_(ids))
    return list(scope.session.scalars(query))


def list_members_with_role(scope: OrganisationScope, roles: Collection[Role]) -> list[Membership]:
    """The present members of the organisation with one of some roles, with their `person`, by name."""
    query = _members(scope).where(Membership.role.in_(roles), Membership.ended_at.is_(None))
    return list(scope.session.scalars(query))


def get_small_number(scope: OrganisationScope) -> int:
    """The threshold of the organisation's partnership: counts of people under it are never shown."""
    query = select(Partnership.small_number).where(Partnership.id == scope.partnership_id)
    return scope.session.execute(query).scalar_one()


def _members(scope: OrganisationScope) -> Select[Any]:
    return (
        select(Membership)
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(Membership.organisation_id == scope.organisation_id)
        .order_by(Person.name, Membership.id)
    )


def find_own_membership(scope: IdentityScope, slug: str) -> tuple[Organisation, Membership] | None:
    """The organisation with this slug and the signed-in person's membership in it."""
    row = scope.session.execute(_own_memberships(scope).where(Organisation.slug == slug)).one_or_none()
    return (row[0], row[1]) if row else None


def list_own_memberships(scope: IdentityScope) -> list[tuple[Organisation, Membership]]:
    """The organisations of the signed-in person, by name."""
    return [(row[0], row[1]) for row in scope.session.execute(_own_memberships(scope))]


def find_own_office(scope: IdentityScope, slug: str) -> Partnership | None:
    """The partnership with this slug, if the signed-in person is in its office."""
    office: Partnership | None = scope.session.scalar(_own_offices(scope).where(Partnership.slug == slug))
    return office


def list_own_offices(scope: IdentityScope) -> list[Partnership]:
    """The partnerships in whose office the signed-in person is, by name."""
    return list(scope.session.scalars(_own_offices(scope)))


def list_areas(scope: PartnershipScope) -> list[Area]:
    """The areas of the partnership, by name."""
    return list(scope.session.scalars(select(Area).where(Area.partnership_id == scope.partnership_id).order_by(Area.name)))


def search_organisations(scope: PartnershipScope, *, search: str = "", page: int = 1) -> Slice[Organisation]:
    """The partnership's organisations whose name holds some text, by name, with their `areas`."""
    found = select(Organisation).where(Organisation.partnership_id == scope.partnership_id)
    if search:
        found = found.where(Organisation.name.icontains(search, autoescape=True))
    ordered = found.options(selectinload(Organisation.areas)).order_by(Organisation.name, Organisation.id)
    return _slice(scope, ordered, page)


def _slice(scope: PartnershipScope | OrganisationScope, ordered: Select[Any], page: int) -> Slice[Any]:
    """One page of a list, with the number of all; beyond the last page there is nothing, and the number is nought."""
    page = min(max(page, 1), FURTHEST)
    counted = ordered.add_columns(func.count().over()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    rows = scope.session.execute(counted).all()
    return Slice([row[0] for row in rows], rows[0][-1] if rows else 0, page, PER_PAGE)


def get_own_organisation(scope: OrganisationScope) -> Organisation:
    """The organisation of the scope itself."""
    return scope.session.scalars(select(Organisation).where(Organisation.id == scope.organisation_id)).one()


def get_organisation(scope: PartnershipScope, organisation_id: UUID) -> Organisation:
    """One of the partnership's organisations, with its `areas`. Raises NotFound."""
    organisation = scope.session.scalar(
        select(Organisation)
        .options(selectinload(Organisation.areas))
        .where(Organisation.partnership_id == scope.partnership_id, Organisation.id == organisation_id)
    )
    if organisation is None:
        raise NotFound
    return organisation


def find_organisation_named(scope: PartnershipScope, name: str) -> Organisation | None:
    """The partnership's organisation of a name, however it is capitalised."""
    return scope.session.scalar(
        select(Organisation).where(
            Organisation.partnership_id == scope.partnership_id, func.lower(Organisation.name) == name.lower()
        )
    )


def search_people(scope: OrganisationScope, *, search: str = "", page: int = 1) -> Slice[Membership]:
    """The organisation's present members whose name or address holds some text, by name, with `person` and `team`."""
    found = (
        select(Membership)
        .join(Membership.person)
        .where(Membership.organisation_id == scope.organisation_id, Membership.ended_at.is_(None))
    )
    if search:
        found = found.where(
            or_(Person.name.icontains(search, autoescape=True), Person.email.icontains(search, autoescape=True))
        )
    ordered = found.options(contains_eager(Membership.person), joinedload(Membership.team)).order_by(Person.name, Membership.id)
    return _slice(scope, ordered, page)


def get_member(scope: OrganisationScope, membership_id: UUID) -> Membership:
    """A member of the organisation, present or not, with `person`, `team` and `manager.person`. Raises NotFound."""
    member: Membership | None = scope.session.scalar(
        _members(scope)
        .options(joinedload(Membership.team), joinedload(Membership.manager).joinedload(Membership.person))
        .where(Membership.id == membership_id)
    )
    if member is None:
        raise NotFound
    return member


def find_member_by_email(scope: OrganisationScope, email: str) -> Membership | None:
    """The present member with an address."""
    member: Membership | None = scope.session.scalar(
        _members(scope).where(Person.email == email, Membership.ended_at.is_(None))
    )
    return member


def list_reports(scope: OrganisationScope, membership_id: UUID) -> list[Membership]:
    """The present members whom somebody manages, with their `person`, by name."""
    return list(
        scope.session.scalars(_members(scope).where(Membership.manager_id == membership_id, Membership.ended_at.is_(None)))
    )


def list_managers_above(scope: OrganisationScope, membership_id: UUID) -> set[UUID]:
    """Somebody's manager, that one's manager, and so on to the top; themselves included."""
    above = (
        select(Membership.id, Membership.manager_id)
        .where(Membership.organisation_id == scope.organisation_id, Membership.id == membership_id)
        .cte(recursive=True)
    )
    above = above.union(
        select(Membership.id, Membership.manager_id)
        .join(above, Membership.id == above.c.manager_id)
        .where(Membership.organisation_id == scope.organisation_id)
    )
    return set(scope.session.scalars(select(above.c.id)))


def list_teams(scope: OrganisationScope) -> list[Team]:
    """The organisation's teams, by name."""
    return list(
        scope.session.scalars(select(Team).where(Team.organisation_id == scope.organisation_id).order_by(Team.name, Team.id))
    )


def get_team(scope: OrganisationScope, team_id: UUID) -> Team:
    """A team of the organisation. Raises NotFound."""
    team = scope.session.scalar(select(Team).where(Team.organisation_id == scope.organisation_id, Team.id == team_id))
    if team is None:
        raise NotFound
    return team


def count_people_by_team(scope: OrganisationScope) -> dict[UUID, int]:
    """How many present members each team has, without those of teams within it."""
    rows = scope.session.execute(
        select(Membership.team_id, func.count())
        .where(
            Membership.organisation_id == scope.organisation_id,
            Membership.ended_at.is_(None),
            Membership.team_id.is_not(None),
        )
        .group_by(Membership.team_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}


def _invitations(scope: PartnershipScope | OrganisationScope) -> Select[Invitation]:
    if isinstance(scope, PartnershipScope):
        return select(Invitation).where(Invitation.partnership_id == scope.partnership_id, Invitation.by_partnership.is_(True))
    return select(Invitation).where(Invitation.organisation_id == scope.organisation_id)


def list_invitations(
    scope: PartnershipScope | OrganisationScope, *, organisation_id: UUID | None = None, limit: int = 200
) -> list[Invitation]:
    """The newest invitations that this place sent or received, newest first; of one organisation alone where it is named."""
    query = _invitations(scope)
    if organisation_id is not None:
        query = query.where(Invitation.organisation_id == organisation_id)
    return list(scope.session.scalars(query.order_by(Invitation.created_at.desc(), Invitation.id).limit(limit)))


_UNDELIVERED = Email.state.in_([EmailState.FAILED, EmailState.UNCERTAIN, EmailState.WITHHELD])
_UNDER_WAY = Email.state.in_([EmailState.QUEUED, EmailState.SENDING])


def search_invitations(
    scope: OrganisationScope, *, search: str = "", page: int = 1, undelivered: bool = False
) -> Slice[tuple[Invitation, Email | None]]:
    """The organisation's invitations whose name or address holds some text, newest first, each with its last mail.

    With `undelivered` only those that can still be accepted and whose mail did not arrive, as far as is known.
    """
    page = min(max(page, 1), FURTHEST)
    query = (
        select(Invitation, Email, func.count().over())
        .outerjoin(Email, Email.id == Invitation.email_id)
        .where(Invitation.organisation_id == scope.organisation_id)
        .order_by(Invitation.created_at.desc(), Invitation.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    if undelivered:
        query = query.where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), _UNDELIVERED)
    if search:
        query = query.where(
            or_(Invitation.name.icontains(search, autoescape=True), Invitation.email.icontains(search, autoescape=True))
        )
    rows = scope.session.execute(query).all()
    return Slice([(row[0], row[1]) for row in rows], rows[0][2] if rows else 0, page, PER_PAGE)


def count_sending(scope: OrganisationScope) -> Sending:
    """How far the mails of the open invitations are."""
    written = Invitation.token_hash.is_not(None)
    row = scope.session.execute(
        select(
            func.count().filter(~written),
            func.count().filter(written, _UNDER_WAY),
            func.count().filter(written, or_(Email.id.is_(None), Email.state == EmailState.SENT)),
            func.count().filter(written, _UNDELIVERED),
        )
        .select_from(Invitation)
        .outerjoin(Email, Email.id == Invitation.email_id)
        .where(
            Invitation.organisation_id == scope.organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
    ).one()
    return Sending(waiting=row[0], on_their_way=row[1], sent=row[2], failed=row[3])


def count_joining(scope: OrganisationScope) -> Joining:
    """How many people are in the organisation, and how many were invited and have not joined."""
    members = (
        select(func.count())
        .where(Membership.organisation_id == scope.organisation_id, Membership.ended_at.is_(None))
        .scalar_subquery()
    )
    row = scope.session.execute(
        select(
            members,
            func.count().filter(or_(Invitation.token_hash.is_(None), Invitation.expires_at > func.now())),
            func.count().filter(Invitation.token_hash.is_not(None), Invitation.expires_at <= func.now()),
        ).where(
            Invitation.organisation_id == scope.organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
    ).one()
    return Joining(members=row[0], invited=row[1], expired=row[2])


def get_invitation(scope: PartnershipScope | OrganisationScope, invitation_id: UUID) -> Invitation:
    """An invitation, locked until the transaction ends, so that two can't change it at once. Raises NotFound."""
    invitation = scope.session.scalar(_invitations(scope).where(Invitation.id == invitation_id).with_for_update())
    if invitation is None:
        raise NotFound
    return invitation


def find_invitation(scope: InvitationScope) -> tuple[Invitation, Organisation] | None:
    """The invitation of the scope's token, with its organisation."""
    row = scope.session.execute(
        select(Invitation, Organisation)
        .join(Organisation, Organisation.id == Invitation.organisation_id)
        .where(Invitation.token_hash == scope.token_hash)
    ).one_or_none()
    return (row[0], row[1]) if row else None

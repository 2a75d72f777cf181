"""Reads of the people of an organisation."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from tia_hub.accounts.models import Person
from tia_hub.core.errors import NotFound
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.queries.pages import PER_PAGE, page_number
from tia_hub.tenants.types.lists import Slice
from tia_hub.tenants.types.people import PeopleOrder, PeopleState, PeopleWanted
from tia_hub.tenants.types.roles import Role


def _members(scope: OrganisationScope) -> Select[Any]:
    return (
        select(Membership)
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(Membership.organisation_id == scope.organisation_id)
        .order_by(Person.name, Membership.id)
    )


def list_named_members(scope: OrganisationScope, ids: Collection[UUID]) -> list[Membership]:
    """Some members of the organisation with their `person`, by name, those who have left included."""
    query = _members(scope).where(Membership.id.in_(ids))
    return list(scope.session.scalars(query))


def hold_members(scope: OrganisationScope, ids: Collection[UUID]) -> list[Membership]:
    """Some members with their `person`, as they stand now and until the transaction ends: role, manager, leaving.

    In the order of their ids, so that two who hold the same people wait for each other and not for ever.
    """
    query = (
        _members(scope)
        .where(Membership.id.in_(ids))
        .order_by(None)
        .order_by(Membership.id)
        .with_for_update(read=True, of=Membership)
        .execution_options(populate_existing=True)
    )
    return list(scope.session.scalars(query))


def list_members_with_role(scope: OrganisationScope, roles: Collection[Role]) -> list[Membership]:
    """The present members of the organisation with one of some roles, with their `person`, by name."""
    query = _members(scope).where(Membership.role.in_(roles), Membership.ended_at.is_(None))
    return list(scope.session.scalars(query))


_ORDERS: dict[PeopleOrder, tuple[Any, ...]] = {
    PeopleOrder.NAME: (Membership.listing, Membership.id),
    PeopleOrder.NEWEST: (Membership.created_at.desc(), Membership.listing, Membership.id),
    PeopleOrder.JOB_TITLE: (Membership.job_title, Membership.listing, Membership.id),
}


def search_people(scope: OrganisationScope, wanted: PeopleWanted) -> Slice[Membership]:
    """A page of the organisation's members that are wanted, with `person` and `team`: one statement.

    Which they are is found and counted in the rows of the organisation alone, then looked up: people are many, and of all
    organisations.
    """
    ended = Membership.ended_at.is_not(None) if wanted.state is PeopleState.FORMER else Membership.ended_at.is_(None)
    found: list[ColumnElement[bool]] = [Membership.organisation_id == scope.organisation_id, ended]
    if wanted.state is PeopleState.NO_MANAGER:
        # A guest has nobody who manages them.
        found += [Membership.manager_id.is_(None), Membership.role != Role.CONTRIBUTOR]
    if wanted.role is not None:
        found.append(Membership.role == wanted.role)
    if wanted.team_ids is not None:
        found.append(Membership.team_id.in_(wanted.team_ids))
    if wanted.search:
        found.append(func.strpos(Membership.listing, func.fold_text(wanted.search)) > 0)
    order, page = _ORDERS[wanted.order], page_number(wanted.page)
    total = select(func.count()).select_from(Membership).where(*found).scalar_subquery()
    some = select(Membership.id).where(*found).order_by(*order).limit(PER_PAGE).offset((page - 1) * PER_PAGE).subquery()
    rows = scope.session.execute(
        select(Membership, total)
        .join(some, some.c.id == Membership.id)
        .join(Membership.person)
        .options(contains_eager(Membership.person), joinedload(Membership.team))
        .where(Membership.organisation_id == scope.organisation_id)
        .order_by(*order)
    ).all()
    return Slice([row[0] for row in rows], rows[0][1] if rows else 0, page, PER_PAGE)


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


def list_awaiting(scope: OrganisationScope, email: str) -> list[Membership]:
    """The present members who have no manager yet and wait for the one with an address, with their `person`, by name."""
    query = _members(scope).where(
        Membership.awaited_manager == email, Membership.manager_id.is_(None), Membership.ended_at.is_(None)
    )
    return list(scope.session.scalars(query))


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


def find_member_of_person(scope: OrganisationScope, person_id: UUID) -> Membership | None:
    """Somebody's membership of the organisation, ended or not, with their `person`."""
    member: Membership | None = scope.session.scalar(_members(scope).where(Membership.person_id == person_id))
    return member

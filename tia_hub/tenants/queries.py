"""Reads of partnerships, organisations, teams, people and invitations."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from tia_hub.accounts.models import Person
from tia_hub.core.scope import IdentityScope, OrganisationScope
from tia_hub.tenants.models import Coordinator, Membership, Organisation, Partnership, Team
from tia_hub.tenants.types import Role


def _own_memberships(scope: IdentityScope) -> Select[Any]:
    return (
        select(Organisation, Membership)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.fs_uniquifier == scope.settings()["person_key"], Membership.ended_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )


def _own_offices(scope: IdentityScope) -> Select[Any]:
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


def list_teams(scope: OrganisationScope) -> list[Team]:
    """The teams of the organisation, by name."""
    return list(
        scope.session.scalars(select(Team).where(Team.organisation_id == scope.organisation_id).order_by(Team.name, Team.id))
    )

"""Storing people and places: the partnership with its office, organisations, teams and members."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

from flask_security import hash_password
from sqlalchemy import Engine, event, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tia_hub.accounts.models import Person
from tia_hub.accounts.passwords import normalise
from tia_hub.core.clock import now
from tia_hub.core.scope import Actor, Home, IdentityScope, OperatorScope, OrganisationScope, PartnershipScope, transaction
from tia_hub.core.trail import TrailEvent
from tia_hub.demo.partnership.plan import AREAS, PlannedOrganisation, PlannedPerson
from tia_hub.demo.partnership.texts import make_id
from tia_hub.tenants.models.organisations import Organisation, OrganisationArea
from tia_hub.tenants.models.partnerships import Area, Coordinator, Partnership
from tia_hub.tenants.models.people import Membership, Team
from tia_hub.tenants.types.roles import COORDINATOR_PERMISSIONS, Role

PASSWORD = "together-we-are-safer"  # noqa: S105 - everybody's in the sample partnership, and printed where it is made
BATCH = 2000


def area_id(mark: str, name: str) -> UUID:
    """The identifier of an area."""
    return make_id("area", mark, name)


def add_people(people: Sequence[tuple[UUID, str, str]]) -> None:
    """Store people by identifier, name and address, all with the one password; those who are there stay as they are."""
    hashed = hash_password(normalise(PASSWORD))
    for start in range(0, len(people), BATCH):
        rows = [
            {
                "id": person_id,
                "name": name,
                "email": email,
                "password": hashed,
                "active": True,
                "fs_uniquifier": uuid4().hex,
                "confirmed_at": now(),
            }
            for person_id, name, email in people[start : start + BATCH]
        ]
        with transaction(IdentityScope()) as scope:
            scope.session.execute(insert(Person).on_conflict_do_nothing(index_elements=["email"]), rows)


def add_partnership(engine: Engine, *, partnership_id: UUID, slug: str, name: str, mark: str) -> None:
    """Store the partnership with its areas, as the operator."""
    areas = [{"id": area_id(mark, area), "partnership_id": partnership_id, "name": area} for area in AREAS]
    with transaction(OperatorScope(), engine=engine) as scope:
        scope.session.execute(insert(Partnership).values(id=partnership_id, slug=slug, name=name).on_conflict_do_nothing())
        scope.session.execute(insert(Area).on_conflict_do_nothing(), areas)


def add_office(scope: PartnershipScope, person_ids: Sequence[UUID]) -> None:
    """Make people coordinators."""
    rows = [{"id": uuid4(), "partnership_id": scope.partnership_id, "person_id": person_id} for person_id in person_ids]
    scope.session.execute(insert(Coordinator).on_conflict_do_nothing(), rows)


def add_organisations(
    scope: PartnershipScope, organisations: Sequence[PlannedOrganisation], mark: str, joined: datetime
) -> None:
    """Store the entries of organisations; those that are there stay as they are."""
    for start in range(0, len(organisations), BATCH):
        batch = organisations[start : start + BATCH]
        rows = [
            {
                "id": each.id,
                "partnership_id": scope.partnership_id,
                "slug": each.slug,
                "name": each.name,
                "sector": each.sector,
                "headcount": each.headcount,
                "created_at": joined,
            }
            for each in batch
        ]
        areas = [
            {"organisation_id": each.id, "area_id": area_id(mark, area), "partnership_id": scope.partnership_id}
            for each in batch
            for area in each.areas
        ]
        scope.session.execute(insert(Organisation).on_conflict_do_nothing(), rows)
        scope.session.execute(insert(OrganisationArea).on_conflict_do_nothing(), areas)


def has_members(scope: OrganisationScope) -> bool:
    """Whether the organisation's people are stored already."""
    query = select(Membership.id).where(Membership.organisation_id == scope.organisation_id).limit(1)
    return scope.session.scalar(query) is not None


def add_members(scope: OrganisationScope, plan: PlannedOrganisation, joined: datetime) -> None:
    """Store an organisation's teams and members."""
    teams = [
        {
            "organisation_id": plan.id,
            "id": team.id,
            "parent_id": team.parent_id,
            "name": team.name,
            "remit": team.remit,
            "created_at": joined,
        }
        for team in plan.teams
    ]
    members = [
        {
            "organisation_id": plan.id,
            "id": person.membership_id,
            "person_id": person.id,
            "role": person.role,
            "job_title": person.job_title,
            "team_id": person.team_id,
            "manager_id": person.manager_id,
            "created_at": joined,
        }
        for person in plan.people
    ]
    scope.session.execute(insert(Team), teams)
    scope.session.execute(insert(Membership), members)


def scope_of(plan: PlannedOrganisation, partnership_id: UUID, person: PlannedPerson) -> OrganisationScope:
    """The scope in which a member acts."""
    return OrganisationScope(
        organisation_id=plan.id,
        partnership_id=partnership_id,
        slug=plan.slug,
        name=plan.name,
        membership_id=person.membership_id,
        permissions=Role(person.role).permissions,
        actor=Actor(person_id=person.id, name=person.name),
    )


def scope_of_office(partnership_id: UUID, slug: str, name: str, actor: Actor) -> PartnershipScope:
    """The scope in which a coordinator acts."""
    return PartnershipScope(
        partnership_id=partnership_id, slug=slug, name=name, permissions=COORDINATOR_PERMISSIONS, actor=actor
    )


@contextmanager
def dated(scope: Home, at: datetime, also: Mapping[type, str] | None = None) -> Iterator[None]:
    """Have the trail say that what is done meanwhile was done at an instant.

    `also` names the columns of other new rows that say when, which services set to the present.
    """
    columns = {TrailEvent: "created_at", **(also or {})}

    def set_dates(session: Session, *_: object) -> None:
        for each in session.new:
            if type(each) in columns:
                setattr(each, columns[type(each)], at)

    scope.session.flush()
    event.listen(scope.session, "before_flush", set_dates)
    try:
        yield
        scope.session.flush()
    finally:
        event.remove(scope.session, "before_flush", set_dates)

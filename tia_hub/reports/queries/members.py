"""Who a report is about and for: the partnership, its organisations, areas, and the people of its office."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tia_hub.accounts.models import Person
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.models.partnerships import Area, Coordinator, Partnership
from tia_hub.tenants.types.organisations import OrganisationState


@dataclass(frozen=True, kw_only=True)
class Office:
    """The partnership itself."""

    name: str
    slug: str
    small_number: int
    """Counts of people under this are never shown."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """An organisation of the partnership."""

    id: UUID
    name: str
    sector: str
    state: OrganisationState
    area_ids: frozenset[UUID]
    areas: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Whether figures count it: also while it is suspended, but not once it is archived or to be deleted."""
        return self.state in (OrganisationState.ACTIVE, OrganisationState.SUSPENDED)


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody in the coordinator's office."""

    person_id: UUID
    name: str
    email: str


def get_office(scope: PartnershipScope | OrganisationScope) -> Office:
    """The partnership of the scope."""
    row = scope.session.execute(
        select(Partnership.name, Partnership.slug, Partnership.small_number).where(Partnership.id == scope.partnership_id)
    ).one()
    return Office(name=row.name, slug=row.slug, small_number=row.small_number)


def list_members(scope: PartnershipScope) -> list[Member]:
    """The organisations of the partnership, by name, whatever their state."""
    organisations = scope.session.scalars(
        select(Organisation)
        .where(Organisation.partnership_id == scope.partnership_id)
        .options(selectinload(Organisation.areas))
        .order_by(Organisation.name, Organisation.id)
    )
    return [
        Member(
            id=organisation.id,
            name=organisation.name,
            sector=organisation.sector,
            state=OrganisationState(organisation.state),
            area_ids=frozenset(area.id for area in organisation.areas),
            areas=tuple(area.name for area in organisation.areas),
        )
        for organisation in organisations
    ]


def list_areas(scope: PartnershipScope) -> list[tuple[UUID, str]]:
    """The areas of the partnership, by name."""
    rows = scope.session.execute(
        select(Area.id, Area.name).where(Area.partnership_id == scope.partnership_id).order_by(Area.name, Area.id)
    )
    return [(row.id, row.name) for row in rows]


def list_colleagues(scope: PartnershipScope) -> list[Colleague]:
    """The active people of the coordinator's office, by name."""
    rows = scope.session.execute(
        select(Person.id, Person.name, Person.email)
        .join(Coordinator, Coordinator.person_id == Person.id)
        .where(Coordinator.partnership_id == scope.partnership_id, Person.active.is_(True))
        .order_by(Person.name, Person.id)
    )
    return [Colleague(person_id=row.id, name=row.name, email=row.email) for row in rows]

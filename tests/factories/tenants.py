"""Partnerships, organisations and people, made as the product makes them. Every test can have its own."""

import io
import itertools
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from PIL import Image
from sqlalchemy import Engine

from tia_hub.accounts.models import Person
from tia_hub.core.scope import (
    IdentityScope,
    OperatorScope,
    OrganisationScope,
    PartnershipScope,
    ProviderScope,
    transaction,
)
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.models.partnerships import Area, Coordinator, Partnership
from tia_hub.tenants.models.people import Membership, Team
from tia_hub.tenants.types.roles import COORDINATOR_PERMISSIONS, Role
from tia_hub.trainers.models import Provider, ProviderUser
from tia_hub.trainers.types import PROVIDER_PERMISSIONS

_numbers = itertools.count(1)


def unique(stem: str) -> str:
    """A name that no other test uses."""
    return f"{stem}-{next(_numbers)}-{uuid4().hex[:6]}"


@dataclass(frozen=True)
class Someone:
    """A person who can sign in."""

    id: UUID
    key: str
    name: str
    email: str
    membership_id: UUID | None = None


@dataclass
class Region:
    """A partnership and what tests need to reach into it."""

    id: UUID
    slug: str
    areas: dict[str, UUID] = field(default_factory=dict)

    def scope(self) -> PartnershipScope:
        return PartnershipScope(partnership_id=self.id, slug=self.slug, permissions=COORDINATOR_PERMISSIONS)


@dataclass
class Tenant:
    """An organisation."""

    id: UUID
    partnership_id: UUID
    slug: str
    name: str

    def scope(self, someone: Someone | None = None, role: Role = Role.LEAD) -> OrganisationScope:
        return OrganisationScope(
            organisation_id=self.id,
            partnership_id=self.partnership_id,
            slug=self.slug,
            name=self.name,
            membership_id=someone.membership_id if someone else None,
            permissions=role.permissions,
        )


@dataclass
class Trainer:
    """A provider of training."""

    id: UUID
    partnership_id: UUID
    slug: str

    def scope(self) -> ProviderScope:
        return ProviderScope(
            provider_id=self.id,
            partnership_id=self.partnership_id,
            slug=self.slug,
            permissions=PROVIDER_PERMISSIONS,
        )


def make_person(name: str = "Robin Ash", email: str | None = None) -> Someone:
    someone = Someone(uuid4(), uuid4().hex, name, email or f"{unique('person')}@example.org")
    with transaction(IdentityScope()) as scope:
        scope.session.add(Person(id=someone.id, name=name, email=someone.email, fs_uniquifier=someone.key, active=True))
    return someone


def make_region(engine: Engine, name: str = "Solent Vale", areas: tuple[str, ...] = ("North", "South")) -> Region:
    region = Region(uuid4(), unique("region"))
    with transaction(OperatorScope(), engine=engine) as scope:
        scope.session.add(Partnership(id=region.id, slug=region.slug, name=name))
        scope.session.flush()
        for area in areas:
            region.areas[area] = uuid4()
            scope.session.add(Area(id=region.areas[area], partnership_id=region.id, name=area))
    return region


def make_coordinator(region: Region, name: str = "Cora Lane") -> Someone:
    someone = make_person(name)
    with transaction(region.scope()) as scope:
        scope.session.add(Coordinator(partnership_id=region.id, person_id=someone.id))
    return someone


def make_organisation(region: Region, name: str = "Harbour Trust", sector: str = "charity") -> Tenant:
    tenant = Tenant(uuid4(), region.id, unique("organisation"), name)
    with transaction(region.scope()) as scope:
        scope.session.add(
            Organisation(
                id=tenant.id,
                partnership_id=region.id,
                slug=tenant.slug,
                name=name,
                sector=sector,
                headcount=40,
            )
        )
    return tenant


def make_picture(colour: str = "teal", kind: str = "PNG", size: tuple[int, int] = (60, 20)) -> bytes:
    """A picture as somebody might upload it."""
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, kind)
    return written.getvalue()


def make_team(tenant: Tenant, name: str | None = None) -> UUID:
    team_id = uuid4()
    with transaction(tenant.scope()) as scope:
        scope.session.add(Team(organisation_id=tenant.id, id=team_id, name=name or unique("Team")))
    return team_id


def make_member(
    tenant: Tenant,
    role: Role = Role.STAFF,
    *,
    name: str = "Sam Field",
    person: Someone | None = None,
    manager: Someone | None = None,
    team_id: UUID | None = None,
) -> Someone:
    someone = person or make_person(name)
    membership_id = uuid4()
    with transaction(tenant.scope()) as scope:
        scope.session.add(
            Membership(
                organisation_id=tenant.id,
                id=membership_id,
                person_id=someone.id,
                role=role,
                team_id=team_id,
                manager_id=manager.membership_id if manager else None,
            )
        )
    return Someone(someone.id, someone.key, someone.name, someone.email, membership_id)


def make_provider(region: Region, name: str = "Steady Ground Training") -> Trainer:
    trainer = Trainer(uuid4(), region.id, unique("provider"))
    with transaction(region.scope()) as scope:
        scope.session.add(Provider(id=trainer.id, partnership_id=region.id, slug=trainer.slug, name=name))
    return trainer


def make_provider_user(region: Region, trainer: Trainer, name: str = "Terry Vale") -> Someone:
    someone = make_person(name)
    with transaction(region.scope()) as scope:
        scope.session.add(ProviderUser(partnership_id=region.id, provider_id=trainer.id, person_id=someone.id))
    return someone

"""The cast: the same few people in every test. Two organisations alike, so that what leaks from one to the other shows."""

from dataclasses import dataclass

from sqlalchemy import Engine

from tests.factories.tenants import (
    Region,
    Someone,
    Tenant,
    Trainer,
    make_coordinator,
    make_member,
    make_organisation,
    make_provider,
    make_provider_user,
    make_region,
    make_team,
)
from tia_hub.tenants.types.roles import Role


@dataclass(frozen=True)
class House:
    """An organisation with one of each role."""

    tenant: Tenant
    lead: Someone
    manager: Someone
    staff: Someone
    colleague: Someone
    """Another member of staff, with another manager: none."""
    contributor: Someone
    """A guest."""


@dataclass(frozen=True)
class Cast:
    """Two organisations and a provider each of one partnership, and a coordinator of another."""

    region: Region
    coordinator: Someone
    ours: House
    theirs: House
    trainer: Trainer
    provider_user: Someone
    other_trainer: Trainer
    other_provider_user: Someone
    other_region: Region
    other_coordinator: Someone


def _house(region: Region, mark: str) -> House:
    tenant = make_organisation(region, f"{mark} Harbour Trust")
    team = make_team(tenant, f"{mark} Outreach team")
    lead = make_member(tenant, Role.LEAD, name=f"{mark} Lena Lead", team_id=team)
    manager = make_member(tenant, Role.MANAGER, name=f"{mark} Max Manager", team_id=team, manager=lead)
    staff = make_member(tenant, Role.STAFF, name=f"{mark} Sam Staff", team_id=team, manager=manager)
    colleague = make_member(tenant, Role.STAFF, name=f"{mark} Cleo Colleague", team_id=team)
    contributor = make_member(tenant, Role.CONTRIBUTOR, name=f"{mark} Gil Guest")
    return House(tenant, lead, manager, staff, colleague, contributor)


def make_cast(engine: Engine) -> Cast:
    """A cast of its own; needs an application context."""
    region = make_region(engine)
    other_region = make_region(engine, "Otherregion")
    trainer, other_trainer = make_provider(region, "Steady Ground"), make_provider(region, "Othertrainer Co")
    return Cast(
        region=region,
        coordinator=make_coordinator(region),
        ours=_house(region, "Ours"),
        theirs=_house(region, "Theirs"),
        trainer=trainer,
        provider_user=make_provider_user(region, trainer),
        other_trainer=other_trainer,
        other_provider_user=make_provider_user(region, other_trainer, "Othertrainer User"),
        other_region=other_region,
        other_coordinator=make_coordinator(other_region, "Otherregion Coordinator"),
    )

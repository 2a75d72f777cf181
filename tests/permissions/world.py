"""One of everything, in two organisations alike, each text marked by whose it is."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Engine

from tests.cast import Cast, House, make_cast
from tests.factories.outcomes import make_indicator, make_reading
from tests.factories.tenants import Someone


def secret(of: str) -> str:
    """Text that only those may ever see whom it was written for."""
    return f"zq-{of}-zq"


@dataclass
class World:
    """The cast, and for each argument of a route the thing that it names in our house, in theirs, or nowhere."""

    cast: Cast
    ours: dict[str, object] = field(default_factory=dict)
    theirs: dict[str, object] = field(default_factory=dict)

    def principals(self) -> dict[str, Someone | None]:
        """Everybody who may try a route, by what they are called in the matrix."""
        cast = self.cast
        return {
            "nobody": None,
            "staff": cast.ours.staff,
            "colleague": cast.ours.colleague,
            "manager": cast.ours.manager,
            "lead": cast.ours.lead,
            "their lead": cast.theirs.lead,
            "coordinator": cast.coordinator,
            "other coordinator": cast.other_coordinator,
            "provider": cast.provider_user,
            "other provider": cast.other_provider_user,
        }


def _places(cast: Cast, house: House, trainer: str) -> dict[str, object]:
    ours = trainer == "ours"
    return {
        "organisation": house.tenant.slug,
        "partnership": cast.region.slug if ours else cast.other_region.slug,
        "provider": (cast.trainer if ours else cast.other_trainer).slug,
    }


def make_world(engine: Engine) -> World:
    """Needs an application context. Rooms add what their routes name."""
    cast = make_cast(engine)
    world = World(cast, ours=_places(cast, cast.ours, "ours"), theirs=_places(cast, cast.theirs, "theirs"))
    for things, house, mark in ((world.ours, cast.ours, "ours"), (world.theirs, cast.theirs, "theirs")):
        things |= _outcomes(house, mark)
    return world


def _outcomes(house: House, mark: str) -> dict[str, object]:
    indicator_id = make_indicator(house.tenant, secret(mark), source=secret(mark), shared=True)
    reading_id = make_reading(house.tenant, indicator_id, date(2026, 2, 1), "7", note=secret(mark))
    return {"indicator_id": indicator_id, "reading_id": reading_id}


def nowhere(value: object) -> object:
    """A value like another that names nothing."""
    return uuid4() if isinstance(value, UUID) else f"no-{value}"


OWN_THINGS: dict[str, set[str]] = {}
"""Routes to things that belong to some of those who have the permission: to everybody else they don't exist."""

OTHERS = ("Theirs ", secret("theirs"))
FORBIDDEN_TEXT: dict[str, tuple[str, ...]] = {
    "nobody": ("Ours ", "Theirs ", secret("ours"), secret("theirs"), secret("form")),
    "staff": OTHERS,
    "colleague": (*OTHERS, secret("form")),
    "manager": OTHERS,
    "lead": (*OTHERS, secret("form")),
    "their lead": ("Ours ", secret("ours"), secret("form")),
    "coordinator": (secret("ours"), secret("theirs"), secret("form")),
    "other coordinator": ("Ours ", "Theirs ", secret("ours"), secret("theirs"), secret("form")),
    "provider": ("Ours ", "Theirs ", secret("ours"), secret("theirs"), secret("form")),
    "other provider": ("Ours ", "Theirs ", secret("ours"), secret("theirs"), secret("form")),
}
"""What must not stand in any answer to somebody: names and texts of the other organisation, and forms that are not theirs."""

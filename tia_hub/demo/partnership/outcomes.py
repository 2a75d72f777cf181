"""Outcomes of the sample partnership: indicators with readings over more than a year."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import insert

from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.demo.partnership.audits import at_work
from tia_hub.demo.partnership.plan import PlannedOrganisation, Story
from tia_hub.demo.partnership.tenancy import dated
from tia_hub.demo.partnership.texts import chance, load, make_id
from tia_hub.framework.loader import current_edition
from tia_hub.outcomes.models import Indicator, Reading
from tia_hub.outcomes.types import Frequency, IndicatorKind

MONTHS = 15
"""How far back readings go."""
PER_QUARTER = 3


def add_outcomes(scope: OrganisationScope, plan: PlannedOrganisation, today: date) -> None:
    """Store an organisation's indicators, most of them shared, with their readings."""
    if plan.story is Story.JUST_JOINED:
        return
    by = chance("outcomes", plan.key)
    lead = plan.leads[0].name
    begun = at_work(today - relativedelta(months=MONTHS), by)
    of_us: dict[str, Any] = {"organisation_id": plan.id, "created_at": begun}
    indicators, readings = [], []
    for entry in by.sample(load("outcomes"), 3 if plan.story is Story.FIRST_SHARED else by.randint(4, 6)):
        indicator_id = make_id("indicator", plan.slug, entry["name"])
        shared = by.random() < 0.7
        indicators.append(
            of_us
            | {
                "id": indicator_id,
                "token": indicator_id.hex,
                "edition": current_edition().code,
                "element": entry["element"],
                "name": entry["name"],
                "kind": entry["kind"],
                "unit": entry["unit"],
                "source": entry["source"],
                "frequency": entry["frequency"],
                "version": 1,
                "changed_by": lead,
                "shared_at": begun + timedelta(days=20) if shared else None,
                "shared_by": lead if shared else None,
            }
        )
        readings += [
            of_us | {"indicator_id": indicator_id, "recorded_by": lead, **reading} for reading in _readings(entry, today, by)
        ]
        with dated(scope, begun):
            record(scope, "indicator.added", f"Added the indicator “{entry['name']}”", target_id=indicator_id)
    scope.session.execute(insert(Indicator), indicators)
    scope.session.execute(insert(Reading), readings)


def _readings(entry: dict[str, Any], today: date, by: Random) -> Iterator[dict[str, Any]]:
    """The readings of an indicator, oldest first; now and then one was missed."""
    texts = load("outcome_words")
    kind, months = IndicatorKind(entry["kind"]), Frequency(entry["frequency"]).months or PER_QUARTER
    level = by.uniform(0.8, 1.15)
    days = [today - relativedelta(months=ago) - timedelta(days=6) for ago in range(MONTHS // months * months, -1, -months)]
    for number, day in enumerate(days):
        if 0 < number < len(days) - 1 and by.random() < 0.06:
            continue
        value: dict[str, Any] = {"number": None, "words": None}
        if kind is IndicatorKind.WORDS:
            value["words"] = texts["words"][min(number, len(texts["words"]) - 1)]
        else:
            value["number"] = _number(kind, entry, number * months / PER_QUARTER, level, by)
        yield value | {"read_on": day, "note": by.choice(texts["notes"]) if by.random() < 0.12 else ""}


def _number(kind: IndicatorKind, entry: dict[str, Any], quarters: float, level: float, by: Random) -> Decimal:
    value = entry["start"] * level + entry["step"] * quarters + by.uniform(-entry["spread"], entry["spread"])
    match kind:
        case IndicatorKind.PERCENTAGE:
            return Decimal(round(max(1, min(97, value))))
        case IndicatorKind.SCALE:
            return Decimal(str(round(max(1, min(5, value)), 1)))
        case _:
            return Decimal(round(max(0, value)))

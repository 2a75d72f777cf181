"""Indicators and readings, made as the product makes them."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from tests.factories.tenants import Tenant
from tia_hub.core.scope import transaction
from tia_hub.framework.loader import current_edition
from tia_hub.outcomes.queries import find_reading_of
from tia_hub.outcomes.services import Description, Value, add_indicator, add_reading, share_indicator
from tia_hub.outcomes.types import Frequency, IndicatorKind


def make_indicator(
    tenant: Tenant,
    name: str = "Complaints about how people were treated",
    *,
    kind: IndicatorKind = IndicatorKind.NUMBER,
    element: str = "delivery",
    unit: str = "",
    source: str = "Complaints log",
    frequency: Frequency = Frequency.QUARTERLY,
    shared: bool = False,
) -> UUID:
    with transaction(tenant.scope()) as scope:
        description = Description(element=element, name=name, unit=unit, source=source, frequency=frequency)
        indicator_id = add_indicator(
            scope, token=uuid4().hex, edition=current_edition().code, kind=kind, description=description
        )
        if shared:
            share_indicator(scope, indicator_id=indicator_id)
    return indicator_id


def make_reading(
    tenant: Tenant,
    indicator_id: UUID,
    read_on: date,
    number: str | None = None,
    *,
    words: str | None = None,
    note: str = "",
) -> UUID:
    value = Value(read_on=read_on, number=None if number is None else Decimal(number), words=words, note=note)
    with transaction(tenant.scope()) as scope:
        add_reading(scope, indicator_id=indicator_id, value=value)
        found = find_reading_of(scope, indicator_id, read_on)
    assert found is not None
    return found.id

"""What the room `outcomes` holds on a person: their name beside indicators and readings."""

from collections.abc import Sequence

from sqlalchemy import select

from tia_hub.core.clock import format_date
from tia_hub.core.personal import MOST_ROWS, Fact, Holding, Subject, replace_names
from tia_hub.core.scope import OrganisationScope
from tia_hub.outcomes.models import Indicator, Reading


def _readings(scope: OrganisationScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(Indicator.name, Reading.read_on)
        .join(Indicator, (Indicator.organisation_id == Reading.organisation_id) & (Indicator.id == Reading.indicator_id))
        .where(Reading.organisation_id == scope.organisation_id, Reading.recorded_by.in_(subject.names))
        .order_by(Reading.read_on.desc(), Indicator.name)
        .limit(MOST_ROWS)
    )
    return [
        {"Indicator": row.name, "Reading that you recorded": format_date(row.read_on)} for row in scope.session.execute(query)
    ]


def _forget(scope: OrganisationScope, subject: Subject) -> None:
    replace_names(scope.session, subject, Indicator.changed_by, Indicator.shared_by, Reading.recorded_by)


HOLDINGS = (
    Holding(
        kind="outcomes",
        title="Readings of outcomes that you recorded",
        purpose="So that colleagues know whom to ask.",
        fate="Stay, as they are about your organisation, without your name.",
        scope=OrganisationScope,
        columns=("indicator.changed_by", "indicator.shared_by", "reading.recorded_by"),
        collect=_readings,
        erase=_forget,
    ),
)

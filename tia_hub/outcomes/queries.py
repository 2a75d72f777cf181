"""Reads of indicators and their readings."""

from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from tia_hub.core.errors import NotFound
from tia_hub.core.scope import OrganisationScope
from tia_hub.outcomes.models import Indicator, Reading
from tia_hub.outcomes.scoring import is_stale
from tia_hub.outcomes.types import Frequency, IndicatorKind, IndicatorSummary, SharedReading


def list_indicators(scope: OrganisationScope) -> list[tuple[Indicator, Reading | None]]:
    """The organisation's indicators by name, each with its latest reading."""
    newest = (
        select(Reading)
        .ext(distinct_on(Reading.indicator_id))
        .where(Reading.organisation_id == scope.organisation_id)
        .order_by(Reading.indicator_id, Reading.read_on.desc())
        .subquery()
    )
    latest = aliased(Reading, newest)
    rows = scope.session.execute(
        select(Indicator, latest)
        .outerjoin(latest, and_(latest.organisation_id == Indicator.organisation_id, latest.indicator_id == Indicator.id))
        .where(Indicator.organisation_id == scope.organisation_id)
        .order_by(Indicator.name, Indicator.id)
    )
    return [(row[0], row[1]) for row in rows]


def summarise_indicators(scope: OrganisationScope, today: date) -> IndicatorSummary:
    """The organisation's indicators at a glance."""
    rows = list_indicators(scope)
    return IndicatorSummary(
        total=len(rows),
        shared=sum(indicator.shared_at is not None for indicator, _ in rows),
        late=tuple(
            indicator.name
            for indicator, reading in rows
            if reading is None or is_stale(reading.read_on, Frequency(indicator.frequency), today)
        ),
    )


def get_indicator(scope: OrganisationScope, indicator_id: UUID, *, lock: bool = False) -> Indicator:
    """An indicator; with `lock` it stays as it is until the transaction ends. Raises NotFound."""
    query = select(Indicator).where(Indicator.organisation_id == scope.organisation_id, Indicator.id == indicator_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = scope.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def find_indicator_by_token(scope: OrganisationScope, token: str) -> UUID:
    """The indicator that a form's token stands for, which is there: a second click follows the first."""
    return scope.session.execute(
        select(Indicator.id).where(Indicator.organisation_id == scope.organisation_id, Indicator.token == token)
    ).scalar_one()


def list_readings(scope: OrganisationScope, indicator_id: UUID) -> list[Reading]:
    """The readings of an indicator, oldest first."""
    return list(
        scope.session.scalars(
            select(Reading)
            .where(Reading.organisation_id == scope.organisation_id, Reading.indicator_id == indicator_id)
            .order_by(Reading.read_on)
        )
    )


def get_reading(scope: OrganisationScope, indicator_id: UUID, reading_id: UUID) -> Reading:
    """A reading of an indicator. Raises NotFound."""
    found = scope.session.scalar(
        select(Reading).where(
            Reading.organisation_id == scope.organisation_id,
            Reading.indicator_id == indicator_id,
            Reading.id == reading_id,
        )
    )
    if found is None:
        raise NotFound
    return found


def find_reading_of(scope: OrganisationScope, indicator_id: UUID, read_on: date) -> Reading | None:
    """The reading of a date, if there is one."""
    return scope.session.scalar(
        select(Reading).where(
            Reading.organisation_id == scope.organisation_id,
            Reading.indicator_id == indicator_id,
            Reading.read_on == read_on,
        )
    )


def list_shared_readings(scope: OrganisationScope) -> list[SharedReading]:
    """Every reading of the indicators that are shared with the coordinator: by indicator's name, oldest first."""
    rows = scope.session.execute(
        select(Indicator, Reading)
        .join(
            Reading,
            and_(Reading.organisation_id == Indicator.organisation_id, Reading.indicator_id == Indicator.id),
        )
        .where(Indicator.organisation_id == scope.organisation_id, Indicator.shared_at.is_not(None))
        .order_by(Indicator.name, Indicator.id, Reading.read_on)
    )
    return [
        SharedReading(
            indicator_id=indicator.id,
            edition=indicator.edition,
            element=indicator.element,
            name=indicator.name,
            kind=IndicatorKind(indicator.kind),
            unit=indicator.unit,
            source=indicator.source,
            frequency=Frequency(indicator.frequency),
            read_on=reading.read_on,
            number=reading.number,
            words=reading.words,
        )
        for indicator, reading in rows
    ]

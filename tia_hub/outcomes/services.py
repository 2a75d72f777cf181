"""What a lead can do with outcomes: describe indicators, record readings, share them or stop sharing."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import now
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.outcomes.models import Indicator, Reading
from tia_hub.outcomes.queries import find_indicator_by_token, find_reading_of, get_indicator, get_reading
from tia_hub.outcomes.types import Frequency, IndicatorKind


@dataclass(frozen=True, kw_only=True)
class Description:
    """What an indicator is about."""

    element: str
    name: str
    unit: str
    source: str
    frequency: Frequency


@dataclass(frozen=True, kw_only=True)
class Value:
    """What is recorded of one day: a number or words, by the indicator's kind."""

    read_on: date
    number: Decimal | None = None
    words: str | None = None
    note: str = ""


class DateTaken(Exception):
    """The indicator has another reading of this date."""


def add_indicator(scope: OrganisationScope, *, token: str, edition: str, kind: IndicatorKind, description: Description) -> UUID:
    """Add an indicator, the organisation's own until it is shared. The same token again gives the same indicator."""
    added = scope.session.execute(
        insert(Indicator)
        .values(
            organisation_id=scope.organisation_id,
            id=uuid4(),
            token=token,
            edition=edition,
            kind=kind,
            version=1,
            changed_by=scope.actor.name,
            **asdict(description),
        )
        .on_conflict_do_nothing(index_elements=["organisation_id", "token"])
        .returning(Indicator.id)
    ).scalar_one_or_none()
    if added is None:
        return find_indicator_by_token(scope, token)
    record(scope, "indicator.added", f"Added the indicator “{description.name}”", target_id=added)
    return added


def change_indicator(scope: OrganisationScope, *, indicator_id: UUID, seen_version: int, description: Description) -> bool:
    """Change an indicator's description; False, and nothing changed, where somebody changed it since it was seen."""
    changed = scope.session.execute(
        update(Indicator)
        .where(
            Indicator.organisation_id == scope.organisation_id,
            Indicator.id == indicator_id,
            Indicator.version == seen_version,
        )
        .values(version=Indicator.version + 1, changed_by=scope.actor.name, **asdict(description))
        .returning(Indicator.shared_at)
    ).one_or_none()
    if changed is None:
        return False
    record(scope, "indicator.changed", f"Changed the indicator “{description.name}”", target_id=indicator_id)
    if changed[0] is not None:
        _publish(scope)
    return True


def remove_indicator(scope: OrganisationScope, *, indicator_id: UUID) -> str:
    """Remove an indicator with its readings; returns its name. Raises NotFound."""
    indicator = get_indicator(scope, indicator_id, lock=True)
    scope.session.execute(
        delete(Reading).where(Reading.organisation_id == scope.organisation_id, Reading.indicator_id == indicator_id)
    )
    scope.session.delete(indicator)
    record(scope, "indicator.removed", f"Removed the indicator “{indicator.name}”", target_id=indicator_id)
    _publish_if_shared(scope, indicator)
    return indicator.name


def add_reading(scope: OrganisationScope, *, indicator_id: UUID, value: Value) -> None:
    """Record a reading. The very same again changes nothing; raises DateTaken for another value of its date, or NotFound."""
    indicator = get_indicator(scope, indicator_id, lock=True)
    known = find_reading_of(scope, indicator_id, value.read_on)
    if known is not None:
        if _value_of(known) != value:
            raise DateTaken
        return
    scope.session.add(
        Reading(
            organisation_id=scope.organisation_id,
            indicator_id=indicator_id,
            recorded_by=scope.actor.name,
            **asdict(value),
        )
    )
    record(scope, "reading.recorded", f"Recorded a reading of “{indicator.name}”", target_id=indicator_id)
    _publish_if_shared(scope, indicator)


def correct_reading(scope: OrganisationScope, *, indicator_id: UUID, reading_id: UUID, value: Value) -> None:
    """Put a reading right. Raises DateTaken where another reading has the date, or NotFound."""
    indicator = get_indicator(scope, indicator_id, lock=True)
    reading = get_reading(scope, indicator_id, reading_id)
    known = find_reading_of(scope, indicator_id, value.read_on)
    if known is not None and known.id != reading_id:
        raise DateTaken
    for name, part in asdict(value).items():
        setattr(reading, name, part)
    reading.recorded_by = scope.actor.name
    record(scope, "reading.corrected", f"Corrected a reading of “{indicator.name}”", target_id=indicator_id)
    _publish_if_shared(scope, indicator)


def remove_reading(scope: OrganisationScope, *, indicator_id: UUID, reading_id: UUID) -> None:
    """Remove a reading. Raises NotFound."""
    indicator = get_indicator(scope, indicator_id, lock=True)
    scope.session.delete(get_reading(scope, indicator_id, reading_id))
    record(scope, "reading.removed", f"Removed a reading of “{indicator.name}”", target_id=indicator_id)
    _publish_if_shared(scope, indicator)


def share_indicator(scope: OrganisationScope, *, indicator_id: UUID) -> None:
    """Let the coordinator see an indicator and its readings, from now on. Raises NotFound."""
    indicator = get_indicator(scope, indicator_id, lock=True)
    if indicator.shared_at is not None:
        return
    indicator.shared_at = now()
    indicator.shared_by = scope.actor.name
    record(scope, "indicator.shared", f"Shared the indicator “{indicator.name}” with the coordinator", target_id=indicator_id)
    _publish(scope)


def withdraw_indicator(scope: OrganisationScope, *, indicator_id: UUID) -> None:
    """Stop sharing an indicator with the coordinator. Raises NotFound."""
    indicator = get_indicator(scope, indicator_id, lock=True)
    if indicator.shared_at is None:
        return
    indicator.shared_at = indicator.shared_by = None
    record(scope, "indicator.withdrawn", f"Stopped sharing the indicator “{indicator.name}”", target_id=indicator_id)
    _publish(scope)


def _value_of(reading: Reading) -> Value:
    return Value(read_on=reading.read_on, number=reading.number, words=reading.words, note=reading.note)


def _publish_if_shared(scope: OrganisationScope, indicator: Indicator) -> None:
    if indicator.shared_at is not None:
        _publish(scope)


def _publish(scope: OrganisationScope) -> None:
    enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")

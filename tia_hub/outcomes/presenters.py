"""What the pages of outcomes show, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tia_hub.core.clock import format_date
from tia_hub.framework.loader import current_edition, get_edition
from tia_hub.framework.types import OutcomeElement, UnknownCode
from tia_hub.outcomes.models import Indicator, Reading
from tia_hub.outcomes.scoring import format_number, is_stale
from tia_hub.outcomes.types import Frequency, IndicatorKind


@dataclass(frozen=True, kw_only=True)
class IndicatorLine:
    """An indicator in the list."""

    id: UUID
    name: str
    latest: str
    """The date and value of the last reading, or that there is none."""
    stale: bool
    shared: bool


@dataclass(frozen=True, kw_only=True)
class ElementView:
    """An element of the outcomes model with the organisation's indicators of it."""

    code: str
    title: str
    measures: tuple[str, ...]
    indicators: tuple[IndicatorLine, ...]


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """A column of the outcomes model."""

    code: str
    title: str
    elements: tuple[ElementView, ...]


@dataclass(frozen=True, kw_only=True)
class ReadingLine:
    """A reading in the table."""

    id: UUID
    date: str
    value: str
    note: str
    recorded_by: str


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The readings of an indicator with numbers, for the chart."""

    title: str
    labels: list[str]
    values: list[float]
    unit: str
    maximum: int | None


def value_words(indicator: Indicator, reading: Reading) -> str:
    """The value of a reading as people write it, with its unit."""
    if reading.number is None:
        return reading.words or ""
    kind = IndicatorKind(indicator.kind)
    written = format_number(kind, reading.number)
    return f"{written} {indicator.unit}" if kind is IndicatorKind.NUMBER and indicator.unit else written


def element_of(indicator: Indicator) -> OutcomeElement:
    """The element that an indicator belongs to, from the edition it was added with. Raises UnknownCode."""
    for group in get_edition(indicator.edition).outcomes.groups:
        for element in group.elements:
            if element.code == indicator.element:
                return element
    raise UnknownCode(f"no element {indicator.element!r} in {indicator.edition!r}")


def stale_words(frequency: Frequency, reading: Reading | None, today: date) -> str | None:
    """That the last reading is missing or older than the indicator's frequency; None where all is well."""
    if reading is None:
        return "There is no reading yet."
    if not is_stale(reading.read_on, frequency, today):
        return None
    return f"The last reading is of {format_date(reading.read_on)}. It is meant to be read {frequency.words.lower()}."


def _line(indicator: Indicator, reading: Reading | None, today: date) -> IndicatorLine:
    latest = "No reading yet"
    if reading is not None:
        value = value_words(indicator, reading)
        latest = f"{format_date(reading.read_on)}: {value if len(value) <= 80 else value[:79] + '…'}"
    return IndicatorLine(
        id=indicator.id,
        name=indicator.name,
        latest=latest,
        stale=reading is not None and is_stale(reading.read_on, Frequency(indicator.frequency), today),
        shared=indicator.shared_at is not None,
    )


def group_indicators(rows: Sequence[tuple[Indicator, Reading | None]], today: date) -> list[GroupView]:
    """The outcomes model of the current edition with the indicators under its elements.

    Indicators of elements that the current edition no longer has come last, in a group of their own.
    """
    lines: dict[str, list[IndicatorLine]] = {}
    titles: dict[str, str] = {}
    for indicator, reading in rows:
        lines.setdefault(indicator.element, []).append(_line(indicator, reading, today))
        titles.setdefault(indicator.element, element_of(indicator).title)
    views = [
        GroupView(
            code=group.code,
            title=group.title,
            elements=tuple(
                ElementView(
                    code=element.code,
                    title=element.title,
                    measures=tuple(measure.text for measure in element.measures),
                    indicators=tuple(lines.pop(element.code, ())),
                )
                for element in group.elements
            ),
        )
        for group in current_edition().outcomes.groups
    ]
    if lines:
        earlier = tuple(
            ElementView(code=code, title=titles[code], measures=(), indicators=tuple(found)) for code, found in lines.items()
        )
        views.append(GroupView(code="earlier", title="From an earlier edition of the framework", elements=earlier))
    return views


def reading_lines(indicator: Indicator, readings: Sequence[Reading]) -> list[ReadingLine]:
    """The readings of an indicator, newest first."""
    return [
        ReadingLine(
            id=reading.id,
            date=format_date(reading.read_on),
            value=value_words(indicator, reading),
            note=reading.note,
            recorded_by=reading.recorded_by,
        )
        for reading in reversed(readings)
    ]


def make_trend(indicator: Indicator, readings: Sequence[Reading]) -> Trend | None:
    """What the chart of an indicator shows; None for words, and where there are fewer than two readings to compare."""
    found = [(reading.read_on, float(reading.number)) for reading in readings if reading.number is not None]
    if len(found) < 2:
        return None
    kind = IndicatorKind(indicator.kind)
    first, last = readings[0], readings[-1]
    return Trend(
        title=f"{indicator.name}: {value_words(indicator, first)} on {format_date(first.read_on)}, "
        f"{value_words(indicator, last)} on {format_date(last.read_on)}",
        labels=[f"{read_on:%d.%m.%y}" for read_on, _ in found],
        values=[value for _, value in found],
        unit="%" if kind is IndicatorKind.PERCENTAGE else "",
        maximum={IndicatorKind.PERCENTAGE: 100, IndicatorKind.SCALE: 5}.get(kind),
    )

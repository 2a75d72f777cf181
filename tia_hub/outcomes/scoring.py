"""Rules of readings: which values an indicator takes, how they are written, and when a reading is old."""

import re
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from tia_hub.outcomes.types import Frequency, IndicatorKind

LARGEST = Decimal(999_999_999_999)
PLACES = 3
"""Most decimal places of a number or percentage."""
LOWEST_OF_SCALE, HIGHEST_OF_SCALE = 1, 5

_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?", re.ASCII)


class Unreadable(ValueError):
    """What was typed is no value of the kind; the message says what would be, in words for its writer."""


def read_number(kind: IndicatorKind, typed: str) -> Decimal:
    """The value that somebody typed: `1,250`, `£80.50`, `45%`. Raises Unreadable, and ValueError for a kind without numbers."""
    match kind:
        case IndicatorKind.NUMBER:
            value = _decimal(typed.removeprefix("£"))
            if value > LARGEST:
                raise Unreadable(f"The number must be {LARGEST:,} or less")
        case IndicatorKind.PERCENTAGE:
            value = _decimal(typed.removesuffix("%").rstrip())
            if value > 100:
                raise Unreadable("The percentage must be between 0 and 100")
        case IndicatorKind.SCALE:
            value = _decimal(typed)
            if not LOWEST_OF_SCALE <= value <= HIGHEST_OF_SCALE:
                raise Unreadable(f"The value must be between {LOWEST_OF_SCALE} and {HIGHEST_OF_SCALE}")
        case IndicatorKind.WORDS:
            raise ValueError("an indicator in words has no numbers")
    return value


def _decimal(typed: str) -> Decimal:
    found = _NUMBER.fullmatch(typed.strip())
    if found is None:
        raise Unreadable("Enter a number that is 0 or more, like 12 or 3.5")
    if len(found[2] or "") > PLACES + 1:
        raise Unreadable(f"The number can have up to {PLACES} decimal places")
    return Decimal(found[0].replace(",", ""))


def format_number(kind: IndicatorKind, value: Decimal) -> str:
    """A value as people write it: `1,250`, `45%`, `3.5 of 5`. `read_number` reads the first two back."""
    written = f"{value:,f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    if kind is IndicatorKind.PERCENTAGE:
        return f"{written}%"
    return f"{written} of {HIGHEST_OF_SCALE}" if kind is IndicatorKind.SCALE else written


def next_due(last_read_on: date, frequency: Frequency) -> date | None:
    """The day by which the next reading is expected; None where none is."""
    return last_read_on + relativedelta(months=frequency.months) if frequency.months else None


def is_stale(last_read_on: date, frequency: Frequency, today: date) -> bool:
    """Whether the last reading is older than the indicator's frequency."""
    due = next_due(last_read_on, frequency)
    return due is not None and today > due

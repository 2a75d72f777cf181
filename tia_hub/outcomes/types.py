"""Kinds and frequencies of indicators, and what other rooms get to know of readings."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class IndicatorKind(StrEnum):
    """What a reading of an indicator is."""

    NUMBER = "number"
    PERCENTAGE = "percentage"
    SCALE = "scale"
    WORDS = "words"

    @property
    def words(self) -> str:
        """The kind's name."""
        return {
            "number": "A number",
            "percentage": "A percentage",
            "scale": "A scale from 1 to 5",
            "words": "Words",
        }[self.value]

    @property
    def example(self) -> str:
        """What it is good for."""
        return {
            "number": "Something you count or pay for, like complaints in the quarter",
            "percentage": "A share, like staff who have completed their training",
            "scale": "An average answer, or a judgement, where 1 is lowest and 5 is highest",
            "words": "What people say, when no number tells it",
        }[self.value]


class Frequency(StrEnum):
    """How often an indicator is meant to be read."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    OPEN = "open"

    @property
    def words(self) -> str:
        """As people say it."""
        return {
            "monthly": "Every month",
            "quarterly": "Every three months",
            "half_yearly": "Every six months",
            "yearly": "Every year",
            "open": "Now and then",
        }[self.value]

    @property
    def months(self) -> int | None:
        """After how many months a reading is old; None where it never is."""
        return {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12, "open": None}[self.value]


@dataclass(frozen=True, kw_only=True)
class SharedReading:
    """A reading of an indicator that the organisation shares with the coordinator. Notes are not part of it."""

    indicator_id: UUID
    edition: str
    element: str
    """The code of the outcomes model's element that the indicator belongs to."""
    name: str
    kind: IndicatorKind
    unit: str
    source: str
    frequency: Frequency
    read_on: date
    number: Decimal | None
    """The value of a number, a percentage (0 to 100) or a scale (1 to 5)."""
    words: str | None
    """The value of an indicator in words."""


@dataclass(frozen=True, kw_only=True)
class IndicatorSummary:
    """An organisation's indicators at a glance."""

    total: int
    shared: int
    late: tuple[str, ...]
    """The names of those without a reading, or whose last reading is older than their frequency."""

"""Counting ratings. Unrated, not applicable and red are different things, and every count says of how many it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from tia_hub.audits.types import Rating


@dataclass(frozen=True)
class Counts:
    """How many criteria have which rating. There is no score: nothing is weighed, summed over ratings or averaged."""

    green: int = 0
    amber: int = 0
    red: int = 0
    not_applicable: int = 0
    unrated: int = 0

    @property
    def total(self) -> int:
        """All the criteria: the denominator of every other number here."""
        return self.applicable + self.not_applicable

    @property
    def applicable(self) -> int:
        """The criteria that are not known not to apply, rated or not."""
        return self.green + self.amber + self.red + self.unrated

    @property
    def answered(self) -> int:
        """The criteria with a rating, or with the reason why they don't apply."""
        return self.total - self.unrated

    @property
    def in_place(self) -> float | None:
        """The share of green among the criteria that apply, rated or not; None where none of them is rated."""
        return self.green / self.applicable if self.applicable > self.unrated else None

    @property
    def complete(self) -> bool:
        """Whether every criterion is answered."""
        return self.unrated == 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.green + other.green,
            self.amber + other.amber,
            self.red + other.red,
            self.not_applicable + other.not_applicable,
            self.unrated + other.unrated,
        )


def count(ratings: Iterable[Rating | None]) -> Counts:
    """Count ratings; None is unrated."""
    found = list(ratings)
    return Counts(
        green=found.count(Rating.GREEN),
        amber=found.count(Rating.AMBER),
        red=found.count(Rating.RED),
        not_applicable=found.count(Rating.NOT_APPLICABLE),
        unrated=found.count(None),
    )


def overall(parts: Iterable[Counts]) -> Counts:
    """The counts of several principles together: every criterion once."""
    return sum(parts, Counts())


@dataclass(frozen=True)
class Answer:
    """One criterion as far as its completeness goes."""

    rating: Rating | None
    has_journey: bool
    has_evidence: bool
    lacks_reason: bool = False
    """Said not to apply, without a reason: unrated until there is one."""


@dataclass(frozen=True)
class Needs:
    """What a section still needs. Only what the framework's form asks for; nothing here stops a submission."""

    unrated: int = 0
    reasons: int = 0
    """Of the unrated: how many are said not to apply and lack the reason."""
    journeys: int = 0
    evidence: int = 0
    """Criteria rated green, amber or red without a journey, and without evidence."""
    green_without_evidence: int = 0
    summary: bool = False
    criteria: int = 0
    """How many criteria the section has: the denominator."""

    @property
    def nothing(self) -> bool:
        """Whether the section is complete."""
        return not (self.unrated or self.journeys or self.evidence or self.summary)


def find_needs(answers: Iterable[Answer], *, has_summary: bool) -> Needs:
    """What a section with these answers still needs. A criterion that does not apply needs no more than its reason."""
    found = list(answers)
    rated = [each for each in found if each.rating not in (None, Rating.NOT_APPLICABLE)]
    return Needs(
        unrated=sum(each.rating is None for each in found),
        reasons=sum(each.rating is None and each.lacks_reason for each in found),
        journeys=sum(not each.has_journey for each in rated),
        evidence=sum(not each.has_evidence for each in rated),
        green_without_evidence=sum(each.rating is Rating.GREEN and not each.has_evidence for each in rated),
        summary=not has_summary,
        criteria=len(found),
    )

"""What is published of the ratings that organisations gave: mean, spread and count, and nothing of fewer than three."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FEWEST_REVIEWERS = 3
"""Reviewing organisations under which nothing is published. The database's function `published_ratings` holds to it too."""


@dataclass(frozen=True)
class Figures:
    """Published ratings of one question, on the rubric's scale from 0 (not met) to 3 (fully met), to one decimal place."""

    mean: Decimal
    lowest: Decimal
    highest: Decimal
    organisations: int
    interests: int
    """How many of the organisations declared an interest."""


def summarise(ratings: Sequence[Decimal], interests: int = 0) -> Figures | None:
    """Mean and spread (lowest to highest) of ratings, one for each organisation; None where there are too few of them."""
    if len(ratings) < FEWEST_REVIEWERS:
        return None
    return Figures(
        mean=_round(sum(ratings, Decimal()) / len(ratings)),
        lowest=_round(min(ratings)),
        highest=_round(max(ratings)),
        organisations=len(ratings),
        interests=interests,
    )


def _round(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)

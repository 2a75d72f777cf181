"""Which rating stands for a principle on the map of organisations."""

from collections import Counter
from collections.abc import Iterable

BY_NEED = ("red", "amber", "green")
"""Ratings, those that need support first."""

NOT_APPLICABLE, UNRATED = "not_applicable", "unrated"

RULE = (
    "The map shows the rating that most criteria of a principle have. Where two ratings are equally frequent, it shows the "
    "one that needs more support. Where fewer than half of the criteria that apply are rated, it says that it is not rated."
)


def prevailing(ratings: Iterable[str | None]) -> str:
    """The rating that stands for several criteria, as `RULE` says; None is a criterion without a rating."""
    counts = Counter(rating or UNRATED for rating in ratings)
    rated = sum(counts[rating] for rating in BY_NEED)
    if not rated and not counts[UNRATED] and counts[NOT_APPLICABLE]:
        return NOT_APPLICABLE
    if not rated or rated < counts[UNRATED]:
        return UNRATED
    return max(BY_NEED, key=lambda rating: counts[rating])

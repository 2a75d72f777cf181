"""Which rating stands for a principle on the map."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tia_hub.home.scoring import prevailing

RATINGS = st.lists(st.sampled_from(["red", "amber", "green", "not_applicable", None]), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("ratings", "stands"),
    [
        (["green", "green", "red"], "green"),
        (["green", "red"], "red"),
        (["green", "amber"], "amber"),
        (["green", "not_applicable", "not_applicable"], "green"),
        (["not_applicable"], "not_applicable"),
        ([None, "not_applicable"], "unrated"),
        (["green", None], "green"),
        (["green", None, None], "unrated"),
        ([], "unrated"),
    ],
)
def test_the_rule_in_examples(ratings: list[str | None], stands: str) -> None:
    assert prevailing(ratings) == stands


@given(RATINGS)
def test_a_colour_is_shown_only_where_half_of_what_applies_is_rated_and_none_is_more_frequent(ratings) -> None:
    stands = prevailing(ratings)
    if stands in ("red", "amber", "green"):
        assert 2 * sum(rating in ("red", "amber", "green") for rating in ratings) >= sum(
            rating != "not_applicable" for rating in ratings
        )
        assert all(ratings.count(stands) >= ratings.count(other) for other in ("red", "amber", "green"))


@given(RATINGS)
def test_the_order_of_criteria_does_not_matter(ratings) -> None:
    assert prevailing(ratings) == prevailing(list(reversed(ratings)))


@given(RATINGS)
def test_unrated_and_not_applicable_never_become_red(ratings) -> None:
    if "red" not in ratings:
        assert prevailing(ratings) != "red"

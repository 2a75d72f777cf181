"""What is published of ratings: mean, lowest, highest and count, and nothing of fewer than three organisations."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tia_hub.trainers.scoring import FEWEST_REVIEWERS, summarise
from tia_hub.trainers.types import Met

points = st.sampled_from([Decimal(met.points) for met in Met])
enough = st.lists(points, min_size=FEWEST_REVIEWERS, max_size=60)


@given(st.lists(points, max_size=FEWEST_REVIEWERS - 1))
def test_nothing_is_said_of_fewer_than_three(ratings: list[Decimal]) -> None:
    assert summarise(ratings) is None


@given(enough)
def test_the_mean_lies_between_the_lowest_and_the_highest(ratings: list[Decimal]) -> None:
    figures = summarise(ratings)
    assert figures is not None
    assert min(ratings) == figures.lowest <= figures.mean <= figures.highest == max(ratings)
    assert figures.organisations == len(ratings)


@given(enough, st.randoms(use_true_random=False))
def test_the_order_in_which_organisations_rated_does_not_show(ratings: list[Decimal], random) -> None:
    shuffled = list(ratings)
    random.shuffle(shuffled)
    assert summarise(shuffled) == summarise(ratings)


@given(enough)
def test_the_mean_is_right_to_one_decimal_place(ratings: list[Decimal]) -> None:
    figures = summarise(ratings)
    assert figures is not None
    assert abs(figures.mean * len(ratings) - sum(ratings)) <= Decimal("0.05") * len(ratings)


def test_the_rubric_goes_from_0_to_3() -> None:
    assert [met.points for met in (Met.NOT_MET, Met.PARTLY, Met.MOSTLY, Met.FULLY)] == [0, 1, 2, 3]

"""Counting: every criterion once, every state apart, every number with its denominator."""

from hypothesis import given
from hypothesis import strategies as st

from tia_hub.audits.scoring import Answer, Counts, count, find_needs, overall
from tia_hub.audits.types import Rating

ratings = st.lists(st.one_of(st.none(), st.sampled_from(Rating)), max_size=60)
answers = st.lists(
    st.builds(
        Answer,
        rating=st.one_of(st.none(), st.sampled_from(Rating)),
        has_journey=st.booleans(),
        has_evidence=st.booleans(),
    ),
    max_size=20,
)


@given(ratings)
def test_every_criterion_is_counted_once(found: list[Rating | None]) -> None:
    counts = count(found)
    assert counts.total == len(found)
    assert counts.green + counts.amber + counts.red + counts.not_applicable + counts.unrated == len(found)
    assert counts.applicable + counts.not_applicable == counts.total
    assert counts.answered + counts.unrated == counts.total
    if counts.in_place is not None:
        assert 0 <= counts.in_place <= 1
        assert round(counts.in_place * counts.applicable) == counts.green
    assert (counts.in_place is None) == (counts.green + counts.amber + counts.red == 0)
    assert counts.complete == (None not in found)


@given(ratings)
def test_unrated_not_applicable_and_red_are_never_taken_for_each_other(found: list[Rating | None]) -> None:
    before = count(found)
    for rating, name in ((None, "unrated"), (Rating.NOT_APPLICABLE, "not_applicable"), (Rating.RED, "red")):
        after = count([*found, rating])
        for each in ("unrated", "not_applicable", "red", "green", "amber"):
            assert getattr(after, each) - getattr(before, each) == (each == name)


@given(st.lists(ratings, max_size=6))
def test_principles_together_are_all_their_criteria(parts: list[list[Rating | None]]) -> None:
    assert overall(count(part) for part in parts) == count([rating for part in parts for rating in part])


@given(ratings, st.randoms())
def test_order_does_not_matter(found: list[Rating | None], random) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    assert count(shuffled) == count(found)


def test_nothing_is_nothing() -> None:
    assert count([]) == overall([]) == Counts()


@given(answers, st.booleans())
def test_a_section_needs_nothing_exactly_when_all_of_it_is_there(found: list[Answer], has_summary: bool) -> None:
    whole = all(
        answer.rating is Rating.NOT_APPLICABLE or (answer.rating is not None and answer.has_journey and answer.has_evidence)
        for answer in found
    )
    needs = find_needs(found, has_summary=has_summary)
    assert needs.nothing == (whole and has_summary)
    assert needs.criteria == len(found)
    assert needs.unrated + max(needs.journeys, needs.evidence) <= len(found)
    assert needs.green_without_evidence <= needs.evidence


def test_a_criterion_that_does_not_apply_needs_its_reason_alone() -> None:
    with_reason = Answer(rating=Rating.NOT_APPLICABLE, has_journey=False, has_evidence=False)
    without = Answer(rating=None, has_journey=True, has_evidence=True, lacks_reason=True)
    needs = find_needs([with_reason, without], has_summary=True)
    assert (needs.unrated, needs.reasons, needs.journeys, needs.evidence) == (1, 1, 0, 0)

"""The level finder suggests what the framework's two questions say, and never ranks anybody."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tia_hub.framework.levels import Answers, Side, follow_up, levels_needed, suggest_level
from tia_hub.framework.types import Edition, PracticeLevel

INFORMED, SKILLED, ENHANCED, SPECIALIST = PracticeLevel

answers = st.builds(
    Answers,
    service_has_remit=st.booleans(),
    worker_has_contact=st.booleans(),
    closest=st.none() | st.sampled_from(PracticeLevel),
)


@pytest.mark.parametrize(
    ("remit", "contact", "closest", "level", "candidates", "differ"),
    [
        (False, False, None, INFORMED, (INFORMED,), False),
        (False, True, None, SKILLED, (SKILLED,), False),
        (True, True, None, None, (ENHANCED, SPECIALIST), False),
        (True, True, ENHANCED, ENHANCED, (ENHANCED, SPECIALIST), False),
        (True, True, SPECIALIST, SPECIALIST, (ENHANCED, SPECIALIST), False),
        (True, False, None, None, (ENHANCED, SPECIALIST), True),
        (True, False, ENHANCED, ENHANCED, (ENHANCED, SPECIALIST), True),
        # a follow-up answer from before the first two were changed
        (False, True, SPECIALIST, SKILLED, (SKILLED,), False),
        (True, True, INFORMED, None, (ENHANCED, SPECIALIST), False),
    ],
)
def test_what_the_answers_suggest(
    edition: Edition,
    remit: bool,
    contact: bool,
    closest: PracticeLevel | None,
    level: PracticeLevel | None,
    candidates: tuple[PracticeLevel, ...],
    differ: bool,
) -> None:
    suggestion = suggest_level(edition, Answers(remit, contact, closest))
    assert (suggestion.level, suggestion.candidates, suggestion.sides_differ) == (level, candidates, differ)


def test_the_reasons_are_the_frameworks_own_words(edition: Edition) -> None:
    suggestion = suggest_level(edition, Answers(service_has_remit=False, worker_has_contact=True))
    service, worker = suggestion.reasons
    assert (service.side, service.question, service.answer) == (
        Side.SERVICE,
        "Does the service have a specific remit to work with people known to be affected by trauma?",
        "No",
    )
    assert (worker.side, worker.answer) == (Side.WORKER, "Yes")
    assert suggestion.definitions == (
        "Workers who are likely to be coming into contact with people who may have been affected by trauma",
    )


def test_while_two_levels_fit_both_short_definitions_are_given(edition: Edition) -> None:
    suggestion = suggest_level(edition, Answers(service_has_remit=True, worker_has_contact=True))
    enhanced, specialist = suggestion.definitions
    assert enhanced.endswith("or are required to manage these services.")
    assert specialist.endswith("with complex needs.")
    levels = follow_up(edition, service_has_remit=True, worker_has_contact=True)
    assert [level.code for level in levels] == [ENHANCED, SPECIALIST]
    assert follow_up(edition, service_has_remit=False, worker_has_contact=True) == ()


@settings(deadline=None)
@given(given_answers=answers)
def test_whatever_is_answered_there_is_a_suggestion_or_a_choice(edition: Edition, given_answers: Answers) -> None:
    suggestion = suggest_level(edition, given_answers)
    assert suggestion.candidates
    assert suggestion.level is None or suggestion.level in suggestion.candidates
    assert (suggestion.level is None) == (len(suggestion.candidates) > 1 and given_answers.closest not in suggestion.candidates)
    assert len(suggestion.reasons) == 2


def test_the_rules_come_from_the_edition(small: Edition) -> None:
    suggestion = suggest_level(small, Answers(service_has_remit=False, worker_has_contact=True))
    assert suggestion.candidates == (INFORMED, SKILLED)
    assert suggestion.reasons[0].answer == "Nay"


@pytest.mark.parametrize("level", list(PracticeLevel))
def test_everybody_needs_informed_and_their_roles_level_and_no_level_between(edition: Edition, level: PracticeLevel) -> None:
    assert levels_needed(edition, level) == {INFORMED, level}


def test_levels_have_no_order() -> None:
    first: Any = INFORMED
    with pytest.raises(TypeError):
        _ = first < SPECIALIST
    with pytest.raises(TypeError):
        _ = first + 1

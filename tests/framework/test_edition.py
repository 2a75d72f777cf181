"""The current edition has all of the document's parts, and each is found by its code."""

import pytest
from pydantic import ValidationError

from tia_hub.framework.types import Audience, Edition, PracticeLevel, StatementKind, UnknownCode


def test_an_edition_can_not_be_changed(edition: Edition) -> None:
    with pytest.raises(ValidationError):
        setattr(edition.criteria[0], "text", "Something else")  # noqa: B010 - mypy knows that it is frozen


def test_the_size_of_the_current_edition(edition: Edition) -> None:
    assert [len(principle.criteria) for principle in edition.principles] == [10, 7, 12, 7, 10]
    assert len(edition.criteria) == 46
    assert [principle.title for principle in edition.principles] == [
        "Safety", "Trustworthiness", "Choice", "Collaboration", "Empowerment",
    ]  # fmt: skip
    assert len(edition.domains) == 10
    assert len(edition.how_to_use.readers) == 4
    assert len(edition.manager_guidance.questions) == 5
    assert [prompt.code for prompt in edition.self_assessment.prompts] == [
        "remit", "role", "level", "strengths", "development", "agreed_training_plan", "agreed_support_plan",
    ]  # fmt: skip
    assert [prompt.code for prompt in edition.self_assessment.prompts if prompt.agreed] == [
        "agreed_training_plan", "agreed_support_plan",
    ]  # fmt: skip
    assert [question.owner.value for question in edition.selection.questions] == [
        "organisation", "provider", "course", "organisation", "provider",
    ]  # fmt: skip


def test_statements_keep_their_kind_and_audience(edition: Edition) -> None:
    counts = {
        (level.code.value, kind.value, audience.value): count
        for level in edition.levels
        for kind in StatementKind
        for audience in Audience
        if (count := sum((each.kind, each.audience) == (kind, audience) for each in level.statements))
    }
    assert counts == {
        ("informed", "know", "all_workers"): 5,
        ("informed", "do", "all_workers"): 5,
        ("skilled", "know", "all_workers"): 2,
        ("skilled", "know", "child_and_family_workers"): 2,
        ("skilled", "do", "all_workers"): 1,
        ("skilled", "do", "managers"): 1,
        ("skilled", "do", "child_and_family_workers"): 1,
        ("enhanced", "know", "all_workers"): 3,
        ("enhanced", "do", "all_workers"): 3,
        ("specialist", "know", "all_workers"): 3,
        ("specialist", "know", "child_and_family_workers"): 2,
        ("specialist", "do", "all_workers"): 2,
        ("specialist", "do", "child_and_family_workers"): 2,
    }


def test_a_person_gets_the_statements_for_all_workers_and_their_own(edition: Edition) -> None:
    codes = [each.code for each in edition.statements_for(PracticeLevel.SKILLED, {Audience.MANAGERS})]
    assert codes == ["skilled.know.1", "skilled.know.2", "skilled.do.1", "skilled.do.2"]
    assert len(edition.statements_for(PracticeLevel.SKILLED, set(Audience))) == 7
    assert len(edition.statements_for(PracticeLevel.INFORMED, [])) == 10


def test_everything_is_found_by_its_code_and_nothing_else_is(edition: Edition, small: Edition) -> None:
    assert edition.criterion("collaboration.3").text.startswith("Service users are paid")
    assert edition.criterion("collaboration.3").principle == "collaboration"
    assert edition.principle("trustworthiness").title == "Trustworthiness"
    assert edition.statement("skilled.do.2").level is PracticeLevel.SKILLED
    assert edition.level("enhanced") is edition.level(PracticeLevel.ENHANCED)
    assert edition.reader("providers").name == "Education and Training Providers"
    assert edition.prompt("role").text == "What is my role within the service?"
    assert edition.selection_question(4).owner.value == "organisation"
    for look in (
        edition.criterion,
        edition.principle,
        edition.statement,
        edition.level,
        edition.reader,
        edition.prompt,
    ):
        with pytest.raises(UnknownCode):
            look("safety.11\x00")
    with pytest.raises(UnknownCode):
        edition.selection_question(6)
    with pytest.raises(UnknownCode):
        small.level(PracticeLevel.SPECIALIST)

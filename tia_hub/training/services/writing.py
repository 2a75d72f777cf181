"""What a worker does alone with their self-assessment: begin, write, delete. Each change locks the form first."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import current_edition, get_edition
from tia_hub.framework.types import Edition, PracticeLevel
from tia_hub.training.models import Answer, SelfAssessment
from tia_hub.training.queries import find_own_form, get_own_form, list_answers
from tia_hub.training.scoring import starting_text, statements_for_worker
from tia_hub.training.services.answers import acting_member, refuse_agreed, write_answers
from tia_hub.training.types import (
    DEVELOPMENT_PROMPT,
    LEVEL_PROMPT,
    PROMISE,
    STRENGTHS_PROMPT,
    AnswerOwner,
    FormState,
    Mark,
    Typed,
)

MARKED_PROMPTS = {STRENGTHS_PROMPT: Mark.STRENGTH, DEVELOPMENT_PROMPT: Mark.DEVELOPMENT}


def start_form(scope: OrganisationScope) -> UUID:
    """Begin the acting member's self-assessment with today's edition and promise; the one they have, where there is one."""
    scope.session.execute(
        insert(SelfAssessment)
        .values(
            organisation_id=scope.organisation_id,
            id=uuid4(),
            membership_id=acting_member(scope),
            state=FormState.DRAFT,
            edition=current_edition().code,
            promise=asdict(PROMISE),
            audiences=[],
            marks={},
        )
        .on_conflict_do_nothing(index_elements=["organisation_id", "membership_id"])
    )
    form = find_own_form(scope)
    if form is None:
        raise NotFound
    return form.id


def delete_draft(scope: OrganisationScope, *, form_id: UUID) -> None:
    """Delete what was written, for good. Only a draft that was never agreed can go; raises Refused for others."""
    form = get_own_form(scope, form_id, lock=True)
    if form.state != FormState.DRAFT or form.figure_id is not None:
        raise Refused("This has been shared or agreed. Withdraw it first; what was agreed is kept for both of you.")
    scope.session.delete(form)


def take_level(scope: OrganisationScope, *, level: PracticeLevel, note: str) -> UUID:
    """Take a level from the level finder into one's own form, begun if need be; a note becomes the answer if there is none."""
    form = get_own_form(scope, start_form(scope), lock=True)
    refuse_agreed(form)
    answers = list_answers(scope, form)
    if note and LEVEL_PROMPT not in answers:
        write_answers(scope, form, answers, {LEVEL_PROMPT: Typed(note, 0)}, AnswerOwner.WORKER)
    _change_choices(scope, form, answers, level=level.value, audiences=form.audiences, marks=form.marks)
    return form.id


def save_role(
    scope: OrganisationScope,
    *,
    form_id: UUID,
    typed: Mapping[str, Typed],
    level: str | None,
    audiences: Collection[str],
) -> dict[str, Answer]:
    """Save the prompts about service, role and level. Raises Clashes, and Refused once the form is agreed."""
    form = get_own_form(scope, form_id, lock=True)
    refuse_agreed(form)
    answers = list_answers(scope, form)
    write_answers(scope, form, answers, typed, AnswerOwner.WORKER)
    _change_choices(scope, form, answers, level=level, audiences=sorted(audiences), marks=form.marks)
    return answers


def save_marks(scope: OrganisationScope, *, form_id: UUID, marks: Mapping[str, str]) -> None:
    """Save what the shown statements are to the worker: a mark by code, or "" for one that is left.

    The marked statements are the starting texts of the prompts on strengths and development, until those are written in
    one's own words.
    """
    form = get_own_form(scope, form_id, lock=True)
    refuse_agreed(form)
    changed = {code: mark for code, mark in {**form.marks, **marks}.items() if mark}
    _change_choices(scope, form, list_answers(scope, form), level=form.level, audiences=form.audiences, marks=changed)


def save_own_answers(scope: OrganisationScope, *, form_id: UUID, typed: Mapping[str, Typed]) -> dict[str, Answer]:
    """Save prompts that are the worker's alone. Raises Clashes, and Refused once the form is agreed."""
    form = get_own_form(scope, form_id, lock=True)
    refuse_agreed(form)
    answers = list_answers(scope, form)
    write_answers(scope, form, answers, typed, AnswerOwner.WORKER)
    return answers


def _change_choices(
    scope: OrganisationScope,
    form: SelfAssessment,
    answers: dict[str, Answer],
    *,
    level: str | None,
    audiences: Collection[str],
    marks: Mapping[str, str],
) -> None:
    """Set level, audiences and marks; renew those starting texts that nobody has changed."""
    edition = get_edition(form.edition)
    before = _starting_texts(edition, form)
    form.level, form.audiences, form.marks = level, list(audiences), dict(marks)
    for code, text in _starting_texts(edition, form).items():
        answer = answers.get(code)
        if (answer.text if answer else "") == before[code] != text:
            write_answers(scope, form, answers, {code: Typed(text, answer.version if answer else 0)}, AnswerOwner.WORKER)


def _starting_texts(edition: Edition, form: SelfAssessment) -> dict[str, str]:
    statements = statements_for_worker(edition, form.level, form.audiences)
    prompts = {prompt.code for prompt in edition.self_assessment.prompts}
    return {code: starting_text(mark, form.marks, statements) for code, mark in MARKED_PROMPTS.items() if code in prompts}

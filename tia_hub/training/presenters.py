"""What the pages of the room `training` need, in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for

from tia_hub.core.suppression import hide_part, hide_small, suppress
from tia_hub.framework.types import Edition, PracticeLevel, Prompt, Statement
from tia_hub.training.models import Answer, SelfAssessment
from tia_hub.training.scoring import statements_for_worker
from tia_hub.training.types import LEVEL_PROMPT, FormState, Mark


@dataclass(frozen=True)
class Sections:
    """The prompts of an edition by the page they are on: the worker's first ones, the worker's others, those of both."""

    role: Sequence[Prompt]
    strengths: Sequence[Prompt]
    plans: Sequence[Prompt]


def divide(edition: Edition) -> Sections:
    """Divide the prompts: up to the practice level, after it, and those that are agreed."""
    prompts = edition.self_assessment.prompts
    own = [prompt for prompt in prompts if not prompt.agreed]
    cut = next((n + 1 for n, prompt in enumerate(own) if prompt.code == LEVEL_PROMPT), len(own))
    return Sections(own[:cut], own[cut:], [prompt for prompt in prompts if prompt.agreed])


def questions(prompts: Sequence[Prompt]) -> list[tuple[str, str]]:
    """Prompts as code and words."""
    return [(prompt.code, prompt.text) for prompt in prompts]


def state_words(form: SelfAssessment, *, mine: bool) -> tuple[str, str]:
    """Where a form stands for its worker (`mine`) or its manager, and the colour of the tag that says so."""
    match FormState(form.state):
        case FormState.DRAFT:
            return "Only you can see this", "grey"
        case FormState.AGREED:
            return "Agreed by both", "green"
        case FormState.SHARED:
            if form.worker_confirmed_at or form.manager_confirmed_at:
                confirmed = form.worker_confirmed_at if mine else form.manager_confirmed_at
                return ("You confirmed", "teal") if confirmed else ("Your turn to confirm", "amber")
            return ("Open again", "amber") if form.reopened_at else ("Shared, to talk about", "teal")


@dataclass(frozen=True)
class ReadAnswer:
    """A prompt with its answer, to be read."""

    code: str
    prompt: str
    text: str


@dataclass(frozen=True)
class FormPage:
    """A form as one of its two readers sees it."""

    id: UUID
    mine: bool
    state: FormState
    state_words: str
    state_colour: str
    worker_name: str
    manager_name: str | None
    came_back_at: datetime | None
    """Since when it is the worker's alone again, as the manager is no longer theirs."""
    level_name: str | None
    read: Sequence[ReadAnswer]
    plans: Sequence[ReadAnswer]
    strengths: Sequence[str]
    development: Sequence[str]
    worker_confirmed_at: datetime | None
    manager_confirmed_at: datetime | None
    other_view: str
    other_name: str | None
    promise: Mapping[str, str]
    title: str


def present_form(
    form: SelfAssessment,
    edition: Edition,
    answers: Mapping[str, Answer],
    *,
    mine: bool,
    names: Mapping[UUID, str],
) -> FormPage:
    """A form for its worker (`mine`) or its manager."""
    sections = divide(edition)
    words, colour = state_words(form, mine=mine)
    other = form.manager_id if mine else form.membership_id
    view = answers.get(f"view.{other}")
    return FormPage(
        id=form.id,
        mine=mine,
        state=FormState(form.state),
        state_words=words,
        state_colour=colour,
        worker_name=names[form.membership_id],
        manager_name=names[form.manager_id] if form.manager_id else None,
        came_back_at=form.closed_to_manager_at,
        level_name=edition.level(form.level).name if form.level else None,
        read=[_read(prompt, answers) for prompt in (*sections.role, *sections.strengths)],
        plans=[_read(prompt, answers) for prompt in sections.plans],
        strengths=_marked(form, edition, Mark.STRENGTH),
        development=_marked(form, edition, Mark.DEVELOPMENT),
        worker_confirmed_at=form.worker_confirmed_at,
        manager_confirmed_at=form.manager_confirmed_at,
        other_view=view.text if view else "",
        other_name=names[other] if other else None,
        promise=form.promise,
        title=edition.self_assessment.title,
    )


def _read(prompt: Prompt, answers: Mapping[str, Answer]) -> ReadAnswer:
    return ReadAnswer(prompt.code, prompt.text, answers[prompt.code].text if prompt.code in answers else "")


def _marked(form: SelfAssessment, edition: Edition, mark: Mark) -> list[str]:
    statements = statements_for_worker(edition, form.level, form.audiences)
    return [statement.text for statement in statements if form.marks.get(statement.code) == mark]


@dataclass(frozen=True)
class Task:
    """A step of one's own form, as the list of steps shows it."""

    title: str
    href: str
    status: str
    colour: str = ""


def present_steps(form: SelfAssessment, edition: Edition, shown: FormPage, *, organisation: str) -> list[Task]:
    """The steps of a form that is not agreed, for its worker. No step has to be done before another."""
    sections = divide(edition)
    written = {answer.code for answer in (*shown.read, *shown.plans) if answer.text}
    statements = statements_for_worker(edition, form.level, form.audiences)
    marked = sum(statement.code in form.marks for statement in statements)

    def far(done: int, total: int) -> tuple[str, str]:
        return ("Not started", "grey") if done == 0 else ("Done", "") if done >= total else (f"{done} of {total}", "teal")

    def address(endpoint: str) -> str:
        return url_for(endpoint, organisation=organisation, form_id=form.id)

    steps = [
        Task("Your role", address("training.role"), *far(_count(sections.role, written), len(sections.role))),
        Task(
            "Statements of the framework",
            address("training.statements"),
            *(far(marked, len(statements)) if statements else ("Choose a level first", "grey")),
        ),
        Task(
            "Your strengths and areas of development",
            address("training.strengths"),
            *far(_count(sections.strengths, written), len(sections.strengths)),
        ),
    ]
    if form.state == FormState.DRAFT:
        return [*steps, Task("Share it with your manager", address("training.share"), "Not shared", "grey")]
    return [*steps, Task("The plans you write together", address("training.show"), *state_words(form, mine=True))]


def _count(prompts: Sequence[Prompt], written: Collection[str]) -> int:
    return sum(prompt.code in written for prompt in prompts)


@dataclass(frozen=True)
class StatementGroup:
    """Statements of one level and kind, with their lead-in."""

    level_name: str
    heading: str
    codes: Sequence[str]


def group_statements(edition: Edition, statements: Sequence[Statement]) -> list[StatementGroup]:
    """Statements under the framework's headings, in its order."""
    guide = edition.levels_guide
    groups: dict[tuple[str, str], list[str]] = {}
    for statement in statements:
        heading = guide.know_heading if statement.kind.value == "know" else guide.do_heading
        groups.setdefault((edition.level(statement.level).name, heading), []).append(statement.code)
    return [StatementGroup(name, heading, codes) for (name, heading), codes in groups.items()]


@dataclass(frozen=True)
class PersonRow:
    """Somebody who shared their form with a manager."""

    name: str
    job_title: str
    words: str
    colour: str
    waits: str
    form_id: UUID
    shared_at: datetime | None


def waits_for_manager(form: SelfAssessment) -> str:
    """What comes next, for the manager; nothing once it is agreed."""
    if form.state == FormState.AGREED:
        return ""
    if form.manager_confirmed_at:
        return "You confirmed the plans. They are agreed once the other person confirms them too"
    if form.worker_confirmed_at:
        return "They confirmed the plans. Read them and confirm them too, or change them"
    return "Next: talk about it and write the plans together"


HIDDEN = "not shown"


@dataclass(frozen=True)
class Picture:
    """Training needs of an organisation in counts of people, worded: HIDDEN wherever a count may not be shown."""

    threshold: int
    level_rows: Sequence[tuple[str, int | str]]
    """Levels, and all agreed forms last."""
    shared: int | str
    areas: Sequence[tuple[str, Sequence[tuple[str, int]]]]
    """By level: statements with how many people want to develop them, most first; only those that may be shown."""


def _word(count: int | None) -> int | str:
    return HIDDEN if count is None else count


def present_picture(
    edition: Edition,
    *,
    levels: Mapping[PracticeLevel, int],
    states: Mapping[FormState, int],
    areas: Mapping[str, int],
    threshold: int,
) -> Picture:
    """Suppress and word an organisation's counts.

    Levels and their total are one table. Areas are of the people of a level (of everybody, for everybody's level): an area is
    hidden where those who have it or the rest of that level are too few, and where the level's own number is hidden.
    """
    shown = suppress([[levels[level.code] for level in edition.levels]], threshold)
    by_level = dict(zip((level.code for level in edition.levels), shown.cells[0], strict=True))
    groups = []
    for level in edition.levels:
        base = shown.total if level.code is edition.levels_guide.everyone else by_level[level.code]
        if base is None:
            continue
        counted = [(each.text, hide_part(areas.get(each.code, 0), base, threshold)) for each in level.statements]
        kept = sorted(((text, count) for text, count in counted if count is not None), key=lambda pair: -pair[1])
        if kept:
            groups.append((level.name, kept))
    return Picture(
        threshold=threshold,
        level_rows=[
            *((level.name, _word(by_level[level.code])) for level in edition.levels),
            ("All agreed forms", _word(shown.total)),
        ],
        shared=_word(hide_small(states[FormState.SHARED], threshold)),
        areas=groups,
    )

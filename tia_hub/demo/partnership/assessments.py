"""Self-assessments of the sample partnership, in all states. Their words are about work, never about anybody's history.

Each form is stored in its own worker's scope, as the wall around personal forms demands.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from tia_hub.core.scope import OrganisationScope, transaction
from tia_hub.core.trail import record
from tia_hub.demo.partnership.audits import at_work, workday
from tia_hub.demo.partnership.plan import WELL_KNOWN, PlannedOrganisation, PlannedPerson, Story
from tia_hub.demo.partnership.tenancy import dated, scope_of
from tia_hub.demo.partnership.texts import Voice, chance, load, make_id
from tia_hub.framework.loader import current_edition
from tia_hub.framework.types import Audience, PracticeLevel
from tia_hub.tenants.types.organisations import Sector
from tia_hub.tenants.types.roles import Role
from tia_hub.training.models import AgreedForm, Answer, SelfAssessment, TrainingFigure
from tia_hub.training.queries import find_own_form
from tia_hub.training.scoring import starting_text, statements_for_worker
from tia_hub.training.services.agreeing import confirm_plans
from tia_hub.training.services.answers import view_code
from tia_hub.training.types import PROMISE, AnswerOwner, FormState, Mark, Typed

STATES = {FormState.AGREED: 66, FormState.SHARED: 15, FormState.DRAFT: 9, None: 10}
"""Of a hundred people, whose form is in which state; None has not begun one."""
LEVELS = {PracticeLevel.INFORMED: 22, PracticeLevel.SKILLED: 55, PracticeLevel.ENHANCED: 18, PracticeLevel.SPECIALIST: 5}
WITH_FAMILIES = {Sector.EDUCATION, Sector.COUNCIL, Sector.CHARITY}
PLANS = {"agreed_training_plan": "training_plan", "agreed_support_plan": "support_plan"}
"""The texts of the plans, by the prompts that both answer."""


@dataclass(frozen=True, kw_only=True)
class PlannedForm:
    """One person's self-assessment before it is stored."""

    id: UUID
    worker: PlannedPerson
    state: FormState
    level: PracticeLevel | None
    audiences: list[str]
    marks: dict[str, str]
    answers: dict[str, str]
    begun_at: datetime
    shared_at: datetime | None
    plans_at: datetime | None
    """When one of the two confirmed the plans: the manager where it is agreed, else the worker."""
    agreed_at: datetime | None
    """When the other did."""


def plan_forms(plan: PlannedOrganisation, today: date) -> list[PlannedForm]:
    """The forms of an organisation's staff and managers. The one whom one can sign in as has a draft to go on with."""
    if plan.story is Story.JUST_JOINED:
        return []
    forms = []
    for person in plan.people:
        if person.manager_id is None:
            continue
        by = chance("form", plan.key, person.name)
        state = by.choices(list(STATES), list(STATES.values()))[0]
        if person.name == WELL_KNOWN[Role.STAFF]:
            state = FormState.DRAFT
        if state is not None:
            forms.append(_plan_form(plan, person, state, today, by))
    return forms


def _plan_form(plan: PlannedOrganisation, person: PlannedPerson, state: FormState, today: date, by: Random) -> PlannedForm:
    begun = today - timedelta(days=by.randint(40, 200) if state is FormState.AGREED else by.randint(12, 30))
    shared_at = at_work(begun + timedelta(days=by.randint(3, 8)), by) if state is not FormState.DRAFT else None
    confirms = state is FormState.AGREED or (state is FormState.SHARED and by.random() < 0.3)
    written_at = workday(shared_at + timedelta(days=by.randint(1, 3))) if shared_at and confirms else None
    agreed_at = workday(written_at + timedelta(days=by.randint(0, 20))) if written_at and state is FormState.AGREED else None
    level = by.choices(list(LEVELS), list(LEVELS.values()))[0]
    audiences = [Audience.MANAGERS.value] if person.role is Role.MANAGER else []
    if plan.sector in WITH_FAMILIES and by.random() < 0.6:
        audiences.insert(0, Audience.CHILD_AND_FAMILY_WORKERS.value)
    marks = _marks(level, audiences, by)
    return PlannedForm(
        id=make_id("form", plan.slug, person.membership_id),
        worker=person,
        state=state,
        level=level,
        audiences=audiences,
        marks=marks,
        answers=_answers(plan, person, state, level, audiences, marks, begun, by, with_plans=confirms),
        begun_at=at_work(begun, by),
        shared_at=shared_at,
        plans_at=written_at,
        agreed_at=agreed_at,
    )


def _marks(level: PracticeLevel, audiences: list[str], by: Random) -> dict[str, str]:
    """What each statement is to a worker. Some are hard for many, so that needs show up in counts."""
    marks = {}
    for statement in statements_for_worker(current_edition(), level.value, audiences):
        hard = chance("hard", statement.code).choice((0.05, 0.1, 0.15, 0.6))
        if by.random() < hard:
            marks[statement.code] = Mark.DEVELOPMENT.value
        elif by.random() < 0.85:
            marks[statement.code] = Mark.STRENGTH.value
        elif by.random() < 0.4:
            marks[statement.code] = Mark.NOT_RELEVANT.value
    return marks


def _answers(
    plan: PlannedOrganisation,
    person: PlannedPerson,
    state: FormState,
    level: PracticeLevel,
    audiences: list[str],
    marks: Mapping[str, str],
    begun: date,
    by: Random,
    *,
    with_plans: bool,
) -> dict[str, str]:
    texts = load("training_texts")
    voice = Voice(load("sectors")[plan.sector]["words"], begun)
    remit = next((team.remit for team in plan.teams if team.id == person.team_id), "")
    answers = {"remit": remit, "role": voice.say(texts["role"][level.value], by)}
    statements = statements_for_worker(current_edition(), level.value, audiences)
    for code, mark in (("strengths", Mark.STRENGTH), ("development", Mark.DEVELOPMENT)):
        own_words = "\n".join(by.sample(texts[code], 2))
        answers[code] = starting_text(mark, marks, statements) if state is FormState.DRAFT else own_words
    if state is not FormState.DRAFT:
        answers["level"] = voice.say(texts["level"][level.value], by)
    if with_plans:
        name = current_edition().level(level).name.removeprefix("Trauma ").lower()
        answers |= {code: voice.choose(texts[key], by, level=name) for code, key in PLANS.items()}
        if by.random() < 0.08:
            answers[view_code(person.membership_id)] = by.choice(texts["worker_view"])
    return {code: text for code, text in answers.items() if text}


def add_forms(plan: PlannedOrganisation, partnership_id: UUID, today: date) -> None:
    """Store the forms of an organisation that are not there yet."""
    for form in plan_forms(plan, today):
        with transaction(scope_of(plan, partnership_id, form.worker)) as scope:
            if find_own_form(scope) is None:
                _add_form(scope, form)
                if form.agreed_at:
                    _agree(scope, form, form.agreed_at)


def _agree(scope: OrganisationScope, form: PlannedForm, at: datetime) -> None:
    """Have the worker confirm what the manager has: the service does it, and keeps the copy."""
    plans = {code: Typed(form.answers[code], 1) for code in PLANS}
    view = form.answers.get(view_code(form.worker.membership_id))
    with dated(scope, at, {AgreedForm: "agreed_at"}):
        confirm_plans(scope, form_id=form.id, plans=plans, view=Typed(view, 1) if view else Typed("", 0))
        stored = scope.session.get_one(SelfAssessment, (scope.organisation_id, form.id))
        stored.worker_confirmed_at = stored.agreed_at = at


def _add_form(scope: OrganisationScope, form: PlannedForm) -> None:
    of_us: dict[str, Any] = {"organisation_id": scope.organisation_id}
    shared = form.shared_at is not None
    figure_id = make_id("figure", form.id) if shared else None
    if shared:
        scope.session.execute(insert(TrainingFigure), of_us | {"id": figure_id, "state": FormState.SHARED, "areas": []})
    scope.session.execute(
        insert(SelfAssessment),
        of_us
        | {
            "id": form.id,
            "created_at": form.begun_at,
            "membership_id": form.worker.membership_id,
            "manager_id": form.worker.manager_id if shared else None,
            "state": FormState.SHARED if shared else FormState.DRAFT,
            "edition": current_edition().code,
            "promise": asdict(PROMISE),
            "level": form.level.value if form.level else None,
            "audiences": form.audiences,
            "marks": form.marks,
            "figure_id": figure_id,
            "shared_at": form.shared_at,
            "worker_confirmed_at": None if form.agreed_at else form.plans_at,
            "manager_confirmed_at": form.plans_at if form.agreed_at else None,
        },
    )
    scope.session.execute(
        insert(Answer),
        [
            of_us
            | {
                "id": make_id("answer", form.id, code),
                "created_at": form.begun_at,
                "form_id": form.id,
                "code": code,
                "owner": AnswerOwner.BOTH if code in PLANS else AnswerOwner.WORKER,
                "author_id": form.worker.membership_id,
                "text": text,
                "version": 1,
                "updated_at": form.plans_at if code in PLANS else form.shared_at or form.begun_at,
            }
            for code, text in form.answers.items()
        ],
    )
    if form.shared_at:
        with dated(scope, form.shared_at):
            record(scope, "self_assessment.shared", "Shared a self-assessment with a manager")
    if form.plans_at and not form.agreed_at:
        with dated(scope, form.plans_at):
            record(scope, "self_assessment.confirmed", "Confirmed the plans of a self-assessment")

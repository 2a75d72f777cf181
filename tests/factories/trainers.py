"""Courses, dates and scores, made as the product makes them."""

from datetime import date, time
from decimal import Decimal
from uuid import UUID

from tests.factories.tenants import Region, Tenant, Trainer, make_organisation, unique
from tia_hub.core.scope import transaction
from tia_hub.framework.loader import current_edition
from tia_hub.framework.types import Audience, PracticeLevel
from tia_hub.trainers.services.courses import accept_course, add_date, create_course, offer_course
from tia_hub.trainers.services.scores import save_score
from tia_hub.trainers.types import Answer, CourseDetails, Met, Mode, ScoreState


def course_details(
    title: str | None = None,
    *,
    level: PracticeLevel = PracticeLevel.SKILLED,
    audiences: tuple[Audience, ...] = (Audience.ALL_WORKERS,),
    statements: tuple[str, ...] = ("skilled.know.1", "skilled.know.2"),
    mode: Mode = Mode.IN_PERSON,
    cost: Decimal | None = Decimal("120.50"),
) -> CourseDetails:
    return CourseDetails(
        title=title or unique("Course"),
        level=level,
        audiences=audiences,
        statements=statements,
        aims="People know how trauma shapes behaviour, and can respond with calm.",
        hours=Decimal("6.5"),
        mode=mode,
        places=16,
        cost=cost,
        transfer="A follow-up call after six weeks.",
        accessibility="Step-free venue with a hearing loop.",
        content_warning="Talks about the effects of violence.",
    )


def make_course(trainer: Trainer, details: CourseDetails | None = None) -> UUID:
    """A draft."""
    with transaction(trainer.scope()) as scope:
        return create_course(scope, details=details or course_details()).id


def make_offered_course(trainer: Trainer, details: CourseDetails | None = None) -> UUID:
    course_id = make_course(trainer, details)
    with transaction(trainer.scope()) as scope:
        offer_course(scope, course_id=course_id)
    return course_id


def make_live_course(region: Region, trainer: Trainer, details: CourseDetails | None = None) -> UUID:
    course_id = make_offered_course(trainer, details)
    with transaction(region.scope()) as scope:
        accept_course(scope, course_id=course_id, version=2)
    return course_id


def make_date(trainer: Trainer, course_id: UUID, day: date, starts_at: time = time(9, 30), place: str = "Civic Hall") -> UUID:
    with transaction(trainer.scope()) as scope:
        return add_date(scope, course_id=course_id, day=day, starts_at=starts_at, place=place, link="").id


def make_score(
    tenant: Tenant,
    course_id: UUID,
    met: dict[str, Met] | Met = Met.MOSTLY,
    *,
    state: ScoreState = ScoreState.FINAL,
    version: int = 0,
    note: str = "",
    interest: str = "",
) -> None:
    """A score with one rating for all questions, or one for each."""
    answers = {
        question.code: Answer(met=met if isinstance(met, Met) else met[question.code], note=note)
        for question in current_edition().selection.questions
    }
    with transaction(tenant.scope()) as scope:
        save_score(scope, course_id=course_id, version=version, state=state, interest=interest, answers=answers)


def make_reviewers(region: Region, course_id: UUID, *ratings: Met) -> None:
    """Organisations of their own that each score a course."""
    for number, met in enumerate(ratings):
        make_score(make_organisation(region, f"Reviewer {number}"), course_id, met)

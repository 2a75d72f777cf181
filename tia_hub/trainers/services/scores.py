"""Scoring a course by the five selection questions."""

from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.framework.loader import current_edition, get_edition
from tia_hub.framework.types import Edition, QuestionOwner
from tia_hub.trainers.models import Course, CourseRating, CourseScore, SelectionAnswer
from tia_hub.trainers.queries import get_course
from tia_hub.trainers.types import Answer, ChangedMeanwhile, CourseState, Met, ScoreState


def save_score(
    scope: OrganisationScope,
    *,
    course_id: UUID,
    version: int,
    state: ScoreState,
    interest: str,
    answers: dict[str, Answer],
) -> CourseScore:
    """Keep the organisation's answers, by the question's code.

    A final score answers every question and gives its ratings to the registry; a draft takes them back. `version` is 0 for
    the first one; raises ChangedMeanwhile where it is not the newest.
    """
    course = get_course(scope, course_id)
    if course.state != CourseState.LIVE:
        raise Refused("This course has been withdrawn and can't be scored any more")
    score = _lock_or_begin(scope, course)
    if score.version != version:
        raise ChangedMeanwhile
    edition = get_edition(score.edition)
    if state is ScoreState.FINAL and not all(
        question.code in answers and answers[question.code].met for question in edition.selection.questions
    ):
        raise Refused("A final score answers all the questions")
    was_final = score.state == ScoreState.FINAL
    score.version += 1
    score.state = state
    score.interest = interest
    score.finalised_at = now() if state is ScoreState.FINAL else None
    _answer(score, edition, answers)
    if state is ScoreState.FINAL or was_final:
        _publish(scope, score, edition)
        enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")
    action, words = {
        ScoreState.DRAFT: ("score.saved", "Saved a draft score of"),
        ScoreState.FINAL: ("score.finalised", "Finalised the score of"),
    }[state]
    record(scope, action, f"{words} the course {course.title}", target_id=course.id)
    return score


def _lock_or_begin(scope: OrganisationScope, course: Course) -> CourseScore:
    """The score's row, locked: whoever comes second waits and then finds a newer version."""
    scope.session.execute(
        insert(CourseScore)
        .values(
            organisation_id=scope.organisation_id,
            id=uuid4(),
            partnership_id=scope.partnership_id,
            provider_id=course.provider_id,
            course_id=course.id,
            version=0,
            edition=current_edition().code,
            state=ScoreState.DRAFT,
            interest="",
        )
        .on_conflict_do_nothing(index_elements=["organisation_id", "course_id"])
    )
    return scope.session.scalars(
        select(CourseScore)
        .where(CourseScore.organisation_id == scope.organisation_id, CourseScore.course_id == course.id)
        .options(selectinload(CourseScore.answers))
        .with_for_update()
    ).one()


def _answer(score: CourseScore, edition: Edition, answers: dict[str, Answer]) -> None:
    known = {answer.question: answer for answer in score.answers}
    for question in edition.selection.questions:
        given = answers.get(question.code, Answer())
        kept = known.get(question.code)
        if kept is None:
            kept = SelectionAnswer(organisation_id=score.organisation_id, score_id=score.id, question=question.code)
            score.answers.append(kept)
        kept.met, kept.note, kept.evidence = given.met, given.note, given.evidence


def _publish(scope: OrganisationScope, score: CourseScore, edition: Edition) -> None:
    """Lay down this organisation's ratings for the registry's figures; none of the questions that are its own."""
    scope.session.execute(
        delete(CourseRating).where(
            CourseRating.organisation_id == scope.organisation_id, CourseRating.course_id == score.course_id
        )
    )
    if score.state != ScoreState.FINAL:
        return
    met = {answer.question: answer.met or "" for answer in score.answers}
    scope.session.add_all(
        CourseRating(
            organisation_id=scope.organisation_id,
            course_id=score.course_id,
            question=question.code,
            partnership_id=scope.partnership_id,
            provider_id=score.provider_id,
            owner=question.owner.value,
            rating=Met(met[question.code]).points,
            interest=bool(score.interest),
            rated_at=score.finalised_at,
        )
        for question in edition.selection.questions
        if question.owner is not QuestionOwner.ORGANISATION
    )

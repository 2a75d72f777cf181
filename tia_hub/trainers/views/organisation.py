"""An organisation's side: finding courses, reading how they were rated, and scoring them."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tia_hub.core.errors import Refused
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import current_edition, get_edition
from tia_hub.trainers.forms.courses import SearchForm
from tia_hub.trainers.forms.scores import ScoreForm, make_score_form
from tia_hub.trainers.models import Course, CourseScore
from tia_hub.trainers.presenters import (
    OWNER_WORDS,
    course_cards,
    course_facts,
    covered_statements,
    dates_ahead,
    question_lines,
    reviewers_words,
)
from tia_hub.trainers.queries import (
    PAGE,
    find_score,
    get_course,
    list_areas,
    list_own_scores,
    list_published_ratings,
    search_courses,
)
from tia_hub.trainers.services.scores import save_score
from tia_hub.trainers.types import ChangedMeanwhile, CourseState, Met, ScoreState, Search
from tia_hub.trainers.views.room import bp


@bp.get("/o/<organisation>/courses")
@require(Permission.COURSE_READ)
def courses(scope: OrganisationScope) -> ResponseReturnValue:
    """Search the registry's live courses."""
    edition = current_edition()
    form = SearchForm(edition, list_areas(scope), formdata=request.args)
    valid = form.validate()
    number = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    found, total = search_courses(scope, form.search() if valid else Search(), page=number)

    def href(wanted: int) -> str:
        asked: dict[str, Any] = {name: value for name, value in request.args.items() if value and name != "page"}
        return url_for("trainers.courses", organisation=scope.slug, **asked, page=wanted)

    return page(
        "trainers/courses.html",
        part="trainers/_courses.html",
        status=200 if valid else 422,
        scope=scope,
        form=form,
        total=total,
        cards=course_cards(
            edition,
            found,
            list_published_ratings(scope, found),
            list_own_scores(scope, [course.id for course in found]),
        ),
        questions=edition.selection.questions,
        owners=OWNER_WORDS,
        page_number=number,
        pages=-(-total // PAGE),
        href=href,
        filtered=any(request.args.values()),
    )


@bp.get("/o/<organisation>/courses/<uuid:course_id>")
@require(Permission.COURSE_READ)
def course(scope: OrganisationScope, course_id: UUID) -> ResponseReturnValue:
    """A course, with its published ratings and the organisation's own."""
    found = get_course(scope, course_id)
    own = list_own_scores(scope, [found.id])
    lines = question_lines(current_edition(), found, list_published_ratings(scope, [found]), own[0] if own else None)
    return page(
        "trainers/course.html",
        scope=scope,
        course=found,
        state=CourseState(found.state),
        facts=course_facts(found),
        statements=covered_statements(found),
        dates=dates_ahead(found),
        questions=lines,
        reviewers=reviewers_words(lines),
        own=own[0] if own else None,
        may_score=scope.may(Permission.COURSE_SCORE),
    )


def _score_page(
    scope: OrganisationScope,
    found: Course,
    form: ScoreForm,
    score: CourseScore | None,
    *,
    status: int = 200,
    changed: bool = False,
) -> ResponseReturnValue:
    edition = get_edition(score.edition) if score else current_edition()
    return page(
        "trainers/score.html",
        status=status,
        scope=scope,
        course=found,
        state=ScoreState(score.state) if score else None,
        form=form,
        questions=edition.selection.questions,
        title=edition.selection.title,
        owners=OWNER_WORDS,
        rubric=list(Met),
        kept={answer.question: answer for answer in score.answers} if score and changed else {},
        Met=Met,
    )


@bp.get("/o/<organisation>/courses/<uuid:course_id>/score")
@require(Permission.COURSE_SCORE)
def score(scope: OrganisationScope, course_id: UUID) -> ResponseReturnValue:
    """The five selection questions about a course."""
    found, kept = get_course(scope, course_id), find_score(scope, course_id)
    form = make_score_form(get_edition(kept.edition) if kept else current_edition(), kept)
    return _score_page(scope, found, form, kept)


@bp.post("/o/<organisation>/courses/<uuid:course_id>/score")
@require(Permission.COURSE_SCORE)
def save(scope: OrganisationScope, course_id: UUID) -> ResponseReturnValue:
    """Keep the answers, as a draft or as final, unless somebody else did meanwhile: then both are shown."""
    found, kept = get_course(scope, course_id), find_score(scope, course_id)
    form = make_score_form(get_edition(kept.edition) if kept else current_edition())
    if not form.validate():
        return _score_page(scope, found, form, kept, status=422)
    state = ScoreState(form.state.data)
    try:
        save_score(
            scope,
            course_id=course_id,
            version=form.version.number,
            state=state,
            interest=form.declared_interest(),
            answers=form.answers(),
        )
    except ChangedMeanwhile:
        kept = find_score(scope, course_id)
        form.version.data = str(kept.version if kept else 0)
        return _score_page(scope, found, form, kept, status=409, changed=True)
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _score_page(scope, found, form, kept, status=422)
    words = "Score saved as final" if state is ScoreState.FINAL else "Draft saved"
    return see("trainers.course", words, organisation=scope.slug, course_id=course_id)

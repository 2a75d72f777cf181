"""A provider's side: its courses and their dates."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from tia_hub.core.errors import Refused
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import ProviderScope
from tia_hub.framework.loader import current_edition, get_edition
from tia_hub.trainers.forms.courses import CourseDateForm, CourseForm
from tia_hub.trainers.forms.providers import ProfileForm
from tia_hub.trainers.models import Course, Provider
from tia_hub.trainers.presenters import (
    STATE_COLOURS,
    course_facts,
    covered_statements,
    dates_ahead,
    level_name,
    question_lines,
    reviewers_words,
)
from tia_hub.trainers.queries import get_own_course, get_own_profile, list_areas, list_own_courses, list_published_ratings
from tia_hub.trainers.services.courses import (
    add_date,
    create_course,
    edit_course,
    missing_parts,
    offer_course,
    remove_date,
    take_back_course,
)
from tia_hub.trainers.services.providers import describe_provider
from tia_hub.trainers.types import ChangedMeanwhile, CourseState
from tia_hub.trainers.views.room import bp


@bp.get("/provider/<provider>/courses")
@require(Permission.PROVIDER_OPEN)
def own_courses(scope: ProviderScope) -> ResponseReturnValue:
    """All courses of the provider."""
    return page(
        "trainers/own_courses.html",
        scope=scope,
        courses=[(course, CourseState(course.state), dates_ahead(course)) for course in list_own_courses(scope)],
        colours=STATE_COLOURS,
        level_name=level_name,
    )


def _profile_page(
    scope: ProviderScope, form: ProfileForm, *, status: int = 200, kept: Provider | None = None
) -> ResponseReturnValue:
    return page("trainers/profile.html", status=status, scope=scope, form=form, kept=kept)


@bp.get("/provider/<provider>/profile")
@require(Permission.COURSE_WRITE)
def profile(scope: ProviderScope) -> ResponseReturnValue:
    """What the provider says of itself."""
    return _profile_page(scope, ProfileForm(list_areas(scope), get_own_profile(scope)))


@bp.post("/provider/<provider>/profile")
@require(Permission.COURSE_WRITE)
def describe(scope: ProviderScope) -> ResponseReturnValue:
    """Change what the provider says of itself, unless somebody else did meanwhile: then both texts are shown."""
    form = ProfileForm(list_areas(scope))
    if not form.validate():
        return _profile_page(scope, form, status=422)
    try:
        describe_provider(
            scope,
            version=form.version.number,
            about=form.about.data or "",
            email=form.email.data or "",
            area_ids=form.area_ids(),
        )
    except ChangedMeanwhile:
        kept = get_own_profile(scope)
        form.version.data = str(kept.version)
        return _profile_page(scope, form, status=409, kept=kept)
    return see("trainers.own_courses", "Profile saved", provider=scope.slug)


def _form_page(
    scope: ProviderScope,
    form: CourseForm,
    course: Course | None = None,
    *,
    status: int = 200,
    changed: bool = False,
) -> ResponseReturnValue:
    edition = get_edition(course.edition) if course else current_edition()
    return page(
        "trainers/course_form.html",
        status=status,
        scope=scope,
        form=form,
        course=course,
        edition=edition,
        changed=changed,
        statements=covered_statements(course) if course and changed else [],
        facts=course_facts(course) if course and changed else [],
    )


@bp.get("/provider/<provider>/courses/new")
@require(Permission.COURSE_WRITE)
def new_course(scope: ProviderScope) -> ResponseReturnValue:
    """The form to begin a course."""
    return _form_page(scope, CourseForm(current_edition()))


@bp.post("/provider/<provider>/courses/new")
@require(Permission.COURSE_WRITE)
def create(scope: ProviderScope) -> ResponseReturnValue:
    """Begin a course as a draft."""
    form = CourseForm(current_edition())
    if not form.validate():
        return _form_page(scope, form, status=422)
    try:
        course = create_course(scope, details=form.details())
    except Refused as refusal:
        form.title.errors = [str(refusal)]
        return _form_page(scope, form, status=422)
    return see("trainers.own_course", "Draft saved", provider=scope.slug, course_id=course.id)


def _own_course(scope: ProviderScope, course_id: UUID, form: CourseDateForm, status: int = 200) -> ResponseReturnValue:
    course = get_own_course(scope, course_id)
    lines = question_lines(current_edition(), course, list_published_ratings(scope, [course]), None)
    return page(
        "trainers/own_course.html",
        status=status,
        scope=scope,
        course=course,
        ahead=dates_ahead(course),
        state=CourseState(course.state),
        colours=STATE_COLOURS,
        facts=course_facts(course),
        statements=covered_statements(course),
        missing=missing_parts(course),
        questions=[line for line in lines if line.published],
        reviewers=reviewers_words(lines),
        form=form,
        may_write=scope.may(Permission.COURSE_WRITE),
    )


@bp.get("/provider/<provider>/courses/<uuid:course_id>")
@require(Permission.PROVIDER_OPEN)
def own_course(scope: ProviderScope, course_id: UUID) -> ResponseReturnValue:
    """A course of the provider's own, with what can be done with it."""
    return _own_course(scope, course_id, CourseDateForm())


@bp.get("/provider/<provider>/courses/<uuid:course_id>/edit")
@require(Permission.COURSE_WRITE)
def edit(scope: ProviderScope, course_id: UUID) -> ResponseReturnValue:
    """The form to change a course."""
    course = get_own_course(scope, course_id)
    return _form_page(scope, CourseForm(get_edition(course.edition), course), course)


@bp.post("/provider/<provider>/courses/<uuid:course_id>/edit")
@require(Permission.COURSE_WRITE)
def change(scope: ProviderScope, course_id: UUID) -> ResponseReturnValue:
    """Change a course, unless somebody else did meanwhile: then both texts are shown."""
    course = get_own_course(scope, course_id)
    form = CourseForm(get_edition(course.edition))
    if not form.validate():
        return _form_page(scope, form, course, status=422)
    try:
        edit_course(scope, course_id=course_id, version=form.version.number, details=form.details())
    except ChangedMeanwhile:
        form.version.data = str(course.version)
        return _form_page(scope, form, course, status=409, changed=True)
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _form_page(scope, form, course, status=422)
    return see("trainers.own_course", "Course saved", provider=scope.slug, course_id=course_id)


@bp.post("/provider/<provider>/courses/<uuid:course_id>/offer")
@require(Permission.COURSE_WRITE)
def offer(scope: ProviderScope, course_id: UUID) -> ResponseReturnValue:
    """Offer a course to the registry."""
    offer_course(scope, course_id=course_id)
    return see(
        "trainers.own_course",
        "Course offered. It goes live when the coordinator accepts it.",
        provider=scope.slug,
        course_id=course_id,
    )


@bp.post("/provider/<provider>/courses/<uuid:course_id>/take-back")
@require(Permission.COURSE_WRITE)
def take_back(scope: ProviderScope, course_id: UUID) -> ResponseReturnValue:
    """Take a course back."""
    take_back_course(scope, course_id=course_id)
    return see("trainers.own_course", "Course taken back", provider=scope.slug, course_id=course_id)


@bp.post("/provider/<provider>/courses/<uuid:course_id>")
@require(Permission.COURSE_WRITE)
def give_date(scope: ProviderScope, course_id: UUID) -> ResponseReturnValue:
    """Add a date to a course."""
    form = CourseDateForm()
    if not form.validate():
        return _own_course(scope, course_id, form, 422)
    try:
        add_date(
            scope,
            course_id=course_id,
            day=form.date_given(),
            starts_at=form.start_time(),
            place=form.place.data or "",
            link=form.link.data or "",
        )
    except Refused as refusal:
        form.day.errors = [str(refusal)]
        return _own_course(scope, course_id, form, 422)
    return see("trainers.own_course", "Date added", provider=scope.slug, course_id=course_id)


@bp.post("/provider/<provider>/courses/<uuid:course_id>/dates/<uuid:date_id>/remove")
@require(Permission.COURSE_WRITE)
def take_date(scope: ProviderScope, course_id: UUID, date_id: UUID) -> ResponseReturnValue:
    """Remove a date from a course."""
    remove_date(scope, course_id=course_id, date_id=date_id)
    return see("trainers.own_course", "Date removed", provider=scope.slug, course_id=course_id)

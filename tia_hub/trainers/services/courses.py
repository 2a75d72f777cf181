"""Listing courses, giving them dates, and accepting or withdrawing them."""

from datetime import date, time
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import format_date, today
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.scope import PartnershipScope, ProviderScope
from tia_hub.core.trail import record
from tia_hub.framework.loader import current_edition
from tia_hub.trainers.models import Course, CourseDate, Provider
from tia_hub.trainers.queries import get_own_course
from tia_hub.trainers.types import ChangedMeanwhile, CourseDetails, CourseState


def create_course(scope: ProviderScope, *, details: CourseDetails) -> Course:
    """Begin a course as a draft. Refused where the provider has one of the same title and level."""
    # One at a time for a provider, so that a double click can't make two
    scope.session.execute(select(Provider.id).where(Provider.id == scope.provider_id).with_for_update(key_share=True))
    twin = scope.session.scalar(
        select(Course.id).where(
            Course.partnership_id == scope.partnership_id,
            Course.provider_id == scope.provider_id,
            Course.title == details.title,
            Course.level == details.level.value,
        )
    )
    if twin is not None:
        raise Refused("You have a course with this title and level already")
    course = Course(
        id=uuid4(),
        partnership_id=scope.partnership_id,
        provider_id=scope.provider_id,
        state=CourseState.DRAFT,
        edition=current_edition().code,
    )
    _describe(course, details)
    scope.session.add(course)
    record(scope, "course.created", f"Created the course {details.title}", target_id=course.id)
    return course


def _describe(course: Course, details: CourseDetails) -> None:
    course.title = details.title
    course.level = details.level.value
    course.audiences = [audience.value for audience in details.audiences]
    course.statements = list(details.statements)
    course.aims = details.aims
    course.hours = details.hours
    course.mode = details.mode
    course.places = details.places
    course.cost = details.cost
    course.transfer = details.transfer
    course.accessibility = details.accessibility
    course.content_warning = details.content_warning


def _lock_own(scope: ProviderScope, course_id: UUID) -> Course:
    locked = scope.session.scalar(
        select(Course)
        .where(
            Course.id == course_id,
            Course.partnership_id == scope.partnership_id,
            Course.provider_id == scope.provider_id,
        )
        .with_for_update()
    )
    if locked is None:
        raise NotFound
    return locked


def edit_course(scope: ProviderScope, *, course_id: UUID, version: int, details: CourseDetails) -> Course:
    """Change what is said about a course. Raises ChangedMeanwhile where `version` is not the newest.

    A course that was offered or is live has to stay complete.
    """
    course = _lock_own(scope, course_id)
    if course.version != version:
        raise ChangedMeanwhile
    _describe(course, details)
    if course.state in (CourseState.OFFERED, CourseState.LIVE):
        _refuse_incomplete(course)
    course.version += 1
    record(scope, "course.changed", f"Changed the course {course.title}", target_id=course.id)
    return course


def missing_parts(course: Course) -> list[str]:
    """What a course still needs before it can be offered, in words."""
    parts = {
        "for whom it is": course.audiences,
        "the statements that it covers": course.statements,
        "its aims": course.aims,
        "its length": course.hours,
        "its cost": course.cost is not None,
    }
    return [words for words, there in parts.items() if not there]


def _refuse_incomplete(course: Course) -> None:
    missing = missing_parts(course)
    if missing:
        raise Refused(f"Before it can be offered, the course needs {', '.join(missing)}")


def offer_course(scope: ProviderScope, *, course_id: UUID) -> Course:
    """Ask the coordinator to accept a course. Refused where it is not complete, or is offered or live already."""
    course = _lock_own(scope, course_id)
    if course.state not in (CourseState.DRAFT, CourseState.WITHDRAWN):
        raise Refused("This course has been offered already")
    _refuse_incomplete(course)
    course.state, course.state_reason = CourseState.OFFERED, ""
    course.version += 1
    record(scope, "course.offered", f"Offered the course {course.title}", target_id=course.id)
    return course


def take_back_course(scope: ProviderScope, *, course_id: UUID) -> Course:
    """Take a course back: an offered one becomes a draft again, a live one is withdrawn."""
    course = _lock_own(scope, course_id)
    if course.state == CourseState.OFFERED:
        course.state = CourseState.DRAFT
    elif course.state == CourseState.LIVE:
        course.state, course.state_reason = CourseState.WITHDRAWN, "Withdrawn by its provider."
    else:
        raise Refused("This course is neither offered nor live")
    course.version += 1
    record(scope, "course.taken_back", f"Took back the course {course.title}", target_id=course.id)
    return course


def add_date(scope: ProviderScope, *, course_id: UUID, day: date, starts_at: time, place: str, link: str) -> CourseDate:
    """Say when and where a course is held. Refused for a day that is past, or a date that is listed already."""
    course = get_own_course(scope, course_id)
    if day < today():
        raise Refused("The date must be today or later")
    values = {
        "id": uuid4(),
        "partnership_id": scope.partnership_id,
        "provider_id": scope.provider_id,
        "course_id": course.id,
        "day": day,
        "starts_at": starts_at,
        "place": place,
        "link": link,
    }
    added: CourseDate | None = scope.session.scalar(
        insert(CourseDate).values(values).on_conflict_do_nothing().returning(CourseDate)
    )
    if added is None:
        raise Refused("This date is listed already")
    record(scope, "course.date_added", f"Added {format_date(day)} to the course {course.title}", target_id=course.id)
    return added


def remove_date(scope: ProviderScope, *, course_id: UUID, date_id: UUID) -> None:
    """Take a date off a course. Raises NotFound."""
    course = get_own_course(scope, course_id)
    day = scope.session.scalar(
        delete(CourseDate)
        .where(
            CourseDate.id == date_id,
            CourseDate.course_id == course_id,
            CourseDate.partnership_id == scope.partnership_id,
            CourseDate.provider_id == scope.provider_id,
        )
        .returning(CourseDate.day)
    )
    if day is None:
        raise NotFound
    record(scope, "course.date_removed", f"Removed {format_date(day)} from the course {course.title}", target_id=course.id)


def _lock_offered(scope: PartnershipScope, course_id: UUID) -> Course:
    course = scope.session.scalar(
        select(Course)
        .where(
            Course.id == course_id,
            Course.partnership_id == scope.partnership_id,
            Course.state != CourseState.DRAFT,
        )
        .with_for_update()
    )
    if course is None:
        raise NotFound
    return course


def accept_course(scope: PartnershipScope, *, course_id: UUID, version: int) -> Course:
    """Let a course into the registry as it was read. Raises ChangedMeanwhile where its provider changed it since."""
    course = _lock_offered(scope, course_id)
    if course.state != CourseState.OFFERED:
        raise Refused("This course does not wait to be accepted")
    if course.version != version:
        raise ChangedMeanwhile
    course.state, course.state_reason = CourseState.LIVE, ""
    course.version += 1
    record(scope, "course.accepted", f"Accepted the course {course.title}", target_id=course.id)
    return course


def withdraw_course(scope: PartnershipScope, *, course_id: UUID, reason: str) -> Course:
    """Refuse an offered course, or take a live one out of the registry. Its provider reads the reason."""
    course = _lock_offered(scope, course_id)
    if course.state == CourseState.WITHDRAWN:
        raise Refused("This course has been withdrawn already")
    course.state, course.state_reason = CourseState.WITHDRAWN, reason
    course.version += 1
    record(scope, "course.withdrawn", f"Withdrew the course {course.title}: {reason}", target_id=course.id)
    return course

"""A training provider's overview: its courses by state, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from tia_hub.core.clock import format_date
from tia_hub.core.scope import ProviderScope
from tia_hub.home.presenters.items import Item
from tia_hub.trainers.models import Course
from tia_hub.trainers.types import CourseState


@dataclass(frozen=True, kw_only=True)
class ProviderPage:
    """The page."""

    counts: list[tuple[str, int]]
    """How many courses are in each state, in words."""
    total: int
    waiting: list[Item]
    dates: list[tuple[str, str]]
    """The days to come: date and course."""


def make_provider_page(scope: ProviderScope, courses: Sequence[Course], today: date) -> ProviderPage:
    """Put the overview together; courses with their dates."""
    waiting = []
    for course in courses:
        href = url_for("trainers.own_course", provider=scope.slug, course_id=course.id)
        if course.state == CourseState.DRAFT:
            hint = "Nobody else sees it until you offer it to the coordinator"
            waiting.append(Item(title=f"Finish and offer {course.title}", href=href, hint=hint, status="Draft", colour="grey"))
        elif course.state == CourseState.LIVE and not any(each.day >= today for each in course.dates):
            hint = "Organisations find it, and see no date to come"
            waiting.append(Item(title=f"Give {course.title} a date", href=href, hint=hint, status="No dates", colour="amber"))
    ahead = sorted(
        (each.day, course.title)
        for course in courses
        if course.state == CourseState.LIVE
        for each in course.dates
        if each.day >= today
    )
    return ProviderPage(
        counts=[(state.words, sum(course.state == state for course in courses)) for state in CourseState],
        total=len(courses),
        waiting=waiting,
        dates=[(format_date(day), title) for day, title in ahead[:10]],
    )

"""Reads of the registry."""

from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, cast, column, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tia_hub.accounts.models import Person
from tia_hub.core.clock import today
from tia_hub.core.errors import NotFound
from tia_hub.core.scope import (
    Home,
    IdentityScope,
    InvitationScope,
    OrganisationScope,
    PartnershipScope,
    ProviderScope,
)
from tia_hub.framework.types import PracticeLevel
from tia_hub.tenants.models.partnerships import Area
from tia_hub.trainers.models import (
    Course,
    CourseDate,
    CourseScore,
    Provider,
    ProviderArea,
    ProviderInvitation,
    ProviderUser,
)
from tia_hub.trainers.scoring import Figures, summarise
from tia_hub.trainers.types import CourseState, Met, OwnScore, RegistrySummary, ScoreState, Search

PAGE = 20
"""Courses on one page of a search."""


def _own_providers(scope: IdentityScope) -> Select[Any]:
    return (
        select(Provider)
        .join(ProviderUser, ProviderUser.provider_id == Provider.id)
        .join(Person, Person.id == ProviderUser.person_id)
        .where(Person.fs_uniquifier == scope.settings()["person_key"])
        .order_by(Provider.name, Provider.id)
    )


def find_own_provider(scope: IdentityScope, slug: str) -> Provider | None:
    """The provider with this slug, if the signed-in person speaks for it."""
    provider: Provider | None = scope.session.scalar(_own_providers(scope).where(Provider.slug == slug))
    return provider


def list_own_providers(scope: IdentityScope) -> list[Provider]:
    """The providers that the signed-in person speaks for, by name."""
    return list(scope.session.scalars(_own_providers(scope)))


def list_areas(scope: Home) -> list[Area]:
    """The partnership's areas, by name."""
    query = select(Area).where(Area.partnership_id == scope.partnership_id).order_by(Area.name, Area.id)
    return list(scope.session.scalars(query))


def list_providers(scope: PartnershipScope) -> list[tuple[Provider, int]]:
    """The registry's providers by name, each with the number of its live courses."""
    live = (
        select(func.count())
        .where(
            Course.provider_id == Provider.id,
            Course.partnership_id == scope.partnership_id,
            Course.state == CourseState.LIVE,
        )
        .scalar_subquery()
    )
    query = (
        select(Provider, live)
        .where(Provider.partnership_id == scope.partnership_id)
        .options(selectinload(Provider.areas))
        .order_by(Provider.name, Provider.id)
    )
    return [(provider, count) for provider, count in scope.session.execute(query)]


def find_provider_named(scope: PartnershipScope, name: str) -> Provider | None:
    """A provider with this name, whatever its case."""
    return scope.session.scalar(
        select(Provider)
        .where(Provider.partnership_id == scope.partnership_id, func.lower(Provider.name) == name.lower())
        .order_by(Provider.created_at)
        .limit(1)
    )


def get_provider(scope: PartnershipScope, provider_id: UUID) -> Provider:
    """A provider of the registry with its areas. Raises NotFound."""
    provider = scope.session.scalar(
        select(Provider)
        .where(Provider.id == provider_id, Provider.partnership_id == scope.partnership_id)
        .options(selectinload(Provider.areas))
    )
    if provider is None:
        raise NotFound
    return provider


def get_own_profile(scope: ProviderScope) -> Provider:
    """The provider's own entry with its areas. Raises NotFound."""
    provider = scope.session.scalar(
        select(Provider)
        .where(Provider.id == scope.provider_id, Provider.partnership_id == scope.partnership_id)
        .options(selectinload(Provider.areas))
    )
    if provider is None:
        raise NotFound
    return provider


def list_invitations(scope: PartnershipScope, provider_id: UUID) -> list[ProviderInvitation]:
    """Who was invited to speak for a provider, newest first."""
    query = (
        select(ProviderInvitation)
        .where(
            ProviderInvitation.partnership_id == scope.partnership_id,
            ProviderInvitation.provider_id == provider_id,
        )
        .order_by(ProviderInvitation.created_at.desc(), ProviderInvitation.id)
    )
    return list(scope.session.scalars(query))


def find_invitation(scope: InvitationScope) -> tuple[ProviderInvitation, Provider] | None:
    """The invitation whose token somebody holds, and the provider it is for."""
    row = scope.session.execute(
        select(ProviderInvitation, Provider)
        .join(Provider, Provider.id == ProviderInvitation.provider_id)
        .where(ProviderInvitation.token_hash == scope.token_hash)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def list_offered_courses(scope: PartnershipScope) -> list[Course]:
    """The courses that wait for the coordinator, with their providers."""
    query = (
        select(Course)
        .where(Course.partnership_id == scope.partnership_id, Course.state == CourseState.OFFERED)
        .options(joinedload(Course.provider))
        .order_by(Course.title, Course.id)
    )
    return list(scope.session.scalars(query))


def list_providers_courses(scope: PartnershipScope, provider_id: UUID) -> list[Course]:
    """What a provider has offered so far, by title; its drafts are its own."""
    query = (
        select(Course)
        .where(
            Course.partnership_id == scope.partnership_id,
            Course.provider_id == provider_id,
            Course.state != CourseState.DRAFT,
        )
        .order_by(Course.title, Course.id)
    )
    return list(scope.session.scalars(query))


def _whole_course(course_id: UUID) -> Select[Course]:
    return (
        select(Course)
        .where(Course.id == course_id)
        .options(joinedload(Course.provider).selectinload(Provider.areas), selectinload(Course.dates))
    )


def _found(course: Course | None) -> Course:
    if course is None:
        raise NotFound
    return course


def get_offered_course(scope: PartnershipScope, course_id: UUID) -> Course:
    """A course as the coordinator reads it: any but a draft, with its provider and dates. Raises NotFound."""
    query = _whole_course(course_id).where(Course.partnership_id == scope.partnership_id, Course.state != CourseState.DRAFT)
    return _found(scope.session.scalar(query))


def list_own_courses(scope: ProviderScope) -> list[Course]:
    """The provider's own courses, by title."""
    query = (
        select(Course)
        .where(Course.partnership_id == scope.partnership_id, Course.provider_id == scope.provider_id)
        .options(selectinload(Course.dates))
        .order_by(Course.title, Course.id)
    )
    return list(scope.session.scalars(query))


def get_own_course(scope: ProviderScope, course_id: UUID) -> Course:
    """A course of the provider's own, with its dates. Raises NotFound."""
    query = _whole_course(course_id).where(
        Course.partnership_id == scope.partnership_id, Course.provider_id == scope.provider_id
    )
    return _found(scope.session.scalar(query))


def search_courses(scope: OrganisationScope, search: Search, *, page: int = 1) -> tuple[list[Course], int]:
    """One page of the live courses that are looked for, by title, with provider and dates; and how many there are in all."""
    query = (
        select(Course, func.count().over())
        .join(Provider, Provider.id == Course.provider_id)
        .where(Course.partnership_id == scope.partnership_id, Course.state == CourseState.LIVE)
        .options(joinedload(Course.provider), selectinload(Course.dates))
        .order_by(Course.title, Course.id)
    )
    for word in search.words.split():
        fields = (Course.title, Course.aims, Provider.name)
        query = query.where(or_(*(field.icontains(word, autoescape=True) for field in fields)))
    if search.level is not None:
        query = query.where(Course.level == search.level.value)
    if search.audience is not None:
        query = query.where(Course.audiences.any_() == search.audience.value)
    if search.mode is not None:
        query = query.where(Course.mode == search.mode)
    if search.area_id is not None:
        works_there = select(ProviderArea).where(
            ProviderArea.provider_id == Course.provider_id, ProviderArea.area_id == search.area_id
        )
        query = query.where(works_there.exists())
    rows = scope.session.execute(query.limit(PAGE).offset((page - 1) * PAGE)).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def get_course(scope: OrganisationScope, course_id: UUID) -> Course:
    """A course as organisations read it: live, or withdrawn since; with its provider and dates. Raises NotFound."""
    query = _whole_course(course_id).where(
        Course.partnership_id == scope.partnership_id,
        Course.state.in_([CourseState.LIVE, CourseState.WITHDRAWN]),
    )
    return _found(scope.session.scalar(query))


def list_published_ratings(scope: Home, courses: list[Course]) -> dict[tuple[UUID, str], Figures]:
    """What is published of these courses' ratings and of their providers', by the id of either and the question."""
    ids = [course.id for course in courses], [course.provider_id for course in courses]
    ratings = func.published_ratings(*(cast(part, ARRAY(Uuid)) for part in ids)).table_valued(
        column("subject_id", Uuid), "question", "ratings", "interests"
    )
    found = {}
    for subject_id, question, values, interests in scope.session.execute(select(ratings)):
        figures = summarise(values, interests)
        if figures is not None:
            found[subject_id, question] = figures
    return found


def find_score(scope: OrganisationScope, course_id: UUID) -> CourseScore | None:
    """The organisation's score of a course with its answers."""
    query = (
        select(CourseScore)
        .where(CourseScore.organisation_id == scope.organisation_id, CourseScore.course_id == course_id)
        .options(joinedload(CourseScore.answers))
    )
    return scope.session.scalars(query).unique().one_or_none()


def list_own_scores(scope: OrganisationScope, course_ids: list[UUID] | None = None) -> list[OwnScore]:
    """The organisation's own scores, drafts too, by the course's title; with `course_ids` those of these courses alone."""
    query = (
        select(CourseScore)
        .join(Course, Course.id == CourseScore.course_id)
        .where(CourseScore.organisation_id == scope.organisation_id)
        .options(
            joinedload(CourseScore.answers),
            joinedload(CourseScore.course).joinedload(Course.provider),
        )
        .order_by(Course.title, Course.id)
    )
    if course_ids is not None:
        query = query.where(CourseScore.course_id.in_(course_ids))
    return [
        OwnScore(
            course_id=score.course_id,
            course_title=score.course.title,
            provider_name=score.course.provider.name,
            edition=score.edition,
            state=ScoreState(score.state),
            finalised_at=score.finalised_at,
            met={answer.question: Met(answer.met) if answer.met else None for answer in score.answers},
        )
        for score in scope.session.scalars(query).unique()
    ]


def list_draft_scores(scope: OrganisationScope) -> list[tuple[UUID, str]]:
    """The courses whose score the organisation has begun and not finished: id and title, by title."""
    rows = scope.session.execute(
        select(Course.id, Course.title)
        .join(CourseScore, CourseScore.course_id == Course.id)
        .where(CourseScore.organisation_id == scope.organisation_id, CourseScore.state == ScoreState.DRAFT)
        .order_by(Course.title, Course.id)
    )
    return [(row[0], row[1]) for row in rows]


def summarise_registry(scope: PartnershipScope) -> RegistrySummary:
    """The partnership's registry in counts."""
    providers = scope.session.scalar(
        select(func.count()).select_from(Provider).where(Provider.partnership_id == scope.partnership_id)
    )
    ahead = select(CourseDate).where(CourseDate.course_id == Course.id, CourseDate.day >= today()).exists()
    live = scope.session.execute(
        select(Course.level, Course.statements, ahead).where(
            Course.partnership_id == scope.partnership_id, Course.state == CourseState.LIVE
        )
    ).all()
    levels = Counter(PracticeLevel(level) for level, _, _ in live)
    return RegistrySummary(
        providers=providers or 0,
        live_courses={level: levels[level] for level in PracticeLevel},
        courses_with_dates=sum(has_dates for _, _, has_dates in live),
        statements=dict(Counter(code for _, codes, _ in live for code in codes)),
    )

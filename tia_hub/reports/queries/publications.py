"""Reads of what organisations have published, and the aggregates of reports over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, and_, case, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from tia_hub.core.clock import LONDON
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.types import JobName, JobState
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.reports.models import Publication, PublishedAudit, PublishedCount, PublishedRating, PublishedReading
from tia_hub.reports.scoring import Tally

RANKS = {"red": 0, "amber": 1, "green": 2}


@dataclass(frozen=True, kw_only=True)
class LatestAudit:
    """The last published audit of a whole organisation, with its ratings."""

    organisation_id: UUID
    audit_id: UUID
    edition: str
    submitted_at: datetime
    ratings: dict[str, str | None]
    """The rating of each criterion by its code; None where it is not rated."""


@dataclass(frozen=True, kw_only=True)
class CountRow:
    """People of all organisations that told their number, and how many organisations those are."""

    kind: str
    code: str
    people: int
    organisations: int


def see_one_moment(scope: PartnershipScope) -> None:
    """Have every read of this transaction see the same moment, whatever is published meanwhile: the first thing in it."""
    scope.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def get_own_publication(scope: OrganisationScope) -> Publication | None:
    """What the organisation has published."""
    return scope.session.get(Publication, scope.organisation_id)


def list_own_audits(scope: OrganisationScope) -> list[PublishedAudit]:
    """The organisation's published audits, newest first."""
    return list(
        scope.session.scalars(
            select(PublishedAudit)
            .where(PublishedAudit.organisation_id == scope.organisation_id)
            .order_by(PublishedAudit.submitted_at.desc(), PublishedAudit.audit_id)
        )
    )


def count_own_ratings(scope: OrganisationScope) -> list[tuple[UUID, str | None, int]]:
    """How many criteria of each published audit have which rating."""
    rows = scope.session.execute(
        select(PublishedRating.audit_id, PublishedRating.rating, func.count())
        .where(PublishedRating.organisation_id == scope.organisation_id)
        .group_by(PublishedRating.audit_id, PublishedRating.rating)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def list_own_counts(scope: OrganisationScope) -> list[PublishedCount]:
    """The organisation's published counts of people."""
    return list(
        scope.session.scalars(
            select(PublishedCount)
            .where(PublishedCount.organisation_id == scope.organisation_id)
            .order_by(PublishedCount.kind, PublishedCount.code)
        )
    )


def list_publications(scope: PartnershipScope) -> list[Publication]:
    """What every organisation of the partnership has published."""
    return list(
        scope.session.scalars(
            select(Publication).where(Publication.partnership_id == scope.partnership_id).order_by(Publication.organisation_id)
        )
    )


def list_waiting(scope: PartnershipScope, *, asked_at: datetime) -> set[UUID]:
    """The organisations whose figures were due to be computed when a report was asked for, and are not yet."""
    return set(
        scope.session.scalars(
            select(Job.home_id).where(
                Job.partnership_id == scope.partnership_id,
                Job.name == JobName.PUBLISH_FIGURES,
                Job.state.in_([JobState.QUEUED, JobState.RUNNING]),
                Job.created_at <= asked_at,
            )
        )
    )


def list_failed(scope: PartnershipScope) -> set[UUID]:
    """The organisations whose figures could not be computed since they were last computed well."""
    return set(
        scope.session.scalars(
            select(Job.home_id)
            .outerjoin(Publication, Publication.organisation_id == Job.home_id)
            .where(
                Job.partnership_id == scope.partnership_id,
                Job.name == JobName.PUBLISH_FIGURES,
                Job.state == JobState.FAILED,
                or_(Publication.checked_at.is_(None), Publication.checked_at < Job.finished_at),
            )
        )
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), LONDON)


def _counted_audits(
    scope: PartnershipScope, organisation_ids: Sequence[UUID], period_from: date | None, period_to: date | None
) -> CTE:
    """The audits that count: of each scope the latest that was submitted in the period, beside the one before it."""
    of_one_scope: dict[str, Any] = {
        "partition_by": (PublishedAudit.organisation_id, PublishedAudit.scope_kind, PublishedAudit.team_name),
        "order_by": (PublishedAudit.submitted_at.desc(), PublishedAudit.audit_id),
    }
    conditions: list[ColumnElement[bool]] = [
        PublishedAudit.partnership_id == scope.partnership_id,
        PublishedAudit.organisation_id.in_(organisation_ids),
    ]
    if period_to is not None:
        conditions.append(PublishedAudit.submitted_at < _end_of(period_to))
    ranked = (
        select(
            PublishedAudit.organisation_id,
            PublishedAudit.audit_id,
            PublishedAudit.scope_kind,
            PublishedAudit.team_name,
            PublishedAudit.edition,
            PublishedAudit.started_on,
            PublishedAudit.submitted_at,
            func.row_number().over(**of_one_scope).label("recency"),
            func.lead(PublishedAudit.audit_id).over(**of_one_scope).label("before_id"),
            func.lead(PublishedAudit.edition).over(**of_one_scope).label("before_edition"),
        )
        .where(*conditions)
        .cte("ranked")
    )
    latest = select(ranked).where(ranked.c.recency == 1)
    if period_from is not None:
        latest = latest.where(ranked.c.submitted_at >= _end_of(period_from - timedelta(days=1)))
    return latest.cte("counted")


def list_counted_audits(
    scope: PartnershipScope, organisation_ids: Sequence[UUID], period_from: date | None, period_to: date | None
) -> list[Any]:
    """The audits that count in a report, organisation by organisation: whole organisations before teams."""
    counted = _counted_audits(scope, organisation_ids, period_from, period_to)
    return list(
        scope.session.execute(
            select(counted).order_by(counted.c.organisation_id, counted.c.scope_kind, counted.c.team_name, counted.c.audit_id)
        )
    )


def list_latest_audits(scope: PartnershipScope) -> list[LatestAudit]:
    """The last published audit of each whole organisation, with its ratings: one statement, a row for each organisation."""
    latest = (
        select(PublishedAudit)
        .ext(distinct_on(PublishedAudit.organisation_id))
        .where(PublishedAudit.partnership_id == scope.partnership_id, PublishedAudit.scope_kind == "organisation")
        .order_by(PublishedAudit.organisation_id, PublishedAudit.submitted_at.desc(), PublishedAudit.audit_id)
        .subquery()
    )
    rows = scope.session.execute(
        select(
            latest.c.organisation_id,
            latest.c.audit_id,
            latest.c.edition,
            latest.c.submitted_at,
            func.jsonb_object_agg(PublishedRating.criterion, PublishedRating.rating),
        )
        .join(
            PublishedRating,
            and_(
                PublishedRating.organisation_id == latest.c.organisation_id,
                PublishedRating.audit_id == latest.c.audit_id,
                PublishedRating.partnership_id == scope.partnership_id,
            ),
        )
        .group_by(latest.c.organisation_id, latest.c.audit_id, latest.c.edition, latest.c.submitted_at)
        .order_by(latest.c.organisation_id)
    )
    return [
        LatestAudit(organisation_id=row[0], audit_id=row[1], edition=row[2], submitted_at=row[3], ratings=row[4])
        for row in rows
    ]


def list_audited_before(scope: PartnershipScope, organisation_ids: Sequence[UUID], period_from: date) -> dict[UUID, datetime]:
    """When organisations last submitted an audit before a period began."""
    rows = scope.session.execute(
        select(PublishedAudit.organisation_id, func.max(PublishedAudit.submitted_at))
        .where(
            PublishedAudit.partnership_id == scope.partnership_id,
            PublishedAudit.organisation_id.in_(organisation_ids),
            PublishedAudit.submitted_at < _end_of(period_from - timedelta(days=1)),
        )
        .group_by(PublishedAudit.organisation_id)
    )
    return {row[0]: row[1] for row in rows}


def count_ratings(
    scope: PartnershipScope, organisation_ids: Sequence[UUID], period_from: date | None, period_to: date | None
) -> list[Tally]:
    """Ratings of the audits that count, with their movement: one statement, as many rows as there are criteria."""
    counted = _counted_audits(scope, organisation_ids, period_from, period_to)
    rating, before = aliased(PublishedRating), aliased(PublishedRating)
    step = case(RANKS, value=rating.rating) - case(RANKS, value=before.rating)
    movement = case((counted.c.before_edition != counted.c.edition, null()), else_=func.sign(step))
    rows = scope.session.execute(
        select(counted.c.edition, counted.c.scope_kind, rating.criterion, rating.rating, movement, func.count())
        .join(
            rating,
            and_(
                rating.organisation_id == counted.c.organisation_id,
                rating.audit_id == counted.c.audit_id,
                rating.partnership_id == literal(scope.partnership_id),
            ),
        )
        .outerjoin(
            before,
            and_(
                before.organisation_id == counted.c.organisation_id,
                before.audit_id == counted.c.before_id,
                before.criterion == rating.criterion,
            ),
        )
        .group_by(counted.c.edition, counted.c.scope_kind, rating.criterion, rating.rating, movement)
    )
    return [
        Tally(
            edition=row[0],
            scope_kind=row[1],
            criterion=row[2],
            rating=row[3],
            movement=None if row[4] is None else int(row[4]),
            count=row[5],
        )
        for row in rows
    ]


def list_own_readings(scope: OrganisationScope) -> list[PublishedReading]:
    """The organisation's published readings, indicator by indicator, newest first."""
    return list(
        scope.session.scalars(
            select(PublishedReading)
            .where(PublishedReading.organisation_id == scope.organisation_id)
            .order_by(PublishedReading.name, PublishedReading.indicator_id, PublishedReading.read_on.desc())
        )
    )


def list_latest_readings(
    scope: PartnershipScope, organisation_ids: Sequence[UUID], period_from: date | None, period_to: date | None
) -> list[PublishedReading]:
    """The latest reading in a period of every indicator that is shared."""
    of_one = (PublishedReading.organisation_id, PublishedReading.indicator_id)
    query = select(PublishedReading).where(
        PublishedReading.partnership_id == scope.partnership_id,
        PublishedReading.organisation_id.in_(organisation_ids),
    )
    if period_from is not None:
        query = query.where(PublishedReading.read_on >= period_from)
    if period_to is not None:
        query = query.where(PublishedReading.read_on <= period_to)
    query = query.ext(distinct_on(*of_one)).order_by(*of_one, PublishedReading.read_on.desc())
    return list(scope.session.scalars(query))


def count_people(scope: PartnershipScope, organisation_ids: Sequence[UUID]) -> list[CountRow]:
    """Published counts of people added up. Each was safe to tell by itself, so any sum of them is."""
    rows = scope.session.execute(
        select(PublishedCount.kind, PublishedCount.code, func.sum(PublishedCount.people), func.count())
        .where(
            PublishedCount.partnership_id == scope.partnership_id,
            PublishedCount.organisation_id.in_(organisation_ids),
        )
        .group_by(PublishedCount.kind, PublishedCount.code)
        .order_by(PublishedCount.kind, PublishedCount.code)
    )
    return [CountRow(kind=row[0], code=row[1], people=int(row[2]), organisations=row[3]) for row in rows]

"""Reads of audits and their entries."""

from collections.abc import Collection
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import joinedload

from tia_hub.audits.models import Audit, AuditContribution, AuditEntry, AuditRequest
from tia_hub.audits.types import Asked, AuditState, Disclosure, Rating, SharedAudit, View
from tia_hub.core.errors import NotFound
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import get_edition


def get_audit(scope: OrganisationScope, audit_id: UUID) -> Audit:
    """An audit of the organisation, with its `team`. Raises NotFound."""
    found = scope.session.scalar(
        select(Audit)
        .options(joinedload(Audit.team))
        .where(Audit.organisation_id == scope.organisation_id, Audit.id == audit_id)
    )
    if found is None:
        raise NotFound
    return found


def lock_audit(scope: OrganisationScope, audit_id: UUID, *, shared: bool = False) -> Audit:
    """An audit, with its `team`, that stays in its state until the transaction ends: for one who changes it or, `shared`,
    its entries.

    Raises NotFound.
    """
    found = scope.session.scalar(
        select(Audit)
        .options(joinedload(Audit.team))
        .where(Audit.organisation_id == scope.organisation_id, Audit.id == audit_id)
        .with_for_update(read=shared, of=Audit)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def find_open_audit(scope: OrganisationScope, team_id: UUID | None) -> Audit | None:
    """The audit of the organisation (without `team_id`) or of a team that is in progress."""
    return scope.session.scalar(
        select(Audit).where(
            Audit.organisation_id == scope.organisation_id,
            Audit.team_id.is_not_distinct_from(team_id),
            Audit.state == AuditState.IN_PROGRESS,
        )
    )


def list_audits(scope: OrganisationScope) -> list[Audit]:
    """The audits of the organisation with their `team`: those in progress first, then the newest."""
    return list(
        scope.session.scalars(
            select(Audit)
            .options(joinedload(Audit.team))
            .where(Audit.organisation_id == scope.organisation_id)
            .order_by(
                case((Audit.state == AuditState.IN_PROGRESS, 0), else_=1),
                Audit.started_on.desc(),
                Audit.created_at.desc(),
                Audit.id,
            )
        )
    )


def list_entries(scope: OrganisationScope, audit_id: UUID, codes: Collection[str] | None = None) -> dict[str, AuditEntry]:
    """The entries of an audit by code, all of them or those of `codes`, as they stand now."""
    query = (
        select(AuditEntry)
        .where(AuditEntry.organisation_id == scope.organisation_id, AuditEntry.audit_id == audit_id)
        .order_by(AuditEntry.code)
        .execution_options(populate_existing=True)
    )
    if codes is not None:
        query = query.where(AuditEntry.code.in_(codes))
    return {entry.code: entry for entry in scope.session.scalars(query)}


def list_ratings(scope: OrganisationScope, state: AuditState | None = None) -> dict[UUID, dict[str, Rating | None]]:
    """The ratings that count, by audit and code, of the organisation's audits, or of those in a state.

    Summaries are among them as None.
    """
    query = (
        select(AuditEntry.audit_id, AuditEntry.code, _RATED)
        .where(AuditEntry.organisation_id == scope.organisation_id)
        .order_by(AuditEntry.audit_id, AuditEntry.code)
    )
    if state is not None:
        query = query.join(
            Audit, (Audit.organisation_id == AuditEntry.organisation_id) & (Audit.id == AuditEntry.audit_id)
        ).where(Audit.state == state)
    return {
        audit_id: {code: Rating(rating) if rating else None for _, code, rating in group}
        for audit_id, group in groupby(scope.session.execute(query), key=lambda row: row[0])
    }


_RATED = case(
    ((AuditEntry.rating == Rating.NOT_APPLICABLE) & (AuditEntry.reason == ""), None),
    else_=AuditEntry.rating,
)
"""The rating that counts, as `AuditEntry.rated` says it."""


def list_shared_audits(scope: OrganisationScope) -> list[SharedAudit]:
    """The audits that were submitted and shared with the coordinator: the organisation's, then its teams' by name; newest
    first."""
    ratings = func.jsonb_object_agg(AuditEntry.code, _RATED)
    rows = scope.session.execute(
        select(Audit, ratings)
        .join(
            AuditEntry,
            (AuditEntry.organisation_id == Audit.organisation_id) & (AuditEntry.audit_id == Audit.id),
        )
        .where(
            Audit.organisation_id == scope.organisation_id,
            Audit.state == AuditState.SUBMITTED,
            Audit.disclosure == Disclosure.SHARED,
        )
        .group_by(Audit.organisation_id, Audit.id)
        .order_by(Audit.team_name.asc().nulls_first(), Audit.team_id, Audit.submitted_at.desc(), Audit.id)
    )
    return [_shared(audit, found) for audit, found in rows]


def _shared(audit: Audit, ratings: dict[str, str | None]) -> SharedAudit:
    if audit.submitted_at is None:
        raise ValueError("a submitted audit has an instant of submission")
    return SharedAudit(
        audit_id=audit.id,
        scope_kind="organisation" if audit.team_id is None else "team",
        team_name=audit.team_name,
        edition=audit.edition,
        started_on=audit.started_on,
        submitted_at=audit.submitted_at,
        ratings={
            criterion.code: Rating(rating) if (rating := ratings.get(criterion.code)) else None
            for criterion in get_edition(audit.edition).criteria
        },
    )


def get_audit_with_views(scope: OrganisationScope, audit_id: UUID) -> tuple[Audit, list[View]]:
    """An audit, with what people who were asked said about it: one statement. Raises NotFound."""
    said = or_(AuditContribution.comment != "", AuditContribution.rating.is_not(None))
    views = (
        select(
            func.jsonb_agg(
                aggregate_order_by(
                    func.jsonb_build_array(
                        AuditContribution.member_id,
                        AuditContribution.code,
                        AuditContribution.rating,
                        AuditContribution.comment,
                    ),
                    AuditContribution.created_at,
                    AuditContribution.id,
                )
            )
        )
        .where(AuditContribution.organisation_id == Audit.organisation_id, AuditContribution.audit_id == Audit.id, said)
        .correlate(Audit)
        .scalar_subquery()
    )
    row = scope.session.execute(
        select(Audit, views)
        .options(joinedload(Audit.team))
        .where(Audit.organisation_id == scope.organisation_id, Audit.id == audit_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], [
        View(member_id=UUID(member), code=code, rating=Rating(rating) if rating else None, comment=comment)
        for member, code, rating, comment in row[1] or ()
    ]


def get_request(scope: OrganisationScope, request_id: UUID) -> tuple[AuditRequest, Audit]:
    """What the acting member was asked, with the audit. Raises NotFound for what somebody else was asked."""
    row = scope.session.execute(
        select(AuditRequest, Audit)
        .options(joinedload(Audit.team))
        .join(Audit, (Audit.organisation_id == AuditRequest.organisation_id) & (Audit.id == AuditRequest.audit_id))
        .where(
            AuditRequest.organisation_id == scope.organisation_id,
            AuditRequest.id == request_id,
            AuditRequest.member_id == scope.membership_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def get_audit_request(scope: OrganisationScope, audit_id: UUID, request_id: UUID) -> AuditRequest:
    """A request of an audit, whoever was asked, locked until the transaction ends. Raises NotFound."""
    found = scope.session.scalar(
        select(AuditRequest)
        .where(
            AuditRequest.organisation_id == scope.organisation_id,
            AuditRequest.audit_id == audit_id,
            AuditRequest.id == request_id,
        )
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def list_contributions(
    scope: OrganisationScope, request_id: UUID, codes: Collection[str] | None = None
) -> dict[str, AuditContribution]:
    """The acting member's own contributions to a request by code, all of them or those of `codes`, as they stand now."""
    query = (
        select(AuditContribution)
        .where(
            AuditContribution.organisation_id == scope.organisation_id,
            AuditContribution.request_id == request_id,
            AuditContribution.member_id == scope.membership_id,
        )
        .order_by(AuditContribution.code)
        .execution_options(populate_existing=True)
    )
    if codes is not None:
        query = query.where(AuditContribution.code.in_(codes))
    return {each.code: each for each in scope.session.scalars(query)}


def list_requests(scope: OrganisationScope, audit_id: UUID) -> list[Asked]:
    """What was asked about an audit, of whomever, the newest first."""
    return _asked(scope, AuditRequest.audit_id == audit_id)


def list_own_requests(scope: OrganisationScope) -> list[Asked]:
    """What the acting member was asked about any audit, the newest first."""
    return _asked(scope, AuditRequest.member_id == scope.membership_id)


def _asked(scope: OrganisationScope, wanted: ColumnElement[bool]) -> list[Asked]:
    said = or_(AuditContribution.comment != "", AuditContribution.rating.is_not(None))
    answered = (
        select(func.count())
        .where(
            AuditContribution.organisation_id == AuditRequest.organisation_id,
            AuditContribution.request_id == AuditRequest.id,
            said,
        )
        .correlate(AuditRequest)
        .scalar_subquery()
    )
    rows = scope.session.execute(
        select(AuditRequest, Audit.title, Audit.state, answered)
        .join(Audit, (Audit.organisation_id == AuditRequest.organisation_id) & (Audit.id == AuditRequest.audit_id))
        .where(AuditRequest.organisation_id == scope.organisation_id, wanted)
        .order_by(AuditRequest.created_at.desc(), AuditRequest.id)
    )
    return [
        Asked(
            request_id=request.id,
            audit_id=request.audit_id,
            audit_title=title,
            member_id=request.member_id,
            criteria=len(request.codes),
            answered=count,
            due_on=request.due_on,
            open=request.closed_at is None and state == AuditState.IN_PROGRESS,
            withdrawn=request.closed_at is not None,
        )
        for request, title, state, count in rows
    ]

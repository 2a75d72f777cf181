"""Reads of audits and their entries."""

from collections.abc import Collection
from itertools import groupby
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from tia_hub.audits.models import Audit, AuditEntry
from tia_hub.audits.types import AuditState, Disclosure, Rating, SharedAudit
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

"""Publishing: what an organisation's own scope computes and writes to the partnership's side."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from tia_hub.core.clock import now
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.reports.models import Publication, PublishedAudit, PublishedCount, PublishedRating, PublishedReading
from tia_hub.reports.scoring import fingerprint
from tia_hub.reports.types import ToPublish


def publish(scope: OrganisationScope, collect: Callable[[OrganisationScope], ToPublish]) -> bool:
    """Bring the publication up to date; whether anything changed. Safe to repeat.

    The publication is locked before its figures are collected, so that of two workers the later one also has the later figures.
    """
    publication = _locked(scope)
    figures = collect(scope)
    mark = fingerprint(figures)
    publication.checked_at = now()
    if mark == publication.fingerprint:
        return False
    _rewrite(scope, figures)
    publication.version += 1
    publication.fingerprint = mark
    publication.published_at = publication.checked_at
    record(scope, "publication.changed", f"Published figures for the coordinator, version {publication.version}")
    return True


def _locked(scope: OrganisationScope) -> Publication:
    scope.session.execute(
        upsert(Publication)
        .values(organisation_id=scope.organisation_id, partnership_id=scope.partnership_id, version=0, fingerprint="")
        .on_conflict_do_nothing()
    )
    return scope.session.execute(
        select(Publication).where(Publication.organisation_id == scope.organisation_id).with_for_update()
    ).scalar_one()


def _rewrite(scope: OrganisationScope, figures: ToPublish) -> None:
    for table in (PublishedRating, PublishedAudit, PublishedCount, PublishedReading):
        scope.session.execute(delete(table).where(table.organisation_id == scope.organisation_id))
    of_us: dict[str, Any] = {"organisation_id": scope.organisation_id, "partnership_id": scope.partnership_id}
    audits = [
        of_us
        | {
            "audit_id": audit.audit_id,
            "scope_kind": audit.scope_kind,
            "team_name": audit.team_name,
            "edition": audit.edition,
            "started_on": audit.started_on,
            "submitted_at": audit.submitted_at,
        }
        for audit in figures.audits
    ]
    ratings = [
        of_us | {"audit_id": audit.audit_id, "criterion": criterion, "rating": rating}
        for audit in figures.audits
        for criterion, rating in audit.ratings.items()
    ]
    people = [of_us | {"kind": count.kind, "code": count.code, "people": count.people} for count in figures.people]
    readings = [of_us | asdict(reading) for reading in figures.readings]
    written = (PublishedAudit, audits), (PublishedRating, ratings), (PublishedCount, people), (PublishedReading, readings)
    for table, rows in written:
        if rows:
            scope.session.execute(insert(table), rows)

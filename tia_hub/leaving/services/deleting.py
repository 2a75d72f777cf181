"""Deleting an organisation whose waiting period is over: every row of it, in one transaction, with a certificate.

A worker that is killed has deleted nothing, or all of it. What comes after (the certificate's PDF, the accounts of people who
belonged nowhere else) is done by the same job, which begins again where it stopped.
"""

import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core import bell
from tia_hub.core.clock import LONDON, now
from tia_hub.core.db import Base
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.services import after_commit
from tia_hub.core.jobs.types import JobName, JobState
from tia_hub.core.mail.services import post
from tia_hub.core.permissions import PlaceKind
from tia_hub.core.scope import DispatchScope, PartnershipScope, transaction
from tia_hub.core.trail import record
from tia_hub.leaving.models import DeletionCertificate
from tia_hub.leaving.queries import find_certificate
from tia_hub.leaving.scope import DeletingScope
from tia_hub.leaving.tables import LEFT_OUT, SEALED, all_tables, owner_column, table_words
from tia_hub.tenants.queries.lifecycle import list_due_for_deletion

NOT_AGAIN_FOR = timedelta(hours=1)
"""How long a deletion that failed waits before it is tried once more."""
STAYS = (
    "Reports that the partnership issued before this day stay as they were issued.",
    "Figures that the organisation had published were withdrawn with it; no later report has them.",
    "Backups made before this day still hold it, and are kept for 35 days.",
    "This certificate, and the partnership’s own trail of the deletion, stay.",
)


def queue_due_deletions() -> int:
    """Make a job of every deletion that is due and has none; how many. Two at once make one."""
    today = now().astimezone(LONDON).date()
    made = 0
    with transaction(DispatchScope()) as scope:
        for due in list_due_for_deletion(scope, today):
            key = f"delete:{due.organisation_id}"
            tried = select(Job.id).where(
                Job.home_id == due.partnership_id,
                Job.key == key,
                or_(Job.state.in_([JobState.QUEUED, JobState.RUNNING]), Job.finished_at > func.now() - NOT_AGAIN_FOR),
            )
            if scope.session.scalar(select(exists(tried))):
                continue
            job_id = uuid4()
            scope.session.execute(
                insert(Job)
                .values(
                    id=job_id,
                    home_kind=PlaceKind.PARTNERSHIP,
                    home_id=due.partnership_id,
                    partnership_id=due.partnership_id,
                    name=JobName.DELETE_ORGANISATION,
                    key=key,
                    payload={"organisation_id": str(due.organisation_id)},
                )
                .on_conflict_do_nothing(index_elements=["home_id", "key"], index_where=text("state = 'queued'"))
            )
            after_commit(scope, lambda job_id=job_id: bell.ring_job(job_id, JobName.DELETE_ORGANISATION.queue))  # type: ignore[misc]
            made += 1
    return made


def delete_organisation(*, organisation_id: UUID, partnership_id: UUID) -> bool:
    """Delete every row of an organisation whose day has come, and write its certificate; whether there was one to delete.

    One that was deleted already, or whose deletion was stopped meanwhile, is left alone.
    """
    scope = DeletingScope(organisation_id=organisation_id, partnership_id=partnership_id)
    tables = Base.metadata.tables
    organisation, partnership = tables["organisation"], tables["partnership"]
    with transaction(scope):
        entry = scope.session.execute(
            select(organisation).where(organisation.c.id == organisation_id).with_for_update()
        ).one_or_none()
        today = now().astimezone(LONDON).date()
        if entry is None or entry.state != "closing" or entry.closing_on > today:
            return False
        office_name = scope.session.execute(select(partnership.c.name).where(partnership.c.id == partnership_id)).scalar_one()
        asked_by = _asked_by(scope, office_name, by_partnership=entry.closing_by_partnership)
        people, leads = _people(scope)
        rows = _delete_rows(scope)
        content = {
            "certificate": 1,
            "organisation": {"id": str(organisation_id), "name": entry.name},
            "partnership": office_name,
            "asked_by": asked_by,
            "waited_until": entry.closing_on.isoformat(),
            "deleted_at": now().isoformat(timespec="seconds"),
            "rows": {name: count for name, count in rows.items() if name not in SEALED and count},
            "all_rows_of": sorted(SEALED),
            "people": len(people),
            "stays": list(STAYS),
        }
        digest = digest_of(content)
        scope.session.execute(
            DeletionCertificate.__table__.insert().values(  # type: ignore[attr-defined]
                id=uuid4(),
                partnership_id=partnership_id,
                former_id=organisation_id,
                organisation_name=entry.name,
                asked_by=asked_by,
                deleted_at=now(),
                content=content,
                sha256=digest,
                people_left=[str(person_id) for person_id in people],
            )
        )
        for name, email in leads:
            post(
                scope,
                to=email,
                subject=f"{entry.name} is deleted",
                template="organisation_deleted",
                context={
                    "name": name,
                    "organisation": entry.name,
                    "partnership": office_name,
                    "rows": row_words(content),
                    "stays": STAYS,
                    "asked_by": asked_by,
                    "sha256": digest,
                    "certificate": canonical(content),
                },
            )
    return True


def canonical(content: dict[str, Any]) -> str:
    """The certificate as the text whose SHA-256 it is known by."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(content: dict[str, Any]) -> str:
    """The certificate's SHA-256."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def row_words(content: dict[str, Any]) -> list[tuple[str, str]]:
    """What was deleted, in words: pairs of a kind and a number."""
    rows = [(table_words(name), f"{count:,}") for name, count in content["rows"].items()]
    return [*rows, *((table_words(name), "all") for name in content["all_rows_of"])]


def _asked_by(scope: DeletingScope, office: str, *, by_partnership: bool) -> str:
    if by_partnership:
        return f"the office of {office}"
    trail = Base.metadata.tables["trail_event"]
    name = scope.session.scalar(
        select(trail.c.actor_name)
        .where(trail.c.home_id == scope.organisation_id, trail.c.action == "organisation.delete")
        .order_by(trail.c.created_at.desc())
        .limit(1)
    )
    return f"{name}, a lead of the organisation" if name else "a lead of the organisation"


def _people(scope: DeletingScope) -> tuple[list[UUID], list[tuple[str, str]]]:
    """Everybody who had a place in the organisation, and its leads' names and addresses."""
    person, membership = Base.metadata.tables["person"], Base.metadata.tables["membership"]
    rows = scope.session.execute(
        select(person.c.id, person.c.name, person.c.email, membership.c.role, membership.c.ended_at)
        .join(membership, membership.c.person_id == person.c.id)
        .where(membership.c.organisation_id == scope.organisation_id)
        .order_by(person.c.id)
    ).all()
    return [row.id for row in rows], [(row.name, row.email) for row in rows if row.role == "lead" and row.ended_at is None]


def _delete_rows(scope: DeletingScope) -> dict[str, int]:
    """Delete from the table that nothing refers to up to the organisation's own row; how many rows of each table.

    Its own row goes last: the policies let its rows be deleted while it says that it is to be deleted.
    """
    tables = all_tables()
    order = [*(name for name in reversed(tables) if name != "organisation"), "organisation"]
    counts = {}
    for name in order:
        table = tables[name]
        result = scope.session.connection().execute(delete(table).where(owner_column(table) == scope.organisation_id))
        if name not in LEFT_OUT:
            counts[name] = result.rowcount
    left = [
        name
        for name, table in tables.items()
        if scope.session.scalar(select(exists().where(owner_column(table) == scope.organisation_id)))
    ]
    if left:
        raise RuntimeError(f"not deleted: {', '.join(left)}")
    return counts


def keep_paper(office: PartnershipScope, organisation_id: UUID, pdf: bytes | None, *, accounts: int) -> None:
    """Keep the certificate's PDF, and say on the partnership's trail that the deletion is done.

    `accounts`: of how many people, who belong to nothing else, the accounts are erased as well.
    """
    certificate = find_certificate(office, organisation_id)
    if certificate is None:
        return
    if pdf is not None:
        certificate.pdf = pdf
    certificate.people_left = []
    record(
        office,
        "organisation.deleted",
        f"Deleted {certificate.organisation_name}, as {certificate.asked_by} had asked; {accounts:,} accounts of people who "
        f"belong to nothing else are erased in a week. Certificate {certificate.sha256[:16]}",
        target_id=certificate.id,
    )

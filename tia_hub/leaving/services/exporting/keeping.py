"""The export that leads asked for: asked for, stopped, kept for a week, downloaded, forgotten."""

from typing import IO, Any
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.services import cancel_job, enqueue
from tia_hub.core.jobs.types import JobName, JobState
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.leaving.archive import (
    FileEntry,
)
from tia_hub.leaving.models import OrganisationExport, OrganisationExportPart
from tia_hub.leaving.queries import get_export
from tia_hub.leaving.services.exporting.writing import Made
from tia_hub.leaving.types import KEPT_FOR, PART_SIZE, ExportState


def request_export(scope: OrganisationScope, *, token: str) -> UUID:
    """Have the organisation's data put together; while that is being done, whoever asks again gets the same one."""
    being_made = select(Job.id).where(
        Job.id == OrganisationExport.job_id,
        Job.home_id == scope.organisation_id,
        Job.state.in_([JobState.QUEUED, JobState.RUNNING]),
    )
    found = scope.session.scalar(
        select(OrganisationExport.id).where(
            OrganisationExport.organisation_id == scope.organisation_id,
            or_(OrganisationExport.token == token, (OrganisationExport.state == ExportState.WAITING) & exists(being_made)),
        )
    )
    if found is not None:
        return found
    export_id = uuid4()
    made = scope.session.scalar(
        insert(OrganisationExport)
        .values(
            organisation_id=scope.organisation_id,
            id=export_id,
            token=token,
            requested_by=scope.actor.person_id,
            requested_by_name=scope.actor.name,
        )
        .on_conflict_do_nothing(index_elements=["organisation_id", "token"])
        .returning(OrganisationExport.id)
    )
    if made is None:
        return scope.session.execute(
            select(OrganisationExport.id).where(
                OrganisationExport.organisation_id == scope.organisation_id, OrganisationExport.token == token
            )
        ).scalar_one()
    job_id = enqueue(scope, JobName.EXPORT_ORGANISATION, key=f"export:{export_id}", payload={"export_id": str(export_id)})
    scope.session.execute(
        update(OrganisationExport)
        .where(OrganisationExport.organisation_id == scope.organisation_id, OrganisationExport.id == export_id)
        .values(job_id=job_id)
    )
    record(scope, "organisation.export_asked", "Asked for an export of all of the organisation’s data", target_id=export_id)
    return export_id


def cancel_export(scope: OrganisationScope, export_id: UUID) -> None:
    """Stop an export that is being put together. Raises NotFound, Refused."""
    export = get_export(scope, export_id)
    if export.state != ExportState.WAITING or export.job_id is None or not cancel_job(scope, export.job_id):
        raise Refused("This export can’t be stopped: it is not being put together.")
    export.state = ExportState.GONE
    record(scope, "organisation.export_stopped", "Stopped the export of the organisation’s data", target_id=export_id)


def keep_export(scope: OrganisationScope, export_id: UUID, *, made: Made, source: IO[bytes], sha256: str, size: int) -> None:
    """Store a written export, part by part, and have it forgotten when its time is over."""
    export = get_export(scope, export_id)
    if export.state != ExportState.WAITING:
        return
    source.seek(0)
    for number, content in enumerate(iter(lambda: source.read(PART_SIZE), b"")):
        scope.session.execute(
            insert(OrganisationExportPart).values(
                organisation_id=scope.organisation_id, export_id=export_id, number=number, content=content
            )
        )
    _forget_others(scope, export_id)
    moment = now()
    export.state, export.size, export.sha256, export.manifest_sha256 = ExportState.READY, size, sha256, made.manifest_sha256
    export.ready_at, export.expires_at = moment, moment + KEPT_FOR
    export.contents = contents_of(made.manifest.files)
    enqueue(
        scope,
        JobName.FORGET_EXPORT,
        key=f"forget:{export_id}",
        payload={"export_id": str(export_id)},
        due_at=export.expires_at,
    )
    record(scope, "organisation.exported", "Put together an export of all of the organisation’s data", target_id=export_id)


def contents_of(entries: tuple[FileEntry, ...]) -> list[list[Any]]:
    """Pairs of a table and its number of rows, as the manifest tells them."""
    return [
        [entry.name.removeprefix("data/").removesuffix(".jsonl"), entry.rows]
        for entry in entries
        if entry.name.startswith("data/")
    ]


def forget_export(scope: OrganisationScope, export_id: UUID) -> None:
    """Remove an export's file; that there was one stays on record."""
    scope.session.execute(
        delete(OrganisationExportPart).where(
            OrganisationExportPart.organisation_id == scope.organisation_id, OrganisationExportPart.export_id == export_id
        )
    )
    scope.session.execute(
        update(OrganisationExport)
        .where(OrganisationExport.organisation_id == scope.organisation_id, OrganisationExport.id == export_id)
        .values(state=ExportState.GONE)
    )


def _forget_others(scope: OrganisationScope, export_id: UUID) -> None:
    """A new export takes the place of those before it."""
    older = scope.session.scalars(
        select(OrganisationExport.id).where(
            OrganisationExport.organisation_id == scope.organisation_id,
            OrganisationExport.id != export_id,
            OrganisationExport.state == ExportState.READY,
        )
    ).all()
    for other_id in older:
        forget_export(scope, other_id)


def note_download(scope: OrganisationScope, export_id: UUID) -> OrganisationExport:
    """The export that somebody is about to download, which goes on the trail. Raises NotFound, Refused."""
    export = get_export(scope, export_id)
    if export.state != ExportState.READY or export.expires_at is None or export.expires_at <= now():
        raise Refused("This export is no longer kept. Ask for a new one.")
    record(scope, "organisation.export_downloaded", "Downloaded the export of the organisation’s data", target_id=export_id)
    return export

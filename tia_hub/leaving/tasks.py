"""Jobs of the room `leaving`."""

import hashlib
import tempfile
from uuid import UUID

from tia_hub.core.jobs.runner import Run, job
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope, transaction
from tia_hub.leaving.queries import get_export
from tia_hub.leaving.scope import LeavingScope
from tia_hub.leaving.services.exporting import forget_export, keep_export, write_export
from tia_hub.leaving.services.keys import own_key
from tia_hub.leaving.types import PART_SIZE, ExportState


@job(JobName.EXPORT_ORGANISATION)
def export_organisation(run: Run[OrganisationScope]) -> None:
    """Write an export to a file of the worker's own, and store it whole: a worker that dies leaves nothing."""
    export_id = UUID(str(run.payload["export_id"]))
    with run.open() as scope:
        if get_export(scope, export_id).state != ExportState.WAITING:
            return
        leaving = LeavingScope.of(scope)
    with tempfile.TemporaryFile() as target:
        with transaction(leaving, read_only=True):
            made = write_export(leaving, target, recipient=own_key().public, progress=run.progress)
        size = target.seek(0, 2)
        target.seek(0)
        digest = hashlib.sha256()
        while block := target.read(PART_SIZE):
            digest.update(block)
        with run.finish() as scope:
            keep_export(scope, export_id, made=made, source=target, sha256=digest.hexdigest(), size=size)


@job(JobName.FORGET_EXPORT)
def forget(run: Run[OrganisationScope]) -> None:
    """Remove an export whose seven days are over."""
    with run.finish() as scope:
        forget_export(scope, UUID(str(run.payload["export_id"])))

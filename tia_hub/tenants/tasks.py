"""Jobs of the room `tenants`."""

from datetime import date
from uuid import UUID

from flask import current_app

from tia_hub.core.jobs.runner import Run, job
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope
from tia_hub.settings import Settings
from tia_hub.tenants.queries.uploads import count_outcomes, get_upload
from tia_hub.tenants.services import lifecycle
from tia_hub.tenants.services.many_invitations import mail_waiting, send_waiting
from tia_hub.tenants.services.uploads.applying import end_import, import_batch
from tia_hub.tenants.services.uploads.keeping import check_upload


@job(JobName.SEND_INVITATIONS)
def send_invitations(run: Run[OrganisationScope]) -> None:
    """Write the mails of a few waiting invitations and leave the next few to the next job, all at once.

    So a worker that dies loses one small step, which the job does again; and each step has tries of its own.
    """
    settings: Settings = current_app.extensions["settings"]
    with run.finish() as scope:
        if mail_waiting(scope, per_minute=settings.invitations_per_minute):
            send_waiting(scope)


@job(JobName.REMIND_OF_DELETION)
def remind_of_deletion(run: Run[OrganisationScope]) -> None:
    """Tell everybody concerned that an organisation is about to be deleted; the place is whoever asked for that."""
    with run.finish() as scope:
        lifecycle.remind_of_deletion(
            scope,
            UUID(str(run.payload["organisation_id"])),
            closing_on=date.fromisoformat(str(run.payload["closing_on"])),
            days=int(str(run.payload["days"])),
        )


def _upload_id(run: Run[OrganisationScope]) -> UUID:
    return UUID(str(run.payload["upload_id"]))


@job(JobName.CHECK_STAFF_LIST)
def check_staff_list(run: Run[OrganisationScope]) -> None:
    """Compare a staff list with who is here; all of its rows are kept, or none."""
    with run.finish() as scope:
        check_upload(scope, _upload_id(run), run.progress)


@job(JobName.IMPORT_STAFF_LIST)
def import_staff_list(run: Run[OrganisationScope]) -> None:
    """Import a staff list batch by batch. Whoever takes over from a worker that died goes on with the next batch."""
    upload_id = _upload_id(run)
    with run.open() as scope:
        upload, _ = get_upload(scope, upload_id)
        total = upload.counts.get("new", 0) + upload.counts.get("changed", 0)
        done = sum(count_outcomes(scope, upload_id).values())
    while True:
        run.progress(done, total, "Importing the good rows")
        with run.open(read_only=False) as scope:
            batch = import_batch(scope, upload_id)
        if not batch:
            break
        done += batch
    with run.finish() as scope:
        end_import(scope, upload_id)

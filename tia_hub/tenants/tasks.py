"""Jobs of the room `tenants`."""

from datetime import date
from uuid import UUID

from flask import current_app

from tia_hub.core.jobs.runner import Run, job
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope
from tia_hub.settings import Settings
from tia_hub.tenants.services import lifecycle
from tia_hub.tenants.services.many_invitations import mail_waiting, send_waiting


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

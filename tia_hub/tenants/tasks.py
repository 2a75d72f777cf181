"""Jobs of the room `tenants`."""

from flask import current_app

from tia_hub.core.jobs.runner import Run, job
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope
from tia_hub.settings import Settings
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

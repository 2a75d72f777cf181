"""Jobs of the room `tenants`."""

from datetime import date
from uuid import UUID

from tia_hub.core.jobs.runner import Run, job
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.services import lifecycle


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

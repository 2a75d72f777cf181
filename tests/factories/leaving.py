"""Organisations that are gone, deleted as the product does it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine, text

from tests.factories.reports import run_jobs
from tests.factories.tenants import Region, Someone, Tenant, make_organisation
from tia_hub.core.clock import today
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import Actor, transaction
from tia_hub.leaving.queries import list_certificates
from tia_hub.leaving.services.deleting import queue_due_deletions
from tia_hub.tenants.services.lifecycle import ask_for_deletion


def let_the_day_come(tenant: Tenant, lead: Someone, engine: Engine) -> None:
    """A lead asked for the deletion of their organisation, and the waiting is over. Needs the superuser."""
    scope = tenant.scope(lead)
    scope.actor = Actor(person_id=lead.id, name=lead.name)
    with transaction(scope):
        ask_for_deletion(scope, tenant.id, typed_name=tenant.name, wait=timedelta(days=30))
    with engine.begin() as connection:
        query = text("UPDATE organisation SET closing_on = :today WHERE id = :id")
        connection.execute(query, {"today": today(), "id": tenant.id})


def make_certificate(region: Region, someone: Someone, engine: Engine) -> UUID:
    """The certificate of an organisation that was deleted."""
    gone = make_organisation(region, "Gone Away Trust")
    let_the_day_come(gone, someone, engine)
    queue_due_deletions()
    run_jobs(engine, JobName.DELETE_ORGANISATION)
    with transaction(region.scope(), read_only=True) as scope:
        return list_certificates(scope)[0].id

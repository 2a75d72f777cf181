"""Inviting 10,000 people at once: how long whoever clicked waits, and how fast mails are written where no limit holds them."""

import time

from flask import Flask
from sqlalchemy import Engine, text

from bench.measuring import Figure
from tests.factories.reports import run_jobs
from tests.factories.tenants import make_member, make_organisation, make_region
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import transaction
from tia_hub.settings import Settings
from tia_hub.tenants.services.many_invitations import invite_many
from tia_hub.tenants.types.invitations import Invitee
from tia_hub.tenants.types.roles import Role

PEOPLE = 10_000


def measure(app: Flask, owner: Engine, superuser: Engine) -> list[Figure]:
    """Seconds until all are queued, and once more when nothing is new; how many mails are missing or too many in the end."""
    invitees = [Invitee(email=f"bench-{n}@example.org", name=f"Person {n}", role=Role.STAFF) for n in range(PEOPLE)]
    with app.app_context():
        tenant = make_organisation(make_region(owner), "Bench Constabulary", "police")
        lead = make_member(tenant, Role.LEAD)
        seconds = []
        for _ in range(2):
            start = time.perf_counter()
            with transaction(tenant.scope(lead)) as scope:
                invite_many(scope, invitees)
            seconds.append(time.perf_counter() - start)
        settings: Settings = app.extensions["settings"]
        app.extensions["settings"] = settings.model_copy(update={"invitations_per_minute": 60 * PEOPLE})
        start = time.perf_counter()
        while run_jobs(superuser, JobName.SEND_INVITATIONS):
            pass
        print(f"     {PEOPLE:,} mails written without the limit of a minute: {time.perf_counter() - start:.1f} s")
        app.extensions["settings"] = settings
    with superuser.connect() as connection:
        mails, addresses = connection.execute(
            text("SELECT count(*), count(DISTINCT to_address) FROM email WHERE home_id = :id"), {"id": tenant.id}
        ).one()
    return [
        Figure(f"{PEOPLE:,} invitations: seconds until they are queued", seconds[0], 20, "s"),
        Figure(f"{PEOPLE:,} invitations: seconds for the same list again", seconds[1], 20, "s"),
        Figure(f"{PEOPLE:,} invitations: mails missing or doubled", (PEOPLE - addresses) + (mails - addresses), 0),
    ]

"""Schedules: each recipient who may read the report gets exactly one mail for each time it falls due."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.reports import run_jobs
from tests.factories.tenants import Someone
from tests.services import Services
from tia_hub.core.clock import today
from tia_hub.core.jobs.types import JobName
from tia_hub.core.mail.delivery import send_email
from tia_hub.core.schedules.services import run_due_schedules

pytestmark = pytest.mark.usefixtures("context", "empty_queue")


def schedule(as_, cast: Cast, *recipients: Someone, title: str = "Board report") -> str:
    """A monthly schedule made on its page; its address."""
    tomorrow = today() + timedelta(days=1)
    made = as_(cast.coordinator).submit(
        f"/p/{cast.region.slug}/schedules/new",
        {
            "title": title,
            "frequency": "monthly",
            "first_on-day": str(tomorrow.day),
            "first_on-month": str(tomorrow.month),
            "first_on-year": str(tomorrow.year),
            "local_time": "8:30",
            "recipients": [str(someone.id) for someone in recipients],
        },
    )
    assert made.status_code == 303, made.text
    return str(made.location)


def fall_due(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE schedule SET next_at = now() - interval '1 minute'"))


def send_mails(engine: Engine) -> None:
    with engine.begin() as connection:
        waiting = list(connection.execute(text("SELECT id FROM email WHERE state = 'queued'")).scalars())
    for email_id in waiting:
        send_email(email_id)


def work(engine: Engine) -> None:
    """What the workers do once a schedule has fallen due."""
    run_jobs(engine, JobName.SEND_SCHEDULED_REPORT)
    run_jobs(engine, JobName.COMPILE_REPORT)
    run_jobs(engine, JobName.SEND_SCHEDULED_REPORT)
    send_mails(engine)


def mails_to(services: Services, someone: Someone) -> list[str]:
    return [mail.subject for mail in services.mail.messages if someone.email in mail.recipients]


def test_a_monthly_report_arrives_once_even_with_two_sweeps(as_, cast: Cast, app: Flask, services, superuser_engine) -> None:
    address = schedule(as_, cast, cast.coordinator)
    fall_due(superuser_engine)

    def sweep(_: int) -> int:
        with app.app_context():
            return run_due_schedules()

    with ThreadPoolExecutor(2) as two:
        assert sum(two.map(sweep, range(2))) == 1
    work(superuser_engine)
    work(superuser_engine)
    assert len(mails_to(services, cast.coordinator)) == 1
    assert "Sent on" in as_(cast.coordinator).get(address).text

"""Schedules: each recipient who may read the report gets exactly one mail for each time it falls due."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from justhtml import JustHTML
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.client import StrictClient, form_fields
from tests.factories.reports import make_audit, make_ratings, publish_figures, run_jobs
from tests.factories.tenants import Someone, make_coordinator
from tests.services import Services
from tia_hub.core.clock import today
from tia_hub.core.jobs.types import JobName
from tia_hub.core.mail.delivery import send_email
from tia_hub.core.schedules.services import run_due_schedules
from tia_hub.core.scope import transaction
from tia_hub.core.trail import list_events
from tia_hub.demo.mail_catcher.messages import CaughtMessage
from tia_hub.reports.services.schedules import NOBODY

pytestmark = pytest.mark.usefixtures("context", "empty_queue")
As = Callable[[Someone], StrictClient]


@pytest.fixture(autouse=True)
def no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing PDFs takes long, and none of this is about them."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)


@pytest.fixture
def office(as_: As, cast: Cast) -> StrictClient:
    """The coordinator's browser."""
    return as_(cast.coordinator)


def answers(*recipients: Someone, **changes: str) -> dict[str, object]:
    tomorrow = today() + timedelta(days=1)
    return {
        "title": "Board report",
        "frequency": "monthly",
        "first_on-day": str(tomorrow.day),
        "first_on-month": str(tomorrow.month),
        "first_on-year": str(tomorrow.year),
        "local_time": "8:30",
        "recipients": [str(someone.id) for someone in recipients],
        **changes,
    }


def schedule(office: StrictClient, cast: Cast, *recipients: Someone) -> str:
    """A monthly schedule made on its page; its address."""
    made = office.submit(f"/p/{cast.region.slug}/schedules/new", answers(*recipients))
    assert made.status_code == 303, made.text
    return str(made.location)


def fall_due(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE schedule SET next_at = now() - interval '1 minute'"))
    run_due_schedules()


def work(engine: Engine) -> None:
    """What the workers do once a schedule has fallen due."""
    run_jobs(engine, JobName.SEND_SCHEDULED_REPORT)
    run_jobs(engine, JobName.COMPILE_REPORT)
    run_jobs(engine, JobName.SEND_SCHEDULED_REPORT)
    send_mails(engine)


def send_mails(engine: Engine) -> None:
    with engine.begin() as connection:
        waiting = list(connection.execute(text("SELECT id FROM email WHERE state = 'queued'")).scalars())
    for email_id in waiting:
        send_email(email_id)


def mails_to(services: Services, someone: Someone) -> list[CaughtMessage]:
    return [mail for mail in services.mail.messages if someone.email in mail.recipients]


def leave_the_office(engine: Engine, someone: Someone) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM coordinator WHERE person_id = :id"), {"id": someone.id})


def test_a_monthly_report_arrives_once_even_with_two_sweeps_and_asks_for_sign_in(
    office: StrictClient, client: StrictClient, cast: Cast, app: Flask, services: Services, superuser_engine: Engine
) -> None:
    publish_figures(cast.ours.tenant, [make_audit(make_ratings(all_of="green"))])
    address = schedule(office, cast, cast.coordinator)
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE schedule SET next_at = now() - interval '1 minute'"))

    def sweep(_: int) -> int:
        with app.app_context():
            return run_due_schedules()

    with ThreadPoolExecutor(2) as two:
        assert sum(two.map(sweep, range(2))) == 1
    work(superuser_engine)
    work(superuser_engine)
    (mail,) = mails_to(services, cast.coordinator)
    assert "1 of 2 organisations shared an audit" in mail.text
    assert "Nothing has changed" not in mail.text
    link = next(line for line in mail.text.splitlines() if line.startswith("http://localhost/"))
    path = link.removeprefix("http://localhost")
    with app.app_context():
        assert client.get(path).location.startswith("/sign-in")
    assert office.get(path).status_code == 200
    assert "Sent on" in office.get(address).text


def test_where_nothing_changed_the_next_mail_says_so(
    office: StrictClient, cast: Cast, services: Services, superuser_engine: Engine
) -> None:
    schedule(office, cast, cast.coordinator)
    for _ in range(2):
        fall_due(superuser_engine)
        work(superuser_engine)
    first, second = sorted(mails_to(services, cast.coordinator), key=lambda mail: "Nothing has changed" in mail.text)
    assert "Nothing has changed" not in first.text
    assert "Nothing has changed since the report before it" in second.text


def test_who_lost_the_right_gets_none(office: StrictClient, cast: Cast, services: Services, superuser_engine: Engine) -> None:
    leaver = make_coordinator(cast.region, "Leo Leaver")
    address = schedule(office, cast, cast.coordinator, leaver)
    leave_the_office(superuser_engine, leaver)
    fall_due(superuser_engine)
    work(superuser_engine)
    assert len(mails_to(services, cast.coordinator)) == 1
    assert mails_to(services, leaver) == []
    shown = office.get(address).text
    assert "Somebody who left the office" in shown
    assert "no longer has the right" in shown


def test_who_loses_the_right_while_the_mail_waits_gets_none(
    office: StrictClient, cast: Cast, services: Services, superuser_engine: Engine
) -> None:
    leaver = make_coordinator(cast.region, "Leo Leaver")
    address = schedule(office, cast, leaver)
    fall_due(superuser_engine)
    for name in (JobName.SEND_SCHEDULED_REPORT, JobName.COMPILE_REPORT, JobName.SEND_SCHEDULED_REPORT):
        run_jobs(superuser_engine, name)
    leave_the_office(superuser_engine, leaver)
    send_mails(superuser_engine)
    assert mails_to(services, leaver) == []
    page = office.get(address)
    assert "no longer has the right" in page.text
    again = next(form for form in JustHTML(page.text, sanitize=False).query("form") if "/mails/" in form.attrs["action"])
    answer = office.submit(address, button=again.attrs["action"])
    assert answer.status_code == 303
    send_mails(superuser_engine)
    assert mails_to(services, leaver) == []


def test_where_nobody_is_left_the_office_is_told(
    office: StrictClient, cast: Cast, services: Services, superuser_engine: Engine
) -> None:
    leaver = make_coordinator(cast.region, "Leo Leaver")
    address = schedule(office, cast, leaver)
    leave_the_office(superuser_engine, leaver)
    fall_due(superuser_engine)
    work(superuser_engine)
    assert mails_to(services, leaver) == []
    assert [mail.subject.startswith("Nobody receives Board report") for mail in mails_to(services, cast.coordinator)] == [True]
    assert NOBODY in office.get(address).text
    with transaction(cast.region.scope(), read_only=True) as scope:
        assert "schedule.trouble" in [event.action for event in list_events(scope)]
    changed = office.submit(address, {"recipients": [str(cast.coordinator.id)]}, button=f"{address}/recipients")
    assert changed.status_code == 303
    assert NOBODY not in office.get(address).text


def test_a_paused_schedule_waits_and_goes_on(office: StrictClient, cast: Cast, superuser_engine: Engine) -> None:
    address = schedule(office, cast, cast.coordinator)
    assert office.submit(address, button=f"{address}/pause").status_code == 303
    assert "Paused" in office.get(address).text
    fall_due(superuser_engine)
    assert run_jobs(superuser_engine, JobName.SEND_SCHEDULED_REPORT) == 0
    with superuser_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM job")).scalar_one() == 0
    assert office.submit(address, button=f"{address}/resume").status_code == 303
    assert "Pause</button>" in office.get(address).text


def test_sending_now_with_two_clicks_sends_once(
    office: StrictClient, cast: Cast, services: Services, superuser_engine: Engine
) -> None:
    address = schedule(office, cast, cast.coordinator)
    page = JustHTML(office.get(address).text, sanitize=False)
    form = next(form for form in page.query("form") if form.attrs["action"] == f"{address}/send")
    fields = form_fields(form)
    assert office.post(f"{address}/send", data=fields).status_code == 303
    work(superuser_engine)
    assert office.post(f"{address}/send", data=fields).status_code == 303
    work(superuser_engine)
    assert len(mails_to(services, cast.coordinator)) == 1


def test_scheduling_with_two_clicks_makes_one_schedule(office: StrictClient, cast: Cast, superuser_engine: Engine) -> None:
    path = f"/p/{cast.region.slug}/schedules/new"
    page = JustHTML(office.get(path).text, sanitize=False)
    form = next(form for form in page.query("form") if form.attrs["action"] == path)
    fields = form_fields(form) | answers(cast.coordinator)
    first, second = office.post(path, data=fields), office.post(path, data=fields)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    with superuser_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM schedule")).scalar_one() == 1


def test_a_schedule_is_the_partnerships_own(as_: As, office: StrictClient, cast: Cast) -> None:
    address = schedule(office, cast, cast.coordinator)
    assert as_(cast.other_coordinator).get(address).status_code == 404
    elsewhere = address.replace(cast.region.slug, cast.other_region.slug)
    assert as_(cast.other_coordinator).get(elsewhere).status_code == 404
    assert as_(cast.ours.lead).get(address).status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "Enter a title"),
        ({"frequency": "hourly"}, "Choose one of the answers"),
        ({"frequency": ""}, "Choose how often"),
        ({"local_time": "25:00"}, "Enter a time like 8:30"),
        ({"first_on-day": "31", "first_on-month": "2"}, "must be a real date"),
        ({"recipients": []}, "Choose at least one person"),
        ({"recipients": ["6f1c1d9e-0000-4000-8000-000000000000"]}, "Choose one of the answers"),
    ],
)
def test_bad_input_is_named_and_kept(office: StrictClient, cast: Cast, change: dict[str, str], words: str) -> None:
    answer = office.submit(f"/p/{cast.region.slug}/schedules/new", answers(cast.coordinator, **change))
    assert answer.status_code == 422
    assert words in answer.text
    if "title" not in change:
        assert "Board report" in answer.text

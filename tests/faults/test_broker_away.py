"""A broker that is away, hangs or is full: people notice nothing, and what waits is done once it is back."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import redis

from tests.client import StrictClient
from tests.factories.audits import make_shared_audit
from tests.faults.broken import Broken
from tests.faults.test_database_away import team_form
from tests.faults.workers import ask, wait_until, worker
from tia_hub.app import create_app
from tia_hub.core.jobs.runner import sweep_jobs
from tia_hub.core.mail.delivery import sweep_emails
from tia_hub.tenants.types.roles import Role

Fault = Callable[[Broken], AbstractContextManager[None]]


@contextmanager
def killed(broken: Broken) -> Iterator[None]:
    broken.services.valkey.kill()
    try:
        yield
    finally:
        broken.services.valkey.start()


@contextmanager
def hanging(broken: Broken) -> Iterator[None]:
    pid = broken.services.valkey.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def full(broken: Broken) -> Iterator[None]:
    with redis.Redis.from_url(broken.services.valkey.client_url) as client:
        client.config_set("maxmemory", 1)
        try:
            yield
        finally:
            client.config_set("maxmemory", 0)


@pytest.mark.parametrize("fault", [killed, hanging, full])
def test_people_notice_nothing_and_what_waits_is_done_when_the_broker_is_back(
    broken: Broken, tmp_path: Path, fault: Fault, request: pytest.FixtureRequest
) -> None:
    mark = request.node.callspec.id
    log = tmp_path / "worker.log"
    ask(broken.superuser, "TRUNCATE job, email")
    app = create_app(broken.services.settings)
    app.test_client_class = StrictClient
    lead = broken.be(broken.cast.ours.lead, app)
    form = {**team_form(broken, lead), "role": Role.STAFF.value, "team": "", "manager": ""}
    with fault(broken):
        began = time.monotonic()
        for number in range(5):
            guest = {"name": f"Guest {number}", "email": f"{mark}{number}@example.org"}
            invited = lead.post(f"/o/{broken.cast.ours.tenant.slug}/people/invite", data=form | guest)
            assert invited.status_code == 303
            assert lead.get(broken.teams).status_code == 200
        with app.app_context():
            make_shared_audit(broken.cast.ours.tenant)
        assert time.monotonic() - began < 4, "only the first waits for the broker, and not for long"
    waiting = "SELECT count(*) FROM job WHERE state <> 'done'"
    unsent = "SELECT count(*) FROM email WHERE state <> 'sent'"
    assert ask(broken.superuser, waiting) == 1
    assert ask(broken.superuser, unsent) == 5
    with worker(broken.services, log), broken.app.app_context():
        for _ in range(2):
            sweep_jobs()
            sweep_emails()
        wait_until(lambda: not ask(broken.superuser, waiting) and not ask(broken.superuser, unsent), "all is done", log)
    assert ask(broken.superuser, "SELECT max(tries) FROM job") == 1
    sent = [message.recipients for message in broken.services.mail.messages]
    assert sorted(to for (to,) in sent if to.startswith(mark)) == [f"{mark}{number}@example.org" for number in range(5)]

"""A broker that forgets everything: what was queued is in the database, and the next sweep has it done."""

from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine

from tests.cast import Cast
from tests.factories.audits import make_shared_audit
from tests.factories.reports import ask_for_report
from tests.faults.workers import ask, wait_until, worker
from tests.services import Services
from tia_hub.core.jobs.runner import sweep_jobs
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import transaction

JOBS = 200

pytestmark = pytest.mark.usefixtures("context", "empty_queue")


def test_work_that_was_queued_is_done_after_the_broker_was_wiped(
    cast: Cast, services: Services, superuser_engine: Engine, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    make_shared_audit(cast.ours.tenant)
    make_shared_audit(cast.theirs.tenant)
    report_id = ask_for_report(cast.region)
    broker = redis.Redis.from_url(services.valkey.client_url)
    assert broker.dbsize()
    broker.flushall()
    assert ask(superuser_engine, "SELECT count(*) FROM job WHERE state = 'queued'") == 3
    with worker(services, log):
        sweep_jobs()
        wait_until(lambda: ask(superuser_engine, "SELECT count(*) FROM job WHERE state <> 'done'") == 0, "all is done", log)
    assert ask(superuser_engine, "SELECT state FROM report WHERE id = :id", id=report_id) == "ready"
    figures = "SELECT count(*) FROM published_audit WHERE partnership_id = :id"
    assert ask(superuser_engine, figures, id=cast.region.id) == 2


def test_two_hundred_jobs_are_each_done_once_after_the_broker_was_wiped_twice(
    cast: Cast, services: Services, superuser_engine: Engine, tmp_path: Path
) -> None:
    """Announced twice over, too: a job that has been done is not done again."""
    log = tmp_path / "worker.log"
    broker = redis.Redis.from_url(services.valkey.client_url)
    with transaction(cast.ours.tenant.scope()) as scope:
        for number in range(JOBS):
            assert enqueue(scope, JobName.PUBLISH_FIGURES, key=f"publish {number}")
    broker.flushall()
    with worker(services, log, pool="threads"):
        sweep_jobs()
        wait_until(lambda: ask(superuser_engine, "SELECT count(*) FROM job WHERE state = 'done'") > 5, "some are done", log)
        broker.flushall()
        for _ in range(2):
            sweep_jobs()
        wait_until(lambda: ask(superuser_engine, "SELECT count(*) FROM job WHERE state <> 'done'") == 0, "all are done", log)
    assert ask(superuser_engine, "SELECT count(*) FROM job") == JOBS
    assert ask(superuser_engine, "SELECT max(tries) FROM job") == 1

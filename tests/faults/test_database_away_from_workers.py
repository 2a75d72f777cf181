"""A database that starts anew under a running job: the job keeps its lease, and ends once."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.broken import Broken, within
from tests.faults.workers import ask
from tia_hub.core.jobs import runner
from tia_hub.core.jobs.runner import TASKS, Run, run_job
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope, transaction
from worker.tasks import load_tasks

HELD = "SELECT lease_until > now() FROM job"


@pytest.fixture
def task(broken: Broken) -> Iterator[None]:
    load_tasks()
    usual = TASKS[JobName.PUBLISH_FIGURES]

    def run(run: Run[OrganisationScope]) -> None:
        broken.services.postgres.restart("immediate")
        ask(broken.superuser, "UPDATE job SET lease_until = now() - interval '1 second'")
        within(20, lambda: bool(ask(broken.superuser, HELD)), "the lease is renewed")
        with run.finish():
            pass

    TASKS[JobName.PUBLISH_FIGURES] = run
    yield
    TASKS[JobName.PUBLISH_FIGURES] = usual


@pytest.mark.usefixtures("task")
def test_a_job_keeps_its_lease_while_the_database_starts_anew(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "RENEWAL", 0.05)
    ask(broken.superuser, "TRUNCATE job")
    with broken.app.app_context():
        with transaction(broken.cast.ours.tenant.scope()) as scope:
            job_id: Any = enqueue(scope, JobName.PUBLISH_FIGURES, key="restart")
        assert run_job(job_id)
    assert ask(broken.superuser, "SELECT state FROM job") == "done"
    assert ask(broken.superuser, "SELECT tries FROM job") == 1

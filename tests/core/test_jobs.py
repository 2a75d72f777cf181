"""Jobs: whatever happens to workers, brokers and clicks, each is done once, and what can't be done is in sight."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tia_hub.core.jobs import runner
from tia_hub.core.jobs.runner import MOST_TRIES, TASKS, Run, claim_job, run_job, sweep_jobs
from tia_hub.core.jobs.services import cancel_job, enqueue, get_job
from tia_hub.core.jobs.types import JobName, JobState, RunLater
from tia_hub.core.scope import OrganisationScope, transaction
from tia_hub.core.trail import list_events, record

pytestmark = pytest.mark.usefixtures("context", "empty_queue")


@pytest.fixture
def task() -> Iterator[list[Any]]:
    """A task whose behaviour the test writes: a list of what happens at each run."""
    behaviours: list[Any] = []

    def run(run: Run[OrganisationScope]) -> None:
        if behaviours:
            behaviours.pop(0)(run)
        with run.finish() as scope:
            record(scope, "test.done", "The work was done")

    usual = TASKS.get(JobName.PUBLISH_FIGURES)
    TASKS[JobName.PUBLISH_FIGURES] = run
    yield behaviours
    if usual:
        TASKS[JobName.PUBLISH_FIGURES] = usual
    else:
        del TASKS[JobName.PUBLISH_FIGURES]


def waiting(cast: Cast, key: str = "publish") -> UUID:
    with transaction(cast.ours.tenant.scope()) as scope:
        job_id = enqueue(scope, JobName.PUBLISH_FIGURES, key=key)
    assert job_id
    return job_id


def state(cast: Cast, job_id: UUID) -> tuple[JobState, int, str | None]:
    with transaction(cast.ours.tenant.scope(), read_only=True) as scope:
        job = get_job(scope, job_id)
        assert job
        return JobState(job.state), job.tries, job.error


def times_done(cast: Cast) -> int:
    with transaction(cast.ours.tenant.scope(), read_only=True) as scope:
        return sum(event.action == "test.done" for event in list_events(scope))


def lose_the_worker(engine: Engine, job_id: UUID) -> None:
    """As if the worker that holds the job had been killed long enough ago."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE job SET lease_until = now() - interval '1 second' WHERE id = :id"), {"id": job_id})


def make_due(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE job SET due_at = now() WHERE state = 'queued'"))


def test_a_job_is_done_once_however_often_it_is_announced(cast: Cast, task: list[Any]) -> None:
    job_id = waiting(cast)
    assert [run_job(job_id) for _ in range(3)] == [True, False, False]
    assert state(cast, job_id) == (JobState.DONE, 1, None)
    assert times_done(cast) == 1


def test_many_workers_at_once_do_a_job_once(app: Flask, cast: Cast, task: list[Any]) -> None:
    job_id = waiting(cast)

    def work() -> bool:
        with app.app_context():
            return run_job(job_id)

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: work(), range(8)))
    assert done.count(True) == 1
    assert times_done(cast) == 1


def test_two_of_the_same_never_wait_together(cast: Cast, task: list[Any]) -> None:
    first = waiting(cast)
    with transaction(cast.ours.tenant.scope()) as scope:
        assert enqueue(scope, JobName.PUBLISH_FIGURES, key="publish") is None
    assert run_job(first)
    assert waiting(cast) != first


def test_what_a_rolled_back_change_asked_for_does_not_happen(cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), transaction(cast.ours.tenant.scope()) as scope:
        enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")
        raise ZeroDivisionError
    assert sweep_jobs() == 0


def test_a_job_whose_worker_died_is_found_and_done(cast: Cast, superuser_engine: Engine, task: list[Any]) -> None:
    job_id = waiting(cast)
    assert claim_job(job_id)
    assert not run_job(job_id), "its worker still holds it"
    assert sweep_jobs() == 0
    lose_the_worker(superuser_engine, job_id)
    assert sweep_jobs() == 1
    assert run_job(job_id)
    assert times_done(cast) == 1


def test_a_worker_that_comes_back_from_the_dead_writes_nothing(cast: Cast, superuser_engine: Engine, task: list[Any]) -> None:
    job_id = waiting(cast)

    def slow(run: Run[OrganisationScope]) -> None:
        lose_the_worker(superuser_engine, job_id)
        assert run_job(job_id), "another worker takes over and finishes"

    task.append(slow)
    assert not run_job(job_id)
    assert times_done(cast) == 1
    assert state(cast, job_id)[0] is JobState.DONE


def test_a_job_that_kills_its_worker_three_times_is_parked(cast: Cast, superuser_engine: Engine, task: list[Any]) -> None:
    job_id = waiting(cast)
    for _ in range(MOST_TRIES):
        assert claim_job(job_id)
        lose_the_worker(superuser_engine, job_id)
    assert claim_job(job_id) is None
    assert state(cast, job_id) == (JobState.FAILED, MOST_TRIES, "its worker died each time")


def test_a_task_that_fails_is_tried_again_and_then_parked_with_its_reason(
    cast: Cast, superuser_engine: Engine, task: list[Any]
) -> None:
    def fail(run: Run[OrganisationScope]) -> None:
        raise ValueError("no such figure")

    task.extend([fail] * MOST_TRIES)
    job_id = waiting(cast)
    for tries in range(1, MOST_TRIES):
        assert not run_job(job_id)
        assert state(cast, job_id) == (JobState.QUEUED, tries, "ValueError: no such figure")
        assert not run_job(job_id), "it waits a little before the next try"
        make_due(superuser_engine)
    assert not run_job(job_id)
    assert state(cast, job_id) == (JobState.FAILED, MOST_TRIES, "ValueError: no such figure")
    assert times_done(cast) == 0


def test_waiting_for_something_is_not_a_failed_try(cast: Cast, superuser_engine: Engine, task: list[Any]) -> None:
    def wait(run: Run[OrganisationScope]) -> None:
        raise RunLater(1)

    task.extend([wait] * 5)
    job_id = waiting(cast)
    for _ in range(5):
        assert not run_job(job_id)
        make_due(superuser_engine)
    assert run_job(job_id)
    assert state(cast, job_id) == (JobState.DONE, 1, None)


def test_a_cancelled_job_keeps_nothing_of_its_run(cast: Cast, task: list[Any]) -> None:
    job_id = waiting(cast)

    def cancelled_meanwhile(run: Run[OrganisationScope]) -> None:
        run.progress(1, 2, "Half way")
        with transaction(cast.ours.tenant.scope()) as scope:
            assert cancel_job(scope, job_id)

    task.append(cancelled_meanwhile)
    assert not run_job(job_id)
    assert state(cast, job_id)[0] is JobState.CANCELLED
    assert times_done(cast) == 0


def test_when_a_newer_one_waits_a_failed_one_makes_room(cast: Cast, task: list[Any]) -> None:
    first = waiting(cast)

    def fail_late(run: Run[OrganisationScope]) -> None:
        waiting(cast)
        raise ValueError("too late")

    task.append(fail_late)
    assert not run_job(first)
    assert state(cast, first)[0] is JobState.CANCELLED


def test_a_lease_is_renewed_while_the_worker_lives(
    cast: Cast, superuser_engine: Engine, task: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "RENEWAL", 0.01)
    job_id = waiting(cast)

    def until_renewed(run: Run[OrganisationScope]) -> None:
        lose_the_worker(superuser_engine, job_id)
        for _ in range(10_000):
            with superuser_engine.connect() as connection:
                held = text("SELECT lease_until > now() FROM job WHERE id = :id")
                if connection.execute(held, {"id": job_id}).scalar_one():
                    return
        raise AssertionError("the lease was not renewed")

    task.append(until_renewed)
    assert run_job(job_id)


def test_nobody_sees_another_places_jobs(cast: Cast) -> None:
    job_id = waiting(cast)
    with transaction(cast.theirs.tenant.scope(), read_only=True) as scope:
        assert get_job(scope, job_id) is None
    with transaction(cast.theirs.tenant.scope()) as scope:
        assert not cancel_job(scope, job_id)

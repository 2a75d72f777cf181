"""A worker that is killed in the middle of a report: another one finishes it, once, and no half of it is ever seen."""

import random
import signal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.reports import ask_for_report, make_audit, make_ratings, publish_figures
from tests.faults.workers import ask, wait_until, worker
from tests.services import Services
from tia_hub.core.jobs.runner import sweep_jobs

pytestmark = pytest.mark.usefixtures("context", "empty_queue")


def test_a_killed_workers_report_is_finished_by_another_exactly_once(
    cast: Cast, services: Services, superuser_engine: Engine, tmp_path: Path
) -> None:
    chance = random.Random(1)
    publish_figures(cast.ours.tenant, [make_audit(make_ratings(chance))])
    log = tmp_path / "worker.log"
    report_id = ask_for_report(cast.region)

    def words() -> object:
        return ask(superuser_engine, "SELECT progress_words FROM job WHERE name = 'compile_report'")

    with superuser_engine.connect() as holder:
        # However fast it draws, it can't keep the report while this is held.
        holder.execute(text("SELECT 1 FROM report WHERE id = :id FOR UPDATE"), {"id": report_id})
        with worker(services, log) as first:
            sweep_jobs()
            wait_until(lambda: words() == "Drawing the pages", "the report is being drawn", log)
            first.send_signal(signal.SIGKILL)
            first.wait()
        holder.rollback()
    assert ask(superuser_engine, "SELECT state FROM report WHERE id = :id", id=report_id) == "compiling"
    assert ask(superuser_engine, "SELECT count(*) FROM report_file WHERE report_id = :id", id=report_id) == 0
    # Its lease runs out.
    ask(superuser_engine, "UPDATE job SET lease_until = now() WHERE name = 'compile_report' RETURNING 1")
    with worker(services, log):
        sweep_jobs()
        wait_until(
            lambda: ask(superuser_engine, "SELECT state FROM report WHERE id = :id", id=report_id) == "ready",
            "the report is ready",
            log,
        )
    assert ask(superuser_engine, "SELECT count(*) FROM report_file WHERE report_id = :id", id=report_id) == 2
    assert ask(superuser_engine, "SELECT tries FROM job WHERE name = 'compile_report'") == 2
    finished = "SELECT count(*) FROM trail_event WHERE action = 'report.compiled' AND target_id = :id"
    assert ask(superuser_engine, finished, id=report_id) == 1

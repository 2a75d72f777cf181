"""Two beats and two sweepers at once, for a day of due times: one effect each time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.cast import Cast
from tests.faults.workers import ask
from tia_hub.core.jobs.runner import sweep_jobs
from tia_hub.core.jobs.types import JobName
from tia_hub.core.schedules.recurrence import Frequency
from tia_hub.core.schedules.services import create_schedule, run_due_schedules
from tia_hub.core.scope import transaction

HOURS, SCHEDULES, SWEEPERS = 24, 5, 4


@pytest.mark.usefixtures("context", "empty_queue")
def test_each_due_time_makes_one_job_however_many_look(app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    with transaction(cast.region.scope()) as scope:
        for _ in range(SCHEDULES):
            create_schedule(
                scope,
                JobName.SEND_SCHEDULED_REPORT,
                frequency=Frequency.MONTHLY,
                first_on=date(2027, 1, 31),
                local_time=time(7),
            )

    def sweep(_: int) -> int:
        with app.app_context():
            made = run_due_schedules()
            sweep_jobs()
            return made

    with ThreadPoolExecutor(SWEEPERS) as pool:
        for hour in range(1, HOURS + 1):
            ask(superuser_engine, "UPDATE schedule SET next_at = now() - interval '1 minute'")
            assert sum(pool.map(sweep, range(SWEEPERS))) == SCHEDULES
            assert sum(pool.map(sweep, range(SWEEPERS))) == 0, "nothing is due any more"
            ask(superuser_engine, "UPDATE job SET state = 'done' WHERE state = 'queued'")
            assert ask(superuser_engine, "SELECT count(*) FROM job") == SCHEDULES * hour
    for_each = "SELECT count(DISTINCT key) FROM job GROUP BY key HAVING count(*) <> :hours"
    assert ask(superuser_engine, for_each, hours=HOURS) is None

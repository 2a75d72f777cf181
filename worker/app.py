"""The Celery application: `celery -A worker.app worker` and `celery -A worker.app beat`.

Tasks are messengers. What has to happen is in the database; a task is told which row to look at.
"""

import logging
from typing import Any
from uuid import UUID

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown
from flask import Flask

from tia_hub.app import create_app
from tia_hub.core.bell import make_celery
from tia_hub.core.db import db
from tia_hub.core.jobs.runner import run_job, sweep_jobs
from tia_hub.core.mail.delivery import send_email, sweep_emails
from tia_hub.core.notices.digests import send_digests
from tia_hub.core.schedules.services import run_due_schedules
from tia_hub.home.services.retention import keep_nightly_work
from tia_hub.leaving.services.deleting import queue_due_deletions
from tia_hub.settings import Settings
from worker.schedule import SCHEDULE
from worker.tasks import load_tasks

log = logging.getLogger(__name__)

settings = Settings()
celery: Celery = make_celery(settings)
celery.conf.beat_schedule = SCHEDULE
flask_app: Flask = create_app(settings)
load_tasks()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _forget_the_parents_connections(**_: Any) -> None:
    """A forked child must not speak on its parent's database connections."""
    with flask_app.app_context():
        db.engine.dispose(close=False)


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _close_connections(**_: Any) -> None:
    with flask_app.app_context():
        db.engine.dispose()


@celery.task(name="run_job")  # type: ignore[untyped-decorator]
def run_job_task(job_id: str) -> None:
    """Run a job, if it still waits."""
    with flask_app.app_context():
        run_job(UUID(job_id))


@celery.task(name="send_email")  # type: ignore[untyped-decorator]
def send_email_task(email_id: str) -> None:
    """Send a mail, if it still waits."""
    with flask_app.app_context():
        send_email(UUID(email_id))


@celery.task(name="sweep")  # type: ignore[untyped-decorator]
def sweep_task() -> None:
    """Make jobs of what is due, and announce whatever waits unheard."""
    with flask_app.app_context():
        keep_nightly_work()
        counts = run_due_schedules(), send_digests(), queue_due_deletions(), sweep_jobs(), sweep_emails()
    if any(counts):
        log.info("swept %d schedules, %d daily mails, %d deletions, %d jobs, %d mails", *counts)

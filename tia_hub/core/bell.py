"""The bell: telling Celery that something waits. Nothing depends on it being heard; a sweep finds what it missed."""

import logging
import time
from uuid import UUID

from celery import Celery
from flask import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from tia_hub.core.jobs.types import Queue
from tia_hub.settings import Settings

log = logging.getLogger(__name__)

HARD_LIMIT = 1500
"""Seconds after which a task is ended."""
VISIBILITY_TIMEOUT = 1800
"""Seconds after which the broker hands an unacknowledged message out again; above the hard limit."""
SILENCE = 5.0
"""Seconds without ringing after the broker could not be reached, so that pages don't wait for it one after another."""

IMPATIENT = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "socket_connect_timeout": 1, "socket_timeout": 1}
"""How a ring deals with a broker that is away or hangs: somebody waits for their page meanwhile. Kombu's own way is six seconds
of trying again."""


def make_celery(settings: Settings) -> Celery:
    """The Celery application's configuration, the same for who rings and who works."""
    celery = Celery("tia_hub")
    celery.conf.update(
        broker_url=settings.redis_url,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_TIMEOUT,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": 2,
            "socket_timeout": 10,
        },
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue=Queue.DEFAULT,
        task_time_limit=HARD_LIMIT,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_max_tasks_per_child=200,
        worker_hijack_root_logger=False,
        timezone="UTC",
    )
    return celery


class Bell:
    """Rings for jobs and mails, without ever failing or holding up who rings."""

    def __init__(self, celery: Celery) -> None:
        celery.conf.broker_transport_options = {**celery.conf.broker_transport_options, **IMPATIENT}
        self._celery = celery
        self._silent_until = 0.0

    def ring(self, task: str, identifier: UUID, queue: Queue, after: float = 0) -> None:
        """Tell the workers that a row waits (or will, after some seconds); where the broker is away the next sweep will."""
        if time.monotonic() < self._silent_until:
            return
        try:
            self._celery.send_task(task, args=[str(identifier)], queue=queue, retry=False, countdown=after or None)
        except (OperationalError, RedisError, OSError) as error:
            self._silent_until = time.monotonic() + SILENCE
            log.warning("the broker does not answer, the sweep will announce what waits: %s", error)


def _bell() -> Bell:
    bell: Bell = current_app.extensions["bell"]
    return bell


def ring_job(job_id: UUID, queue: Queue, after: float = 0) -> None:
    """Announce a job, to be run after some seconds."""
    _bell().ring("run_job", job_id, queue, after)


def ring_email(email_id: UUID) -> None:
    """Announce a mail."""
    _bell().ring("send_email", email_id, Queue.MAIL)

"""Imported by the demo's worker (`celery worker --include`), so that its pool ends with it.

The kernel ends the worker with the supervisor, but the request for that does not pass to the processes that
the worker starts: each of them makes its own.
"""

import os
import signal

from celery.signals import worker_process_init

from tia_hub.demo.processes import die_with_parent

# Imported in the worker itself, before its pool is started.
WORKER = os.getpid()


def end_with_the_worker(**_: object) -> None:
    """Be killed when the worker ends."""
    die_with_parent(signal.SIGKILL, WORKER)


worker_process_init.connect(end_with_the_worker)

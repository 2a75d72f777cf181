"""Real workers, as processes of their own, that tests can kill; and waiting for what they do."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from tests.services import Services

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds until a test gives up on something that is on its way."""


@contextmanager
def worker(services: Services, log: Path, *, pool: str = "solo", **told: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of all queues that does one thing at a time, or four with a pool of threads; killed at the end.

    `told` is what its environment says besides.
    """
    command = [sys.executable, "-m", "celery", "-A", "worker.app", "worker", "--pool", pool, "--concurrency", "4"]
    command += ["-Q", "default,mail,reports,imports", "--without-gossip", "--without-mingle", "--loglevel", "info"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **services.environment, **told}
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)  # noqa: S603 - our own
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def wait_until(holds: Callable[[], bool], what: str, log: Path) -> None:
    """Look again and again until something holds; where it does not in good time, the test fails with the worker's log."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE:g} s\n{log.read_text()[-4000:]}"
        time.sleep(0.05)


def ask(engine: Engine, query: str, **values: Any) -> Any:
    """One value, past every policy."""
    with engine.begin() as connection:
        result = connection.execute(text(query), values)
        return result.scalar() if result.returns_rows else None

"""However the supervisor ends, what it started ends too."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis
from celery import Celery

from tests.demo.busy_tasks import STARTED
from tests.demo.looking import descendants, left_after
from tia_hub.demo.postgres import EmbeddedPostgres

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")


@pytest.fixture(params=["durable", "fast"])
def supervisor(tmp_path: Path, request):
    command = [sys.executable, "-m", "tests.demo.small_supervisor", str(tmp_path), request.param]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield process
        process.kill()


def test_kill_9_leaves_no_database_no_broker_and_no_busy_worker(supervisor):
    socket, dsn = supervisor.stdout.readline().strip(), supervisor.stdout.readline().strip()
    app = Celery("sender", broker=f"redis+socket://{socket}")
    app.send_task("stay", args=[socket])
    with redis.Redis(unix_socket_path=socket) as client, psycopg.connect(dsn):
        _, busy = client.blpop(STARTED, timeout=60)
        started = descendants(supervisor.pid)
        # The server's helpers and a backend, the broker, the worker and its two processes.
        assert int(busy) in started
        assert len(started) > 8
        os.kill(supervisor.pid, signal.SIGKILL)
        assert left_after(started, seconds=20) == set()
    app.close()


@pytest.mark.parametrize("supervisor", ["durable"], indirect=True)
def test_the_next_start_waits_for_the_server_of_a_killed_one(supervisor, tmp_path: Path):
    supervisor.stdout.readline()
    dsn = supervisor.stdout.readline().strip()
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 200000) AS number")
    os.kill(supervisor.pid, signal.SIGKILL)
    again = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "sockets")
    with again, psycopg.connect(again.superuser_dsn()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (200_000,)

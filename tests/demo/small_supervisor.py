"""A database, a broker and a busy worker under one process, for the tests that kill it.

It says, one line each, the broker's socket and the database's connection string, and waits.
"""

import os
import signal
import sys
from pathlib import Path

from tia_hub.demo.keeper import Command, Keeper
from tia_hub.demo.postgres import EmbeddedPostgres
from tia_hub.demo.valkey import EmbeddedValkey

folder = Path(sys.argv[1])
keeper = Keeper(say=lambda line: None)
postgres = EmbeddedPostgres(folder / "postgres", folder / "sockets", durable=sys.argv[2] == "durable")
keeper.start("database", postgres)
valkey = EmbeddedValkey(folder / "valkey")
keeper.start("broker", valkey)
worker = [sys.executable, "-m", "celery", "-A", "tests.demo.busy_tasks", "worker", "--concurrency", "2"]
keeper.start(
    "worker",
    Command(
        worker,
        environment=os.environ | {"REDIS_URL": valkey.url},
        directory=Path.cwd(),
        log=folder / "worker.log",
    ),
)
os.write(1, f"{valkey.socket}\n{postgres.superuser_dsn()}\n".encode())
signal.pause()

"""Runs the whole product on one machine: database, broker, web, worker, beat and a mail catcher.

All of it are children of this process, which starts again what ends, and none outlives it.
"""

import errno
import hashlib
import http.client
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TypeVar

import click

from tia_hub.core.jobs.types import Queue
from tia_hub.demo.folder import ROOT, DemoFolder
from tia_hub.demo.keeper import Command, Keeper
from tia_hub.demo.postgres import EmbeddedPostgres
from tia_hub.demo.processes import CannotStartError
from tia_hub.demo.valkey import EmbeddedValkey

HOST = "127.0.0.1"
PORT = 8000
MAIL_PORT = 8025
DATABASE = "tia_hub"
QUEUES = ",".join(Queue)
MIGRATIONS = ROOT / "migrations"
OWNER_ROLE = "tia_owner"
APP_ROLE = "tia_app"
START_SECONDS = 120.0
LOOK_SECONDS = 0.5

Seed = Callable[[], Sequence[str]]
Result = TypeVar("Result")


def run_demo(*, seed: Seed, reset: bool = False, port: int = PORT, mail_port: int = MAIL_PORT) -> int:
    """Run the demo until Ctrl-C, SIGTERM or SIGHUP; the exit code is 1 when it could not start or go on.

    `seed` fills the empty database and returns a line for each person one can sign in as. It is called once;
    where it is interrupted it is called again at the next start, so it must be all or nothing. `reset` begins
    afresh. `port` is the product's, `mail_port` that of the pages with the mail it sent. What whoever runs it
    can put right is said in one line.
    """
    folder = DemoFolder()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    keeper = Keeper(say=click.echo)
    try:
        with folder.locked():
            try:
                _start(folder, keeper, seed, reset=reset, port=port, mail_port=mail_port)
                while True:
                    keeper.look_after()
                    time.sleep(LOOK_SECONDS)
            finally:
                # A second Ctrl-C must not leave the stopping half done; each part is given a few seconds.
                for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(ending, signal.SIG_IGN)
                keeper.stop()
    except KeyboardInterrupt:
        click.echo("\nStopped.")
        return 0
    except CannotStartError as problem:
        click.echo(_about_the_disk(folder) if "No space left" in str(problem) else str(problem), err=True)
    except OSError as problem:
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        click.echo(_about_the_disk(folder) if full else f"The demo can't go on: {problem}.", err=True)
    return 1


def _start(folder: DemoFolder, keeper: Keeper, seed: Seed, *, reset: bool, port: int, mail_port: int) -> None:
    _require_port(port, "PORT")
    _require_port(mail_port, "MAIL_PORT")
    if reset:
        if "DATABASE_URL" in os.environ:
            raise CannotStartError(
                "RESET=1 empties the demo's own database alone: unset DATABASE_URL, or empty yours yourself."
            )
        folder.begin_afresh()
    folder.require_space()
    os.environ.update(_settings(folder, port))
    _start_database(folder, keeper)
    if "REDIS_URL" not in os.environ:
        valkey = EmbeddedValkey(folder.valkey, log=folder.log("valkey"))
        keeper.start("broker", valkey)
        os.environ["REDIS_URL"] = valkey.url
    if not folder.people.exists():
        click.echo("Making the sample partnership. This happens once and takes a moment.")
        people = _step(folder, "make the sample partnership", seed)
        folder.people.write_text("\n".join(people), "utf-8")
    _start_product(folder, keeper, port, mail_port)
    click.echo(
        f"""
TIA Hub               http://{HOST}:{port}/
The mail that it sent http://{HOST}:{mail_port}/
What it logs          {folder.logs}

People to sign in as:
{folder.people.read_text("utf-8")}

Ready. Ctrl-C stops it; `make demo RESET=1` begins afresh."""
    )


def _settings(folder: DemoFolder, port: int) -> dict[str, str]:
    """The environment of every part, apart from where the database and the broker are."""
    folder.files.mkdir(parents=True, exist_ok=True)
    return {
        "BASE_URL": f"http://{HOST}:{port}",
        "DATA_DIR": str(folder.files),
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": folder.secret_key(),
        "SECURE_COOKIES": "false",
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(_free_port()),
        "SMTP_STARTTLS": "false",
        "TIA_DEMO": "1",
        "TWO_FACTOR_REQUIRED": "false",
    }


def _start_database(folder: DemoFolder, keeper: Keeper) -> None:
    if "DATABASE_URL" in os.environ:
        if "MIGRATION_DATABASE_URL" not in os.environ:
            raise CannotStartError(f"DATABASE_URL is set: set MIGRATION_DATABASE_URL too, the same database as {OWNER_ROLE}.")
        _migrate(folder, None)
        return
    postgres = EmbeddedPostgres(folder.postgres, folder.sockets, log=folder.log("postgres"))
    keeper.start("database", postgres)
    os.environ["DATABASE_URL"] = postgres.url(APP_ROLE, DATABASE)
    os.environ["MIGRATION_DATABASE_URL"] = postgres.url(OWNER_ROLE, DATABASE)
    current = _checksum(MIGRATIONS)
    if not (folder.migrated.exists() and folder.migrated.read_text("ascii") == current):
        _migrate(folder, postgres.superuser_url())
        folder.migrated.write_text(current, "ascii")


def _migrate(folder: DemoFolder, superuser_url: str | None) -> None:
    # Imported here because it takes more than a second, and most starts have nothing to migrate.
    from tia_hub.core.migrate import bootstrap, migrate  # noqa: PLC0415

    if superuser_url is not None:
        _step(folder, "prepare the database", lambda: bootstrap(superuser_url, DATABASE))
    _step(folder, "bring the database up to date", lambda: migrate(os.environ["MIGRATION_DATABASE_URL"]))


def _checksum(directory: Path) -> str:
    total = hashlib.sha256()
    for file in sorted(directory.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            total.update(f"{file.relative_to(directory)}\n".encode() + file.read_bytes())
    return total.hexdigest()


def _start_product(folder: DemoFolder, keeper: Keeper, port: int, mail_port: int) -> None:
    """Start all the rest; the web process first, so that it has the machine to itself until it answers."""

    def start(name: str, *command: str | Path) -> None:
        part = Command([sys.executable, "-m", *command], environment=dict(os.environ), directory=ROOT, log=folder.log(name))
        keeper.start(name, part)

    celery = ("celery", "-A", "worker.app")
    start("web", "tia_hub.cli", "web", "--host", HOST, "--port", str(port))
    _wait_until_answered(keeper, port)
    smtp = ("--smtp-port", os.environ["SMTP_PORT"])
    start("mail", "tia_hub.demo.mail_catcher", *smtp, "--port", str(mail_port), "--folder", folder.mail)
    start("worker", *celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "-Q", QUEUES)
    start("beat", *celery, "beat", "--loglevel", "INFO", "-s", folder.beat_schedule, "--pidfile", "")
    _wait_until_answered(keeper, mail_port)


def _wait_until_answered(keeper: Keeper, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        keeper.require_all()
        connection = http.client.HTTPConnection(HOST, port, timeout=START_SECONDS)
        try:
            connection.request("GET", "/")
            if connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                return
        except (OSError, http.client.HTTPException):
            pass  # not listening yet
        finally:
            connection.close()
        time.sleep(0.05)
    raise CannotStartError(f"Nothing answers at http://{HOST}:{port}/ after {START_SECONDS:.0f} seconds: the logs say why.")


def _step(folder: DemoFolder, what: str, work: Callable[[], Result]) -> Result:
    """Do `work`; whatever goes wrong in it is logged whole and said in one line."""
    try:
        return work()
    except Exception as problem:
        folder.logs.mkdir(parents=True, exist_ok=True)
        with folder.log("demo").open("a", encoding="utf-8") as log:
            traceback.print_exc(file=log)
        first_line = str(problem).partition("\n")[0]
        raise CannotStartError(
            f"The demo could not {what} ({first_line}): {folder.log('demo')} has the whole story."
        ) from problem


def _require_port(port: int, variable: str) -> None:
    # As web servers do it: a port that was in use until a moment ago is free.
    try:
        socket.create_server((HOST, port)).close()
    except OSError as taken:
        raise CannotStartError(
            f"Port {port} can't be used ({os.strerror(taken.errno or 0)}): stop what uses it, "
            f"or choose another with `make demo {variable}={port + 1}`."
        ) from taken


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _about_the_disk(folder: DemoFolder) -> str:
    return f"The disk of {folder.path} is full: free some space, or set TIA_DEMO_DIR to a folder elsewhere."


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt

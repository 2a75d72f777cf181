"""The demo's supervisor: it starts again what ends, and says in one line what is in its way."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.looking import left_after
from tia_hub.demo.folder import DemoFolder
from tia_hub.demo.keeper import RESTARTS, Command, Keeper
from tia_hub.demo.processes import CannotStartError

RUN = """
import sys
from tia_hub.demo.supervisor import run_demo
sys.exit(run_demo(seed=list, port=int(sys.argv[1]), mail_port=int(sys.argv[2])))
"""


def run_demo(folder: Path, port: int, **environment: str):
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", RUN, str(port), str(free_port())],
        env=os.environ | {"TIA_DEMO_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def command(folder: Path, code: str) -> Command:
    return Command([sys.executable, "-c", code], environment=os.environ, directory=folder, log=folder / "x.log")


def test_what_ends_is_started_again_and_said(tmp_path: Path):
    said = []
    keeper = Keeper(say=said.append)
    part = command(tmp_path, "import signal; signal.pause()")
    keeper.start("web", part)
    first = part.pid
    keeper.look_after()
    assert said == []
    os.kill(first, signal.SIGKILL)
    assert left_after({first}, 10) == set()
    keeper.look_after()
    assert part.pid not in (None, first)
    assert said == [f"The web process has stopped and is started again; {tmp_path}/x.log may say why."]
    keeper.stop()
    assert part.pid is None


def test_what_ends_again_and_again_is_given_up(tmp_path: Path):
    keeper = Keeper(say=lambda line: None)
    part = command(tmp_path, "raise SystemExit('no')")
    keeper.start("web", part)
    for _ in range(RESTARTS):
        left_after({part.pid} - {None}, 20)
        keeper.look_after()
    left_after({part.pid} - {None}, 20)
    with pytest.raises(CannotStartError, match="again and again"):
        keeper.look_after()
    assert (tmp_path / "x.log").read_text() == "no\n" * (RESTARTS + 1)


def test_a_part_that_will_not_listen_is_killed(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("tia_hub.demo.keeper.STOP_SECONDS", 0.1)
    os.mkfifo(tmp_path / "deaf")
    code = "import signal as s; s.signal(s.SIGTERM, s.SIG_IGN); open('deaf', 'w').close(); s.pause()"
    part = command(tmp_path, code)
    part.start()
    with (tmp_path / "deaf").open():
        part.stop()
    assert part.pid is None


def test_a_taken_port_is_one_line(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_demo(tmp_path, port)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Port {port} can't be used (Address already in use): stop what uses it, "
        f"or choose another with `make demo PORT={port + 1}`.\n"
    )


def test_a_second_copy_is_one_line(tmp_path: Path):
    with DemoFolder(tmp_path).locked():
        done = run_demo(tmp_path, free_port())
    assert done.returncode == 1
    assert done.stderr.startswith(f"The demo runs already (process {os.getpid()}): stop it with Ctrl-C")
    assert done.stderr.count("\n") == 1


def test_a_database_of_ones_own_needs_both_addresses(tmp_path: Path):
    done = run_demo(tmp_path, free_port(), DATABASE_URL="postgresql+psycopg://tia_app@db/tia_hub")
    assert done.returncode == 1
    assert "set MIGRATION_DATABASE_URL too" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_that_can_not_be_written_is_one_line(tmp_path: Path):
    (tmp_path / "file").touch()
    done = run_demo(tmp_path / "file" / "demo", free_port())
    assert done.returncode == 1
    assert "Not a directory" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch):
    class Full:
        free = 12_000_000

    monkeypatch.setattr("shutil.disk_usage", lambda path: Full)
    with pytest.raises(CannotStartError, match="has 12 MB left and the demo needs 500 MB"):
        DemoFolder(tmp_path).require_space()


def test_beginning_afresh_deletes_what_the_demo_made_and_nothing_else(tmp_path: Path):
    folder = DemoFolder(tmp_path)
    (tmp_path / "holiday.jpg").touch()
    folder.mail.mkdir()
    folder.people.touch()
    secret = folder.secret_key()
    folder.begin_afresh()
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]
    assert folder.secret_key() != secret


def test_the_secret_is_the_owners_alone_and_stays(tmp_path: Path):
    folder = DemoFolder(tmp_path)
    secret = folder.secret_key()
    assert len(secret) >= 32
    assert folder.secret_key() == secret
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600

"""`make demo`, whole: it comes up, shows its pages, and goes without leaving anything."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.demo.looking import descendants, left_after
from tests.demo.test_supervisor import free_port

pytest.importorskip("tia_hub.cli")

RUN = """
import sys
from tia_hub.demo.supervisor import run_demo
sys.exit(run_demo(seed=lambda: ["Dilys Price, coordinator"], port=int(sys.argv[1]), mail_port=int(sys.argv[2])))
"""


@pytest.fixture
def start(tmp_path: Path):
    """Starts the demo in a folder of its own; answers its process and what it said until it was ready."""
    processes = []

    def start(port: int, mail_port: int):
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", RUN, str(port), str(mail_port)],
            env=os.environ | {"TIA_DEMO_DIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ready"):
                return process, "".join(said)
        logs = "".join(f"\n{log.name}: {log.read_text()[-2000:]}" for log in (tmp_path / "log").glob("*.log"))
        raise AssertionError("".join(said) + logs)

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


def test_it_comes_up_is_killed_comes_up_again_and_stops(start):
    port, mail_port = free_port(), free_port()
    process, said = start(port, mail_port)
    assert f"http://127.0.0.1:{port}/" in said
    assert "Dilys Price, coordinator" in said
    for address in (f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{mail_port}/"):
        with urlopen(address) as page:  # noqa: S310
            assert b"<h1" in page.read()
    parts = descendants(process.pid)
    process.kill()
    assert left_after(parts, 20) == set()

    process, said = start(port, mail_port)
    assert "sample partnership" not in said
    parts = descendants(process.pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert left_after(parts, 0.5) == set()

"""Setting up says in one line what is missing, and does nothing twice."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A working copy that holds the scripts alone."""
    shutil.copytree(SCRIPTS, tmp_path / "scripts")
    return tmp_path


def set_up(copy: Path, *arguments: str, **environment: str):
    return subprocess.run(  # noqa: S603
        ["/bin/sh", str(copy / "scripts" / "setup"), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def functions(copy: Path):
    return runpy.run_path(str(copy / "scripts" / "setup.py"))


def test_a_machine_without_python_is_told_so(copy: Path):
    done = set_up(copy, "demo", PATH=str(copy))
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or later is missing: install it")
    assert done.stderr.count("\n") == 1


def test_an_old_python_is_as_good_as_none(copy: Path):
    old = copy / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    assert "3.11 or later is missing" in set_up(copy, "demo", PATH=str(copy)).stderr


def test_another_word_is_refused(copy: Path):
    done = set_up(copy, "everything", PATH=os.environ["PATH"], PYTHON=sys.executable)
    assert done.returncode == 2
    assert done.stderr == "scripts/setup is called with one of: demo, code, test.\n"


def test_packages_that_can_not_be_had_are_said_in_one_last_line(copy: Path):
    (copy / "requirements-demo.lock").write_text("flask==3.1.3 --hash=sha256:" + "0" * 64 + "\n")
    done = set_up(copy, "demo", PATH=os.environ["PATH"], PYTHON=sys.executable, PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("The Python packages could not be installed")
    assert "Traceback" not in done.stderr


def test_a_step_is_done_again_only_when_what_it_was_made_from_changed(copy: Path):
    (copy / ".venv").mkdir()
    lock = copy / "requirements-demo.lock"
    lock.write_text("flask==3.1.3\n")
    setup = functions(copy)
    assert not setup["is_current"]("demo", [lock])
    setup["stamp"]("demo", [lock])
    assert setup["is_current"]("demo", [lock])
    lock.write_text("flask==3.1.4\n")
    assert not setup["is_current"]("demo", [lock])
    lock.unlink()
    assert not setup["is_current"]("demo", [lock])


def test_an_old_node_is_not_used(copy: Path, monkeypatch):
    monkeypatch.setenv("PATH", str(copy))
    for name, version in {"npm": "10.0.0", "node": "v18.19.0"}.items():
        (copy / name).write_text(f"#!/bin/sh\necho {version}\n")
        (copy / name).chmod(0o755)
    node_is_usable = functions(copy)["node_is_usable"]
    assert not node_is_usable()
    (copy / "node").write_text("#!/bin/sh\necho v22.1.0\n")
    assert node_is_usable()
    (copy / "npm").unlink()
    assert not node_is_usable()


def test_apt_is_tried_once_where_it_fails(copy: Path, monkeypatch):
    (copy / ".venv").mkdir()
    tries = copy / "tries"
    for name in ("apt-get", "sudo"):
        (copy / name).write_text(f'#!/bin/sh\necho "$0" >> {tries}\nexit 1\n')
        (copy / name).chmod(0o755)
    for name in ("sh", "env"):
        (copy / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("PATH", str(copy))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    apt_install = functions(copy)["apt_install"]
    assert not apt_install(["libpango-1.0-0"], "pdf")
    assert len(tries.read_text().splitlines()) == 2
    assert not apt_install(["libpango-1.0-0"], "pdf")
    assert len(tries.read_text().splitlines()) == 2


def test_without_root_and_without_sudo_apt_is_left_alone(copy: Path, monkeypatch):
    (copy / "apt-get").write_text(f"#!/bin/sh\ntouch {copy}/called\n")
    (copy / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(copy))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not functions(copy)["apt_install"](["chromium"], "browser")
    assert not (copy / "called").exists()


def test_make_alone_lists_the_commands():
    done = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True)  # noqa: S603, S607
    assert {line.split()[1] for line in done.stdout.splitlines() if line.startswith("make ")} >= {
        "demo",
        "test",
        "lint",
        "bench",
    }

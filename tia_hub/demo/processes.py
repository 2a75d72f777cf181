"""Child processes that never outlive the program that started them, and where their sockets go.

On Linux the kernel itself is asked to end a child when its parent dies (`PR_SET_PDEATHSIG`), so that even
`kill -9` of the supervisor leaves nothing behind. Elsewhere children are ended by an orderly stop only.
"""

import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
# The address of a Unix socket holds 108 bytes, the closing NUL among them.
SOCKET_PATH_LIMIT = 107
LOG_TAIL_LINES = 15


class CannotStartError(Exception):
    """Something the demo needs is missing or in the way; the message is one line that says what to do."""


def die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    """Ask the kernel to send this process `death_signal` when the thread that started it ends.

    `parent` is the process id of the parent: when it is gone already, this process ends at once.
    """
    if sys.platform != "linux":
        return
    # No `ctypes.util.find_library` here: it starts processes, and this runs between fork and exec.
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        os._exit(1)


def start_child(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str],
    death_signal: signal.Signals = signal.SIGKILL,
    directory: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` with its output appended to `log`, in a session of its own.

    Its own session keeps Ctrl-C in the terminal from reaching it: whoever started it decides the order in
    which things stop. It is sent `death_signal` when the thread that called this ends, so call it from a
    thread that lives as long as the child should. Raises `OSError` when it can't be started.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the demo's own commands, no shell
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=directory,
            start_new_session=True,
            preexec_fn=_death_note(death_signal),
        )


def _death_note(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    return lambda: die_with_parent(death_signal, parent)


def stop_child(process: subprocess.Popen[bytes], stop_signal: signal.Signals, seconds: float) -> None:
    """Send `stop_signal`, and SIGKILL to one that has not ended after so many `seconds`."""
    if process.poll() is None:
        process.send_signal(stop_signal)
    kill_unless_ended(process, seconds)


def kill_unless_ended(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for the end of a child that was asked to end, for so many seconds at most."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def log_tail(log: Path) -> str:
    """The last lines of a log file, for an error message; empty when there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-LOG_TAIL_LINES:])


def socket_folder(preferred: Path, longest_name: str) -> Path:
    """A private folder for Unix sockets: `preferred`, or a short one where no address could be made of it.

    `longest_name` is the longest file name that will be made in it. The folder is made, with mode 0700. The
    short one depends on `preferred` alone, so that it is found again. Raises `CannotStartError` when somebody
    else owns it.
    """
    preferred = preferred.absolute()
    folder = preferred
    # PostgreSQL's clients take a comma for the end of one address and the beginning of another.
    if len(os.fsencode(preferred / longest_name)) > SOCKET_PATH_LIMIT or "," in str(preferred):
        digest = hashlib.sha256(os.fsencode(preferred)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"tia-hub-{os.getuid()}-{digest}"
        if len(os.fsencode(folder / longest_name)) > SOCKET_PATH_LIMIT:
            raise CannotStartError(f"The path {folder} is too long for a socket: set TMPDIR to a shorter folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise CannotStartError(f"The folder {folder} belongs to somebody else: remove it, or set TMPDIR to another.")
    folder.chmod(0o700)
    return folder

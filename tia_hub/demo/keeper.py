"""Keeps the parts of the demo running: starts them, starts again what ends, stops all in order."""

import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from tia_hub.demo.processes import CannotStartError, kill_unless_ended, start_child

RESTARTS = 5
RESTARTS_WITHIN = 60.0
STOP_SECONDS = 5.0


class Part(Protocol):
    """Something that runs: a server or a command."""

    @property
    def pid(self) -> int | None:
        """Its process id, None when it does not run."""

    @property
    def log(self) -> Path:
        """Where its output goes."""

    def start(self) -> None:
        """Start it. Raises `CannotStartError` or `OSError` when it does not."""

    def stop(self) -> None:
        """Stop it, if it runs."""


class Command:
    """A command as a part of the demo, run in `directory`."""

    def __init__(self, command: Sequence[str | Path], *, environment: Mapping[str, str], directory: Path, log: Path) -> None:
        self.command = command
        self.environment = environment
        self.directory = directory
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = False

    @property
    def pid(self) -> int | None:
        """Its process id, None when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return self._log

    def start(self) -> None:
        """Start the command; it is killed when the thread that called this ends."""
        self._asked = False
        self._process = start_child(self.command, log=self.log, environment=self.environment, directory=self.directory)

    def ask_to_stop(self) -> None:
        """Ask it to end, once, without waiting until it does."""
        if self.pid is not None and self._process is not None and not self._asked:
            self._process.terminate()
            self._asked = True

    def stop(self) -> None:
        """Ask it to end, and kill it when it takes longer than five seconds."""
        self.ask_to_stop()
        if self._process is not None:
            kill_unless_ended(self._process, STOP_SECONDS)


class Keeper:
    """The running parts, by name, in the order of their start."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._parts: dict[str, Part] = {}
        self._restarts: dict[str, deque[float]] = {}

    def start(self, name: str, part: Part) -> None:
        """Start a part and look after it from now on."""
        self._parts[name] = part
        self._restarts[name] = deque(maxlen=RESTARTS)
        part.start()

    def require_all(self) -> None:
        """Raise `CannotStartError` when a part has ended: at the start, trying again would only hide why."""
        for name, part in self._parts.items():
            if part.pid is None:
                raise CannotStartError(f"The {name} process could not start: {part.log} says why.")

    def look_after(self) -> None:
        """Start again what has ended. Raises `CannotStartError` for a part that ends again and again."""
        for name, part in self._parts.items():
            if part.pid is not None:
                continue
            restarts = self._restarts[name]
            if len(restarts) == RESTARTS and time.monotonic() - restarts[0] < RESTARTS_WITHIN:
                raise CannotStartError(f"The {name} process stops again and again: {part.log} says why.")
            restarts.append(time.monotonic())
            self._say(f"The {name} process has stopped and is started again; {part.log} may say why.")
            part.start()

    def stop(self) -> None:
        """Stop all parts, the last first; commands take their time, so they are asked all at once."""
        for part in self._parts.values():
            if isinstance(part, Command):
                part.ask_to_stop()
        for part in reversed(self._parts.values()):
            part.stop()

"""The folder in which the demo keeps all that it has: its data, sockets, mail, logs and secret."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tia_hub.demo.processes import CannotStartError

ROOT = Path(__file__).resolve().parents[2]
SPACE_TO_BEGIN = 500_000_000
SPACE_TO_GO_ON = 50_000_000
SECRET_BYTES = 32


class DemoFolder:
    """`var/demo` beside the product, or where `TIA_DEMO_DIR` says."""

    def __init__(self, path: Path | None = None) -> None:
        chosen = path or Path(os.environ.get("TIA_DEMO_DIR") or ROOT / "var" / "demo")
        self.path = chosen.absolute()
        self.postgres = self.path / "postgres"
        self.valkey = self.path / "valkey"
        self.sockets = self.path / "sockets"
        self.mail = self.path / "mail"
        self.files = self.path / "files"
        self.logs = self.path / "log"
        self.people = self.path / "people.txt"
        # Inside the data, so that it goes with them.
        self.migrated = self.postgres / "migrated"
        self.beat_schedule = self.path / "beat-schedule"
        self._secret_key = self.path / "secret_key"

    def log(self, name: str) -> Path:
        """The log file of one part of the demo."""
        return self.logs / f"{name}.log"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other copy away. Raises `CannotStartError` when one runs already.

        The lock is the kernel's, so it goes with the process, however that ends.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                lock.seek(0)
                raise CannotStartError(
                    f"The demo runs already (process {lock.read().strip()}): stop it with Ctrl-C, "
                    "or set TIA_DEMO_DIR to another folder to run a second one."
                ) from busy
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def begin_afresh(self) -> None:
        """Delete what the demo made, and nothing else that may lie in the folder."""
        for folder in (self.postgres, self.valkey, self.sockets, self.mail, self.files, self.logs):
            if folder.exists():
                shutil.rmtree(folder)
        for file in (self.people, self._secret_key, *self.path.glob(f"{self.beat_schedule.name}*")):
            file.unlink(missing_ok=True)

    def require_space(self) -> None:
        """Raise `CannotStartError` where the disk is too full to begin, or to go on."""
        needed = SPACE_TO_GO_ON if self.postgres.exists() else SPACE_TO_BEGIN
        free = shutil.disk_usage(self.path).free
        if free < needed:
            raise CannotStartError(
                f"The disk is full: {self.path} has {free // 1_000_000} MB left and the demo needs "
                f"{needed // 1_000_000} MB. Free some, or set TIA_DEMO_DIR to a folder on another disk."
            )

    def secret_key(self) -> str:
        """The secret that signs cookies and links, made at the first start and readable by its owner only."""
        if not self._secret_key.exists():
            unfinished = self._secret_key.with_suffix(".part")
            unfinished.touch(mode=0o600)
            unfinished.write_text(secrets.token_urlsafe(SECRET_BYTES), "ascii")
            unfinished.rename(self._secret_key)
        return self._secret_key.read_text("ascii").strip()

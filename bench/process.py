"""The web process: how soon it answers, and how much memory it holds after 2,000 requests."""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from bench.measuring import Figure
from tests.cast import make_cast
from tests.client import client_of
from tests.factories.audits import make_audit, rated
from tests.services import Services

REQUESTS = 2000
STARTS = 3


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(services: Services, port: int) -> dict[str, str]:
    """As in production: compiled modules are kept, so that only the very first start compiles them."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return inherited | services.environment | {"BASE_URL": f"http://localhost:{port}"}


def start(services: Services) -> tuple[subprocess.Popen[bytes], int, float]:
    """A web process on a free port, and the seconds until it answered."""
    port = _free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tia_hub.cli", "web", "--host", "127.0.0.1", "--port", str(port)],
        env=_environment(services, port),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while time.perf_counter() - began < 60:
        try:
            connection = http.client.HTTPConnection("localhost", port, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return process, port, time.perf_counter() - began
        except OSError:
            # Whoever asks without a pause takes the processor that the process starts with.
            time.sleep(0.01)
    process.kill()
    raise RuntimeError("the web process did not answer within 60 s")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a web process."""
    process.terminate()
    process.wait(20)


def _resident(pid: int) -> float:
    """Megabytes in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def measure(app: Flask, services: Services, owner: Engine) -> list[Figure]:
    """Seconds to the first answer (best of three: the machine may be busy), and MB after 2,000 requests."""
    with app.app_context():
        cast = make_cast(owner)
        audit_id = make_audit(cast.ours.tenant, entries=rated(green=20, amber=16, red=10))
    client = client_of(app, cast.ours.lead)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    home = f"/o/{cast.ours.tenant.slug}"
    paths = [f"{home}/", f"{home}/audits/{audit_id}", f"{home}/audits/{audit_id}/safety", "/framework/audit", f"{home}/courses"]
    starts = []
    for _ in range(STARTS - 1):
        process, _, seconds = start(services)
        starts.append(seconds)
        stop(process)
    process, port, seconds = start(services)
    starts.append(seconds)
    try:
        connection = http.client.HTTPConnection("localhost", port, timeout=30)
        for number in range(REQUESTS):
            connection.request("GET", paths[number % len(paths)], headers={"Cookie": f"{cookie.key}={cookie.value}"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, f"{paths[number % len(paths)]}: {answer.status}"
        resident = _resident(process.pid)
    finally:
        stop(process)
    return [
        Figure("web process: seconds to its first answer", min(starts), 2.5, "s"),
        Figure(f"web process: memory after {REQUESTS} requests", resident, 160, "MB"),
    ]

"""The whole way with a certified provider in a process of its own, in a real browser where there is one."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser
from waitress.server import create_server

from tests.accounts.oidc_world import BACK, Harbour
from tests.accounts.scripted_provider import CLIENT_SECRET
from tests.e2e.browser import CHROMIUM, NO_CHROMIUM
from tests.services import Services
from tests.tenants.mails import bodies_to
from tia_hub.app import create_app

ROOT = Path(__file__).parents[2]
CLIENT_ID = "tia-hub"

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM),
    pytest.mark.skipif(not which("node"), reason="needs Node.js"),
]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def address(services: Services) -> Iterator[tuple[str, Flask]]:
    """The product on a port of its own, which is also what it calls itself."""
    port = free_port()
    settings = services.settings.model_copy(
        update={"base_url": f"http://localhost:{port}", "internal_identity_hosts": "localhost", "two_factor_required": True}
    )
    app = create_app(settings)
    server = create_server(app, host="127.0.0.1", port=port, threads=4)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    yield settings.base_url, app
    server.close()
    thread.join(5)


@pytest.fixture
def certified(address: tuple[str, Flask]) -> Iterator[str]:
    """The issuer of a certified provider."""
    port = free_port()
    script = ROOT / "tests" / "accounts" / "certified_provider.js"
    arguments = ["node", str(script), str(port), address[0] + BACK, CLIENT_ID, CLIENT_SECRET]
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603
        assert process.stdout and process.stderr
        if process.stdout.readline().strip() != "ready":
            process.kill()
            raise AssertionError(process.stderr.read())
        yield f"http://localhost:{port}"
        process.kill()


def test_a_member_goes_there_and_back(harbour: Harbour, address: tuple[str, Flask], certified: str, browser: Browser) -> None:
    harbour.app = address[1]
    harbour.set_up(issuer=certified, client_id=CLIENT_ID)
    sam = harbour.member()
    context = browser.new_context(base_url=address[0])
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_role("link", name="Sign in with your organisation").click()
    page.get_by_label("Work email address").fill(sam.email)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"**{harbour.home}")
    assert page.get_by_text(sam.name).first.is_visible()
    page.goto("/account")
    assert sam.email in page.content()
    context.close()
    told = "\n".join(bodies_to(harbour.engine, sam.email))
    assert f"Signed in through {harbour.tenant.name}" in told

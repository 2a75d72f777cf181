"""A real browser before a real server."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from waitress.server import create_server

from tests.client import StrictClient
from tests.factories.tenants import Someone
from tia_hub.app import create_app
from tia_hub.settings import Settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NO_CHROMIUM = "no browser here: install Debian's package chromium (apt-get install chromium) and run again"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application on a free port of this machine: its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.effective_port}"
    finally:
        server.close()
        thread.join(5)


@contextmanager
def serving_at_its_address(settings: Settings, **changes: Any) -> Iterator[tuple[str, Flask]]:
    """An application of one's own that knows the address it is reached at: the address, and the application."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{listener.getsockname()[1]}"
    app = create_app(settings.model_copy(update={"base_url": address, **changes}))
    server = create_server(app, sockets=[listener], threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield address, app
    finally:
        server.close()
        thread.join(5)


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def signed_in(app: Flask, context: BrowserContext, address: str, someone: Someone | None) -> None:
    """Give a browser context somebody's session."""
    context.clear_cookies()
    if someone is None:
        return
    client = app.test_client()
    assert isinstance(client, StrictClient)
    client.sign_in(someone)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie
    context.add_cookies([{"name": name, "value": cookie.value, "url": address}])


def faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and good practice on the page as it stands."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """() => axe.run(document, {runOnly: {type: 'tag',
            values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}})
            .then(result => result.violations.map(v => [v.id, v.help, v.nodes.map(n => n.html).slice(0, 3)]))"""
    )
    return [f"{rule}: {words}: {nodes}" for rule, words, nodes in found]

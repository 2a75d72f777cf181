"""Every page, in a real browser, signed in as each role, on a phone and on a desk: usable by everybody."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.e2e.browser import CHROMIUM, NO_CHROMIUM, faults, signed_in
from tests.permissions.routes import address_of, get_rules
from tests.permissions.world import World

pytestmark = pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM)

WIDTHS = (320, 1280)
ROLES = ("nobody", "contributor", "staff", "manager", "lead", "coordinator", "provider")
ERRORS = ("/no-such-page", "/framework/levels/no-such-level")
SIGNING_IN = {
    "nobody": ("/sign-in", "/forgotten-password"),
    "staff": ("/account/password", "/account/second-factor", "/account/recovery-codes"),
}
"""Pages that the library brings: everybody's, and (once is enough) those of somebody who is signed in."""


SEEN: set[str] = set()
"""The content of pages that somebody looked at: staff, managers and leads have many alike, and one look at each is enough."""


def _content(html: str) -> str:
    """The main part of a page without what differs from one opening to the next."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r'name="csrf_token" value="[^"]*"|[0-9a-f-]{32,}', "", main)


def _look(page: Page, path: str) -> list[str]:
    """What is wrong with a page at any width: axe's findings, sideways scrolling, complaints of the browser."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = page.request.get(path)
    if "text/html" not in answer.headers.get("content-type", "") or (content := _content(answer.text())) in SEEN:
        return []
    SEEN.add(content)
    response = page.goto(path)
    assert response
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width} px: {fault}" for fault in faults(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{width} px: scrolls sideways, {wide} px wide")
    return found + [words for words in complaints if f"{response.status}" not in words]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_usable_by_everybody(app: Flask, browser: Browser, address: str, world: World, role: str) -> None:
    context = browser.new_context(accept_downloads=False)
    signed_in(app, context, address, world.principals()[role])
    paths = [address_of(app, rule, world.ours) for rule in get_rules(app, role, world)]
    astray = {}
    errors = ERRORS if role in ("nobody", "lead") else ()
    for path in [*paths, *SIGNING_IN.get(role, ()), *errors]:
        page = context.new_page()
        found = _look(page, address + path)
        if found:
            astray[path] = found
        page.close()
    context.close()
    assert astray == {}

"""Passkeys in a real browser, with the browser's own authenticator: made, used, refused elsewhere, and on phones readable."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.accounts.conftest import PASSWORD, make_account
from tests.e2e.browser import CHROMIUM, NO_CHROMIUM, faults, serving_at_its_address
from tests.factories.tenants import Someone
from tests.services import Services

pytestmark = pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM)


@pytest.fixture(scope="module")
def served(services: Services) -> Iterator[tuple[str, Flask]]:
    with serving_at_its_address(services.settings, two_factor_required=True) as served:
        yield served


@pytest.fixture
def account(served: tuple[str, Flask]) -> Someone:
    with served[1].app_context():
        return make_account()


class Device(NamedTuple):
    """A device that keeps passkeys, as the browser knows it."""

    session: CDPSession
    id: str


@contextmanager
def device(page: Page, *, verified: bool = True) -> Iterator[Device]:
    """Plug a device into the browser that keeps passkeys and checks who holds it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield Device(session, added["authenticatorId"])
    session.send("WebAuthn.disable")


def sign_in(page: Page, address: str, someone: Someone) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Email address").fill(someone.email)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_from_the_first_sign_in_on_a_passkey_is_all_one_needs(
    served: tuple[str, Flask], browser: Browser, account: Someone
) -> None:
    address, _ = served
    context = browser.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    with device(page) as plugged:
        sign_in(page, address, account)
        page.get_by_role("link", name="Use a passkey instead").click()
        expect(page.get_by_text("Passkeys need a browser that runs JavaScript")).to_be_hidden()
        assert faults(page) == []
        page.get_by_label("Name").fill("My laptop")
        page.get_by_role("button", name="Make the passkey").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
        page.goto(f"{address}/account/passkeys")
        expect(page.get_by_role("term")).to_have_text("My laptop")
        assert faults(page) == []
        page.get_by_role("button", name="Sign out").click()

        page.goto(f"{address}/sign-in?next=/account/sessions")
        page.get_by_role("link", name="Sign in with a passkey").click()
        assert faults(page) == []
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Where you are signed in")
        page.get_by_role("button", name="Sign out").click()

        # Somebody who holds the device and is not its owner.
        plugged.session.send("WebAuthn.setUserVerified", {"authenticatorId": plugged.id, "isUserVerified": False})
        page.goto(f"{address}/sign-in/passkey")
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.locator("[data-passkey-status]")).to_contain_text("Nothing happened")
    context.close()


def test_a_page_at_another_address_can_not_use_it(
    served: tuple[str, Flask], services: Services, browser: Browser, account: Someone
) -> None:
    """The same host on another port is another origin: the browser would sign there, and we refuse what it signed."""
    address, _ = served
    context = browser.new_context()
    page = context.new_page()
    with device(page), serving_at_its_address(services.settings) as (elsewhere, _):
        sign_in(page, address, account)
        page.get_by_role("link", name="Use a passkey instead").click()
        page.get_by_label("Name").fill("My laptop")
        page.get_by_role("button", name="Make the passkey").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
        page.get_by_role("button", name="Sign out").click()
        page.goto(f"{address}/sign-in/passkey")
        options = page.locator("[data-passkey]").get_attribute("data-options")
        challenge = page.locator("[name=challenge]").input_value()
        page.goto(f"{elsewhere}/sign-in/passkey")
        page.evaluate("options => { document.querySelector('[data-passkey]').dataset.options = options }", options)
        page.evaluate("document.querySelector('[data-passkey]').submit = () => {}")
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_function("document.querySelector('[name=credential]').value !== ''")
        signed = page.locator("[name=credential]").input_value()
        page.goto(f"{address}/sign-in/passkey")
        page.evaluate(
            """([challenge, credential]) => {
                const form = document.querySelector('[data-passkey]')
                form.elements.challenge.value = challenge
                form.elements.credential.value = credential
                form.submit()
            }""",
            [challenge, signed],
        )
        expect(page.locator(".govuk-error-summary")).to_contain_text("That did not work")
    context.close()


def test_without_javascript_the_page_says_so_and_shows_other_ways(served: tuple[str, Flask], browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served[0]}/sign-in/passkey")
    expect(page.get_by_text("Passkeys need a browser that runs JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    expect(page.get_by_role("link", name="Sign in by a link")).to_be_visible()
    context.close()

"""A session that runs out while somebody types: they sign in again, and nothing of it is lost."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine, text

from tests.accounts.conftest import PASSWORD, make_account
from tests.e2e.browser import CHROMIUM, NO_CHROMIUM, faults
from tests.factories.audits import make_audit
from tests.factories.tenants import Someone, Tenant, make_member, make_organisation, make_region
from tia_hub.tenants.types.roles import Role

pytestmark = pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM)

TYPED = "We heard from people who use us"


@pytest.fixture
def tenant(app: Flask, owner_engine: Engine) -> Tenant:
    with app.app_context():
        return make_organisation(make_region(owner_engine))


@pytest.fixture
def lead(app: Flask, tenant: Tenant) -> Someone:
    with app.app_context():
        return make_member(tenant, Role.LEAD, person=make_account("Lena Moor"))


@pytest.fixture
def section(app: Flask, tenant: Tenant, address: str, lead: Someone) -> str:
    """A page whose form saves as one types."""
    with app.app_context():
        audit_id = make_audit(tenant)
    return f"{address}/o/{tenant.slug}/audits/{audit_id}/safety"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


def sign_in(page: Page, someone: Someone) -> None:
    page.get_by_label("Email address").fill(someone.email)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def end_sessions(engine: Engine, someone: Someone) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO ended_session SELECT session_key, now() FROM person_session WHERE person_id = :id"),
            {"id": someone.id},
        )


def test_a_save_that_finds_no_session_asks_and_goes_on_by_itself(
    context: BrowserContext, section: str, lead: Someone, superuser_engine: Engine
) -> None:
    page = context.new_page()
    page.goto(section)
    sign_in(page, lead)
    end_sessions(superuser_engine, lead)
    field = page.locator("textarea").first
    field.press_sequentially(TYPED[:10])
    dialog = page.get_by_role("dialog", name="You were signed out")
    expect(dialog).to_be_visible()
    assert faults(page) == []
    with context.expect_page() as opened:
        dialog.get_by_role("link").click()
    sign_in(opened.value, lead)
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-save-status][data-state=saved]").first).to_be_visible()
    field.press_sequentially(TYPED[10:])
    expect(page.locator("[data-save-status][data-state=saved]").first).to_be_visible()
    expect(field).to_have_value(TYPED)
    with page.expect_response(lambda response: response.request.method == "POST" and response.status < 400):
        field.press_sequentially("!")
    page.goto(section)
    expect(page.locator("textarea").first).to_have_value(f"{TYPED}!")


def test_somebody_else_who_signs_in_does_not_see_it(
    app: Flask, context: BrowserContext, section: str, lead: Someone, superuser_engine: Engine
) -> None:
    with app.app_context():
        other = make_account("Owen Price")
    page = context.new_page()
    page.goto(section)
    sign_in(page, lead)
    end_sessions(superuser_engine, lead)
    page.locator("textarea").first.press_sequentially(TYPED)
    dialog = page.get_by_role("dialog", name="You were signed out")
    expect(dialog).to_be_visible()
    with context.expect_page() as opened:
        dialog.get_by_role("link").click()
    sign_in(opened.value, other)
    expect(dialog).to_contain_text("Somebody else is signed in now")
    expect(page.get_by_role("main")).to_be_hidden()
    opened.value.get_by_role("button", name="Sign out").click()
    opened.value.goto(section)
    sign_in(opened.value, lead)
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.locator("textarea").first).to_have_value(TYPED)
    expect(page.locator("[data-save-status][data-state=saved]").first).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_form_that_finds_no_session_is_sent_after_signing_in(
    browser: Browser, tenant: Tenant, address: str, lead: Someone, superuser_engine: Engine, javascript: bool
) -> None:
    context = browser.new_context(java_script_enabled=javascript)
    page = context.new_page()
    page.goto(f"{address}/o/{tenant.slug}/teams/new")
    sign_in(page, lead)
    name = page.get_by_label("Name")
    name.fill("Kept through the night")
    end_sessions(superuser_engine, lead)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You were signed out, and what you typed is kept")
    if javascript:
        assert faults(page) == []
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (opens in a new tab)").click()
    sign_in(opened.value, lead)
    if not javascript:
        page.get_by_role("button", name="I have signed in: go on").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back: send what you typed")
        page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("main")).to_contain_text("Kept through the night")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kept through the night")
    context.close()

"""In a browser: a form that saves itself says so, and what could not be saved is never lost nor shown to others."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from flask import Flask, render_template_string, request
from jinja2 import StrictUndefined
from playwright.sync_api import Browser, BrowserContext, Page, expect
from wtforms import Form, HiddenField, RadioField, TextAreaField

from tests.components.conftest import ROOT
from tests.e2e.browser import AXE, CHROMIUM, NO_CHROMIUM, faults, serving

BUILD = ROOT / "tia_hub/static/build"
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
    pytest.mark.skipif(not (BUILD / "app.js").is_file(), reason="not built: run `npm ci && npm run build`"),
    pytest.mark.skipif(not AXE.is_file(), reason="axe is not installed: run `npm ci`"),
]

PART = """
{%- from "components/forms.html" import error_summary, form_start, form_end, save_status, radios, textarea, button -%}
{{ form_start("/save", form, id="criterion", autosave=True) }}
{{ error_summary(form) }}
{{ radios(form.rating) }}
{{ textarea(form.journey) }}
{{ save_status() }}
{{ button("Save and continue") }}
{{ form_end() }}
"""
PAGE = '{% extends "layout.html" %}{% block title %}Criterion{% endblock %}{% block content %}<h1>Criterion</h1>'
STATUS = "[data-save-status]"


class Criterion(Form):
    version = HiddenField(default="3")
    rating = RadioField("Rating", choices={"green": "Green", "red": "Red"})
    journey = TextAreaField("Journey")


@dataclass
class Service:
    """What the server says to the next saves, who is signed in, and what it was sent."""

    status: int = 204
    person: str = "Siân Hughes"
    journey: str = ""
    saves: list[dict[str, str]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    def begin(self) -> None:
        """Be as at first."""
        self.__dict__.update(Service().__dict__)


SERVICE = Service()


@pytest.fixture
def service() -> Service:
    """The service as it is at first."""
    SERVICE.begin()
    return SERVICE


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The product's layout and components, in front of a server that does as it is told."""
    app = Flask("saving", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "tia_hub/static"))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(static_url=lambda name: f"/static/build/{name}", csrf_token=lambda: "a-token")
    app.secret_key = "for flashes"

    @app.context_processor
    def frame() -> dict[str, object]:
        links = dict.fromkeys(("place_href", "places_href", "account_href", "sign_in_href", "sign_out_href"), "/")
        shell = {
            "signed_in": True,
            "person_name": SERVICE.person,
            "draft_owner": SERVICE.person,
            "place_name": "Solent Trust",
            "place_logo": None,
            "place_notice": None,
            "places_words": "Your places",
            "notices_href": "/",
            "nav": [],
            **links,
        }
        return {"shell": SimpleNamespace(footer_nav=[], **shell)}

    @app.after_request
    def forbid(response):  # type: ignore[no-untyped-def]
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response

    @app.get("/")
    def page() -> str:
        form = Criterion(data={"journey": SERVICE.journey})
        return render_template_string(PAGE + PART + "{% endblock %}", form=form)

    @app.post("/save")
    def save() -> tuple[str, int]:
        SERVICE.saves.append(request.form.to_dict())
        SERVICE.tokens.append(request.headers.get("X-CSRFToken"))
        if SERVICE.status == 204:
            SERVICE.journey = request.form["journey"]
        if SERVICE.status == 200:  # signed out: htmx was led to the sign-in page
            return "<!doctype html><title>Sign in</title>", 200
        if SERVICE.status == 422:
            form = Criterion(request.form)
            form.journey.errors = ["Say a little more"]
            return render_template_string(PART, form=form), 422
        return "", SERVICE.status

    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 320, "height": 800})
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext, address: str, service: Service) -> Iterator[Page]:
    """The page, open; whatever the browser complains of is an error."""
    page = browser_context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)
    yield page
    page.close()
    assert complaints == []


def test_says_saved_once_for_what_was_typed(page: Page, service: Service) -> None:
    page.get_by_label("Journey").press_sequentially("We began")
    expect(page.locator(f"{STATUS}[data-state=saved]")).to_contain_text("Saved ")
    page.get_by_label("Journey").blur()
    for choice in ("Red", "Green"):
        with page.expect_response("**/save"):
            page.get_by_label(choice).check()
    assert [save["journey"] for save in service.saves] == ["We began"] * 3, "leaving the field saves nothing anew"
    assert service.saves[0]["version"] == "3"
    assert set(service.tokens) == {"a-token"}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (503, "the service has a problem"),
        (401, "you are signed out"),
        (200, "you are signed out"),
        (400, "this page has been open too long"),
        (404, "no longer open to you"),
    ],
)
def test_what_was_not_saved_stays_and_is_offered_again(
    status: int, said: str, page: Page, service: Service, address: str
) -> None:
    service.status = status
    page.get_by_label("Journey").press_sequentially("We began")
    expect(page.locator(f"{STATUS}[data-state=failed]")).to_contain_text(said)
    expect(page.get_by_label("Journey")).to_have_value("We began")
    page.goto(address)
    expect(page.get_by_label("Journey")).to_have_value("")
    service.status = 204
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator(f"{STATUS}[data-state=saved]")).to_contain_text("Saved ")
    expect(page.get_by_label("Journey")).to_have_value("We began")
    assert service.journey == "We began"
    page.goto(address)
    expect(page.get_by_label("Journey")).to_have_value("We began")
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)


def test_is_sent_again_when_the_network_is_back(page: Page, service: Service, browser_context: BrowserContext) -> None:
    browser_context.set_offline(True)
    page.get_by_label("Journey").press_sequentially("On the train")
    expect(page.locator(f"{STATUS}[data-state=failed]")).to_contain_text("can’t be reached")
    browser_context.set_offline(False)
    expect(page.locator(f"{STATUS}[data-state=saved]")).to_contain_text("Saved ")
    assert service.journey == "On the train"


def test_nobody_else_on_the_tab_is_shown_what_was_not_saved(page: Page, service: Service, address: str) -> None:
    service.status = 503
    page.get_by_label("Journey").press_sequentially("Private")
    expect(page.locator(f"{STATUS}[data-state=failed]")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("button", name="Put it back")).to_be_visible()
    assert faults(page) == []
    service.person = "Owen Price"
    page.goto(address)
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
    assert page.evaluate("JSON.stringify(sessionStorage).includes('Private')") is False


def test_an_error_comes_in_place_without_moving_the_writer(page: Page, service: Service) -> None:
    service.status = 422
    page.get_by_label("Journey").press_sequentially("Hm")
    expect(page.get_by_role("link", name="Say a little more")).to_be_visible()
    expect(page.get_by_label("Journey")).to_have_value("Hm")
    expect(page.get_by_label("Journey")).to_be_focused()
    expect(page.locator(STATUS)).to_contain_text("Not saved yet")
    assert faults(page) == []

"""Text that wants to be markup, in every text there is: pages, mails and the browser show it as text."""

from collections.abc import Iterator
from itertools import cycle
from uuid import uuid4

import pytest
from flask import Flask
from justhtml import JustHTML
from playwright.sync_api import Browser
from sqlalchemy import Engine, text

from tests.attack.conftest import Be, stranger
from tests.attack.corpus import MARKUP, slices
from tests.attack.forms import Found, pages_of
from tests.attack.world import PRINCIPALS, make_busy_world
from tests.e2e.browser import CHROMIUM, NO_CHROMIUM, serving, signed_in
from tests.permissions.world import World

MARK = "<zq-a>"
"""Stands before each payload, so that it can be told which pages show one."""
STORED = [f"{MARK}{words}" for words in slices(MARKUP, 700)]
TYPED = [f"{MARK}{words}" for words in slices(MARKUP, 180)]
TEXTS = (
    "about accessibility aims actor_name by_name changed_by content_warning evidence interest job_title journey name note place"
    " reason remit requested_by_name source text title transfer unit words"
)
"""The columns that people's own words are in."""


def poison(engine: Engine) -> int:
    """Write the payloads into every text there is, other ones into each row; how many columns that were."""
    columns = text(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_name)"
        " WHERE c.table_schema = 'public' AND t.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        " AND c.data_type IN ('text', 'character varying') AND c.column_name = ANY(:names)"
    )
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        found = connection.execute(columns, {"names": TEXTS.split()}).all()
        for table, column in found:
            if table in ("job", "schedule"):
                continue
            connection.execute(
                text(
                    f'UPDATE "{table}" SET "{column}" = '
                    f'(CAST(:words AS text[]))[1 + abs(hashtext(ctid::text || :column)) % :count] || "{column}" '
                    f'WHERE "{column}" IS NOT NULL'
                ),
                {"words": STORED, "count": len(STORED), "column": column},
            )
        connection.execute(text("SET session_replication_role = origin"))
    return len(found)


@pytest.fixture(scope="module")
def poisoned(app: Flask, owner_engine: Engine, superuser_engine: Engine) -> Iterator[World]:
    with app.app_context():
        world = make_busy_world(owner_engine, superuser_engine)
    assert poison(superuser_engine) > 25
    yield world
    with superuser_engine.begin() as connection:
        for table in ("email", "job", "schedule"):
            connection.execute(text(f"DELETE FROM {table}"))


def faults_of(document: JustHTML) -> list[str]:
    """Elements and attributes that only a payload could have made."""
    faults = [node.name for node in document.query("*") if node.name.startswith("zq-")]
    for node in document.query("*"):
        for name, value in node.attrs.items():
            address = (value or "").strip().lower()
            if name.startswith(("on", "hx-on")) or (
                name in ("href", "src", "action", "hx-get", "srcdoc")
                and address.startswith(("javascript:", "data:text", "zq", "/zq"))
            ):
                faults.append(f"<{node.name} {name}={value!r}>")
    faults += [f"<{name}>" for name in ("iframe", "base", "embed", "object", "style") if document.query(name)]
    faults += ["a button" for node in document.query("button") if node.to_text().strip() == "zq"]
    faults += ["<meta http-equiv>" for node in document.query("meta") if "http-equiv" in node.attrs]
    faults += ["a style of its own" for node in document.query("link") if "zq" in (node.attrs.get("href") or "")]
    faults += [
        "a script of its own" for node in document.query("script") if not (node.attrs.get("src") or "").startswith("/static/")
    ]
    return faults


def test_markup_would_be_seen() -> None:
    for payload in MARKUP:
        if payload.startswith("<") and "script" not in payload:
            assert faults_of(JustHTML(f"<p>{payload}</p>", sanitize=False)), payload


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_pages_show_it_as_text(app: Flask, poisoned: World, principal: str) -> None:
    client = stranger(app, poisoned, principal)
    astray, shown = {}, 0
    for path, document in pages_of(app, client, poisoned, principal):
        shown += "<zq-a" in document.to_text()
        if found := faults_of(document):
            astray[path] = found
    assert astray == {}
    assert shown >= (1 if principal == "nobody" else 3)


def test_what_is_typed_comes_back_as_text(be: Be, found: dict[str, list[Found]]) -> None:
    """Reflected: in fields of refused forms, in searches and on the pages of errors."""
    typed = cycle(TYPED)
    for principal, forms in found.items():
        client = be(principal)
        for form in forms:
            if form.named("text"):
                # Unstorable, so that each form comes back with it.
                words = {name: next(typed) + "\x00" for name in form.named("text")}
                answer = client.post(form.action, data={**form.values, **words})
                assert answer.status_code in (404, 409, 422, 429), form.endpoint
                assert faults_of(JustHTML(answer.text, sanitize=False)) == [], form.endpoint
        words = next(typed)
        stale = client.post("/sign-out", data={"csrf_token": "x", words: words})
        assert stale.status_code == 400
        assert "&lt;zq-a&gt;" in stale.text
        assert faults_of(JustHTML(stale.text, sanitize=False)) == []
    missing = be("nobody").get("/no-such/%3Czq-a%3E?q=%3Czq-a%3E")
    assert faults_of(JustHTML(missing.text, sanitize=False)) == []


def test_mails_show_it_as_text(app: Flask, poisoned: World, superuser_engine: Engine) -> None:
    client = stranger(app, poisoned, "lead")
    email = f"{uuid4().hex}@example.org"
    invite = f"/o/{poisoned.cast.ours.tenant.slug}/people/invite"
    answer = client.submit(invite, {"name": "<zq-a>Nia", "email": email, "role": "staff"})
    assert answer.status_code == 303
    with superuser_engine.connect() as connection:
        html, subject = connection.execute(
            text("SELECT html_body, subject FROM email WHERE to_address = :to"), {"to": email}
        ).one()
    document = JustHTML(html, sanitize=False)
    assert "<zq-a" in document.to_text()
    assert [node.name for node in document.query("*") if node.name.startswith("zq-")] == []
    assert not document.query("script") and not document.query("iframe") and not document.query("base")
    assert "\n" not in subject and "\r" not in subject


@pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM)
@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "unguarded"])
@pytest.mark.parametrize("principal", ["lead", "coordinator"])
def test_a_browser_runs_none_of_it(app: Flask, poisoned: World, principal: str, guarded: bool, browser: Browser) -> None:
    """With the content security policy, and by the escaping alone."""
    client = stranger(app, poisoned, principal)
    seen = dict[str, str]()
    for path, document in pages_of(app, client, poisoned, principal):
        if "<zq-a" in document.to_text():
            seen.setdefault(path.split("?")[0].rsplit("/", 1)[0], path)
    paths = list(seen.values())[:6]
    assert len(paths) >= 5
    said: list[str] = []
    with serving(app) as address:
        context = browser.new_context(bypass_csp=not guarded)
        signed_in(app, context, address, poisoned.principals()[principal])
        page = context.new_page()
        page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url) if "zq" in request.url else None)
        for path in paths:
            page.goto(address + path)
            page.evaluate(
                "document.querySelectorAll('a, input, textarea').forEach(node => node.dispatchEvent(new Event('mouseover')))"
            )
        context.close()
    assert said == []

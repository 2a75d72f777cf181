"""The strict client: it checks every answer it gets, so that no test has to remember to."""

import time
from collections import Counter
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from justhtml import JustHTML
from werkzeug.test import TestResponse

from tests.factories.tenants import Someone
from tia_hub.core.web import HEADERS

VOID_OF_TEXT = "\ufffd"


class BadPage(AssertionError):
    """A page that is not as every page has to be."""


def _text(node: Any) -> str:
    return " ".join(node.to_text().split())


def _labelled(field: Any, labels: set[str]) -> bool:
    return bool(field.attrs.get("id") in labels or field.attrs.get("aria-label") or field.attrs.get("aria-labelledby"))


def check_html(html: str, *, whole: bool) -> JustHTML:
    """Raise BadPage unless the HTML is valid, its ids unique, its fields labelled and, for a whole page, its frame complete."""
    document = JustHTML(html, collect_errors=True, sanitize=False, **({} if whole else {"fragment": True}))
    faults = [str(error) for error in document.errors]
    ids = Counter(node.attrs["id"] for node in document.query("[id]"))
    faults += [f"id {name!r} is there {count} times" for name, count in ids.items() if count > 1]
    labels = {label.attrs.get("for") for label in document.query("label")}
    for field in document.query("input, select, textarea"):
        if field.attrs.get("type") not in ("hidden", "submit") and not _labelled(field, labels):
            faults.append(f"field {field.attrs.get('name')!r} has no label")
    faults += [f"label for {name!r} labels nothing" for name in labels if name and name not in ids]
    for attribute in ("style", "onclick", "onload", "hx-on"):
        faults += [f"<{node.name}> has {attribute}" for node in document.query(f"[{attribute}]")]
    faults += ["an inline script" for node in document.query("script") if not node.attrs.get("src")]
    faults += ["a style element" for node in document.query("style")]
    faults += [f"an image without alt: {node.attrs}" for node in document.query("img") if "alt" not in node.attrs]
    for form in document.query("form"):
        tokens = [field for field in form.query("input") if field.attrs.get("name") == "csrf_token"]
        if (form.attrs.get("method") or "get").lower() == "post" and len(tokens) != 1:
            faults.append(f"form {form.attrs.get('action')!r} has {len(tokens)} tokens")
    if whole:
        headings = document.query("h1")
        if len(headings) != 1:
            faults.append(f"{len(headings)} h1")
        title = document.query("title")
        if not title or not _text(title[0]) or _text(title[0]).startswith(("–", "- ")):
            faults.append("no title")
        if not any(node.attrs.get("lang") == "en-GB" for node in document.query("html")):
            faults.append("no language")
        if len(document.query("main")) != 1:
            faults.append("not one main")
    if faults:
        raise BadPage("\n".join(faults[:20]))
    return document


class StrictClient(FlaskClient):
    """A browser without JavaScript, that refuses bad pages."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request and check the answer."""
        response = super().open(*args, **kwargs)
        self._check(response)
        return response

    def _check(self, response: TestResponse) -> None:
        path = response.request.path
        for name, value in HEADERS.items():
            if name not in response.headers:
                raise BadPage(f"{path}: no {name}")
            if name == "Content-Security-Policy" and "unsafe" in response.headers[name]:
                raise BadPage(f"{path}: {value}")
        if response.status_code >= 500 and response.status_code != 503:
            raise BadPage(f"{path}: {response.status_code}")
        if response.mimetype == "text/html" and response.data and not 300 <= response.status_code < 400:
            try:
                check_html(response.text, whole="HX-Request" not in response.request.headers)
            except BadPage as fault:
                raise BadPage(f"{path} ({response.status_code}):\n{fault}") from fault

    def sign_in(self, someone: Someone) -> "StrictClient":
        """Be somebody, without going through the sign-in page."""
        with self.session_transaction() as session:
            session["_user_id"] = someone.key
            session["_fresh"] = True
        return self

    def confirmed(self) -> "StrictClient":
        """Somebody who has just shown that it is they."""
        with self.session_transaction() as session:
            session["fs_paa"] = time.time()
        return self

    def submit(
        self, path: str, data: dict[str, Any] | None = None, *, button: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Open a page, fill in the form that posts to `button`'s address (by default the page's own) and send it."""
        page = self.get(path)
        document = JustHTML(page.text, sanitize=False)
        wanted = button or path
        for form in document.query("form"):
            action = form.attrs.get("action") or path
            if (form.attrs.get("method") or "get").lower() == "post" and action == wanted:
                fields = form_fields(form)
                fields.update(data or {})
                return self.post(action, data=fields, **kwargs)
        raise AssertionError(f"{path} ({page.status_code}) has no form that posts to {wanted}")


def form_fields(form: Any) -> dict[str, Any]:
    """What a browser would send if the form were submitted untouched."""
    fields: dict[str, Any] = {}
    for field in form.query("input, textarea, select"):
        name, kind = field.attrs.get("name"), field.attrs.get("type")
        if not name or kind in ("submit", "button", "file"):
            continue
        if field.name == "textarea":
            fields[name] = field.to_text(strip=False) if field.children else ""
        elif field.name == "select":
            chosen = [option for option in field.query("option") if "selected" in option.attrs]
            fields[name] = chosen[0].attrs.get("value", "") if chosen else ""
        elif kind in ("radio", "checkbox"):
            if "checked" in field.attrs:
                if kind == "checkbox":
                    fields.setdefault(name, []).append(field.attrs.get("value", "on"))
                else:
                    fields[name] = field.attrs.get("value", "on")
        else:
            fields[name] = field.attrs.get("value", "")
    return fields


def client_of(app: Flask, someone: Someone) -> StrictClient:
    """A client in which somebody is signed in."""
    client = app.test_client()
    assert isinstance(client, StrictClient)
    return client.sign_in(someone)

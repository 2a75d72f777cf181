"""What can go wrong, in the product's own terms, and the pages that say so."""

import logging
import secrets
from typing import Any

from flask import Flask, Response, current_app, g, make_response, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from tia_hub.core.forms import show_text
from tia_hub.core.pages import page

log = logging.getLogger(__name__)


class NotFound(Exception):
    """There is no such thing, or it belongs to somebody else: the same answer."""


class Refused(Exception):
    """A rule forbids this now; its message says which, in words for the user."""


WITH_WORDS = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503})
"""The statuses that `errors/_error.html` has words for."""

NEVER_KEPT = ("password", "token", "code", "secret", "locked", "challenge", "credential")


def kept_fields() -> list[tuple[str, str]]:
    """What was typed into the form that could not be taken, to be shown again so that it is not lost; no secrets."""
    if request.method != "POST" or (request.content_length or 0) > (request.max_content_length or 0):
        return []
    return [
        (show_text(name), show_text(value))
        for name, value in request.form.items(multi=True)
        if value.strip() and not any(word in name.lower() for word in NEVER_KEPT)
    ]


def error_page(status: int, *, title: str | None = None, text: str | None = None, reference: str | None = None) -> Response:
    """The page of an error, with what was typed; title and text replace the status's usual words."""
    kept: list[tuple[str, str]] = kept_fields() if status not in (404, 413) else []
    response = page(
        "errors/error.html",
        part="errors/_error.html",
        status=status,
        title=title,
        text=text,
        reference=reference,
        kept=kept,
    )
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if isinstance(error, SecurityError):
        # The host that was asked for is not ours: there is no address to build a page's links with.
        return make_response("Bad request", 400, {"Content-Type": "text/plain"})
    if code < 400:
        return make_response(error.get_response())
    response = error_page(code if code in WITH_WORDS else 400 if code < 500 else 500)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    return response


def _database_away(error: Exception) -> Response:
    log.error("the database does not answer: %s", error)
    # Who is there can't be known, and asking again for the page's frame would fail like the first time.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    return error_page(503)


def _unexpected(error: Exception) -> Response:
    reference = secrets.token_hex(4)
    log.exception("error %s at %s %s", reference, request.method, request.path, exc_info=error)
    return error_page(500, reference=reference)


def register(app: Flask) -> None:
    """Have the application answer every error with a page."""
    handlers: list[tuple[Any, Any]] = [
        (HTTPException, _http),
        (NotFound, lambda error: error_page(404)),
        (Refused, lambda error: error_page(409, title="This can't be done now", text=str(error))),
        (OperationalError, _database_away),
        (PoolTimeout, _database_away),
        (Exception, _unexpected),
    ]
    for kind, handler in handlers:
        app.register_error_handler(kind, handler)

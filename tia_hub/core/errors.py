"""What can go wrong, in the product's own terms, and the pages that say so."""

import logging
import secrets
from typing import Any

from flask import Flask, Response, request
from sqlalchemy.exc import OperationalError, TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from tia_hub.core.pages import page

log = logging.getLogger(__name__)


class NotFound(Exception):
    """There is no such thing, or it belongs to somebody else: the same answer."""


class Refused(Exception):
    """A rule forbids this now; its message says which, in words for the user."""


TITLES: dict[int, tuple[str, str]] = {
    400: ("There is a problem with what was sent", "Nothing was changed. Go back, check what you entered and try again."),
    401: ("Sign in to go on", "You are not signed in, or you have been away for a while. Nothing was changed."),
    403: ("You do not have access to this page", "Your role here does not include this. Ask your organisation's lead if you need it."),
    404: ("Page not found", "If you typed the address, check that it is correct. If you followed a link, what it led to may have moved, or may not be yours to see."),
    405: ("This address does not take that", "Nothing was changed. Go back and use the button on the page."),
    409: ("This can't be done now", "Nothing was changed."),
    413: ("That is too much at once", "Nothing was changed. What you typed is still in the page before this one: go back and shorten it."),
    422: ("There is a problem with what was sent", "Nothing was changed. Go back, check what you entered and try again."),
    429: ("Too many attempts", "Wait a few minutes and try again."),
    500: ("Sorry, something went wrong", "Nothing of what you just did was saved. Go back to what you typed and try again; if it happens again, tell us the reference below."),
    503: ("The service is not available just now", "It should be back in a moment. Go back to what you typed and try again then: nothing was lost on our side."),
}  # fmt: skip

NEVER_KEPT = ("password", "token", "code", "secret")


def kept_fields() -> list[tuple[str, str]]:
    """What was typed into the form that could not be taken, to be shown again so that it is not lost; no secrets."""
    if request.method != "POST" or (request.content_length or 0) > (request.max_content_length or 0):
        return []
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if value.strip() and not any(word in name.lower() for word in NEVER_KEPT)
    ]


def error_page(status: int, *, text: str | None = None, reference: str | None = None) -> Response:
    """The page of an error, with what was typed."""
    title, usual = TITLES.get(status, TITLES[500])
    kept: list[tuple[str, str]] = kept_fields() if status not in (404, 413) else []
    response = page(
        "errors/error.html", status=status, title=title, text=text or usual, reference=reference, kept=kept
    )
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _http(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    status = error.code if error.code in TITLES else 400 if (error.code or 500) < 500 else 500
    response = error_page(status)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _database_away(error: Exception) -> Response:
    log.error("the database does not answer: %s", error)
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
        (Refused, lambda error: error_page(409, text=str(error))),
        (OperationalError, _database_away),
        (PoolTimeout, _database_away),
        (Exception, _unexpected),
    ]
    for kind, handler in handlers:
        app.register_error_handler(kind, handler)

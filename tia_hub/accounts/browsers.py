"""Browsers: what they are called in words, and the cookie by which one is known again.

Its name is parted from the session's: it outlasts signing out, and says nothing but "this browser has been here before".
"""

import re

from flask import Response, after_this_request, current_app, request

from tia_hub.core.tokens import hash_token, new_token
from tia_hub.settings import Settings

KNOWN_FOR = 400
"""Days that a browser is known for without a sign-in; browsers keep no cookie longer."""

PROGRAMS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("ChromeOS", r"CrOS"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)


def describe_browser(user_agent: str) -> str:
    """A browser as its owner would call it: "Firefox on Windows". What it says of itself can be made up."""
    program = next((name for name, pattern in PROGRAMS if re.search(pattern, user_agent)), "A browser")
    system = next((name for name, pattern in SYSTEMS if re.search(pattern, user_agent)), "an unknown system")
    return f"{program} on {system}"


def this_browser() -> str:
    """The browser of this request, in words."""
    return describe_browser(request.headers.get("User-Agent", ""))


def _cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-browser"


def browser_hash() -> str | None:
    """The hash of what this request's browser is known by; None where it has never been here."""
    token = request.cookies.get(_cookie_name())
    return hash_token(token) if token else None


def mark_browser() -> str:
    """The hash that this browser is known by from now on; its answer brings the cookie."""
    token = request.cookies.get(_cookie_name()) or new_token()

    @after_this_request
    def remember(response: Response) -> Response:
        settings: Settings = current_app.extensions["settings"]
        response.set_cookie(
            _cookie_name(),
            token,
            max_age=KNOWN_FOR * 86400,
            secure=settings.secure_cookies,
            httponly=True,
            samesite="Lax",
            path="/",
        )
        return response

    return hash_token(token)

"""How long a session lives, and how it ends.

The cookie is signed and holds the session's own key with the instants of its beginning and of its last use. Both limits are
checked here, on the server, before anything is read. Signing out writes the key's hash down, so that a copied cookie is dead;
sessions on other machines go on. A new password (or an account that is closed) ends them all, by a new sign-in key.
"""

import hashlib
import secrets
import time
from datetime import timedelta
from typing import Any

from flask import Flask, flash, has_request_context, request
from flask import session as cookie
from flask_login import user_logged_in, user_logged_out

from tia_hub.accounts.models import Person
from tia_hub.accounts.services import end_session, forget_tries
from tia_hub.core.scope import IdentityScope, transaction
from tia_hub.core.web import ABSOLUTE_LIMIT

IDLE_LIMIT = timedelta(minutes=60)
NOTICED_EVERY = 60
"""Seconds after which a use is written into the cookie again."""
KEY, BEGAN, SEEN = "session_key", "session_began", "session_seen"
SIGNED_IN_BY = ("_user_id", "tf_user_id")
"""What makes a session one of somebody: signed in, or on the way to it after the password."""


def _stamp() -> None:
    instant = int(time.time())
    cookie.setdefault(KEY, secrets.token_urlsafe(16))
    cookie.setdefault(BEGAN, instant)
    cookie.setdefault(SEEN, instant)


def hashed_key() -> str | None:
    """The hash of this request's session key."""
    key = cookie.get(KEY) if has_request_context() else None
    return hashlib.sha256(str(key).encode()).hexdigest() if key else None


def _end_what_is_too_old() -> None:
    if request.endpoint == "static" or not any(name in cookie for name in SIGNED_IN_BY):
        return
    _stamp()
    instant = int(time.time())
    idle, lived = instant - cookie[SEEN], instant - cookie[BEGAN]
    if idle > IDLE_LIMIT.total_seconds() or lived > ABSOLUTE_LIMIT.total_seconds():
        cookie.clear()
        flash("You were signed out because you had not used TIA Hub for a while, or had been signed in for a long time.")
    elif idle > NOTICED_EVERY:
        cookie[SEEN] = instant


def _begin(app: Flask, user: Person, **rest: Any) -> None:
    """A new session at every sign-in: its own key and times, and a new token for forms."""
    for name in (KEY, BEGAN, SEEN, "csrf_token"):
        cookie.pop(name, None)
    _stamp()
    forget_tries(IdentityScope.of_request(), email=user.email)


def _end(app: Flask, **rest: Any) -> None:
    key = hashed_key()
    if key is not None:
        with transaction(IdentityScope()) as scope:
            end_session(scope, session_key=key)
    cookie.clear()


def register(app: Flask) -> None:
    """Watch over the sessions of an application. Comes before everything that asks who is there."""
    app.before_request(_end_what_is_too_old)
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)

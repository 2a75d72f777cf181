"""How long a session lives, and how it ends.

The cookie is signed and holds the session's own key with the instants of its beginning and of its last use. Both limits are
checked here, on the server, before anything is read. A session that ends is written down by its key's hash, so that a copied
cookie is dead; sessions on other machines go on. A new password (or an account that is closed) ends them all, by a new sign-in
key. The list of open sessions is for their owner to read: it opens nothing.
"""

import hashlib
import secrets
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Flask, current_app, flash, g, has_request_context, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import user_logged_out
from flask_security import user_authenticated

from tia_hub.accounts.browsers import browser_hash, mark_browser, this_browser
from tia_hub.accounts.events import tell
from tia_hub.accounts.models import Person
from tia_hub.accounts.services import (
    end_session,
    forget_sessions,
    forget_tries,
    know_browser,
    note_use,
    rename_session,
    start_session,
)
from tia_hub.accounts.types import SecurityEvent
from tia_hub.core.identity import Place, resolver
from tia_hub.core.jobs.services import after_commit
from tia_hub.core.pages import page
from tia_hub.core.policy import refuse_unsigned
from tia_hub.core.scope import IdentityScope, transaction
from tia_hub.core.sealed import PERSON
from tia_hub.core.web import ABSOLUTE_LIMIT

IDLE_LIMIT = timedelta(minutes=60)
NOTICED_EVERY = 60
"""Seconds after which a use is written down again, in the cookie and in the list of sessions."""
KEY, BEGAN, SEEN = "session_key", "session_began", "session_seen"
IDLE = "session_idle"
"""Minutes without use after which the session ends, where one of its owner's organisations asks for fewer."""
STRONG = "session_strong"
"""Whether it was opened with a second factor, or with a passkey, which is two in one."""
AFTER_SET_UP = "after_set_up"
"""What somebody wanted to open, when they were sent to set up a second factor first."""
ROLES = "session_roles"
"""The role that the session last had in each place it went to."""
SIGNED_IN_BY = ("_user_id", "tf_user_id")
"""What makes a session one of somebody: signed in, or on the way to it after the password."""
WEAK_WAYS = frozenset({"password", "email", "register", "oidc"})
"""Ways of signing in that are one factor alone; an organisation's own provider is one unless it is known to ask for more.
After a second factor, Flask-Security names no way."""
OUT = "You were signed out because you had not used TIA Hub for a while, or had been signed in for a long time."


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _stamp() -> None:
    instant = int(time.time())
    cookie.setdefault(KEY, secrets.token_urlsafe(16))
    cookie.setdefault(BEGAN, instant)
    cookie.setdefault(SEEN, instant)


def hashed_key() -> str | None:
    """The hash of this request's session key."""
    key = cookie.get(KEY) if has_request_context() else None
    return _hash(str(key)) if key else None


def idle_limit() -> timedelta:
    """After how long without use this session ends."""
    return timedelta(minutes=cookie[IDLE]) if IDLE in cookie else IDLE_LIMIT


def _put_out() -> None:
    g.setdefault(PERSON, cookie.get(PERSON))
    cookie.clear()
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    flash(OUT)


def _end_what_is_too_old() -> None:
    if request.endpoint == "static" or not any(name in cookie for name in SIGNED_IN_BY):
        return
    _stamp()
    instant = int(time.time())
    idle, lived = instant - cookie[SEEN], instant - cookie[BEGAN]
    g.idle = timedelta(seconds=idle)
    if g.idle > idle_limit() or lived > ABSOLUTE_LIMIT.total_seconds():
        _put_out()
    elif idle > NOTICED_EVERY:
        cookie[SEEN] = instant
        with transaction(IdentityScope()) as scope:
            note_use(scope, session_key=_hash(cookie[KEY]))


def _begin(app: Flask, user: Person, authn_via: list[str] | None = None, **rest: Any) -> None:
    """A new session at every sign-in: its own key and times, and a new token for forms."""
    goes_on = authn_via == ["change"]
    for name in (KEY, BEGAN, SEEN, "csrf_token"):
        cookie.pop(name, None)
    g.pop("csrf_token", None)
    _stamp()
    cookie[PERSON] = str(user.id)
    if not goes_on:
        cookie[STRONG] = not WEAK_WAYS.intersection(authn_via or ())
        cookie.pop(ROLES, None)
        _take_shortest_idle(user)
    scope = IdentityScope.of_request()
    browser = this_browser()
    start_session(
        scope,
        person_id=user.id,
        session_key=_hash(cookie[KEY]),
        address=request.remote_addr or "",
        browser=browser,
    )
    if goes_on:
        return
    forget_tries(scope, email=user.email, browser=browser_hash())
    new = know_browser(scope, person_id=user.id, token_hash=mark_browser())
    tell(scope, user, SecurityEvent.NEW_BROWSER if new else SecurityEvent.SIGNED_IN)


def _take_shortest_idle(user: Person) -> None:
    with transaction(IdentityScope(person_key=user.fs_uniquifier), read_only=True) as scope:
        limits = [place.idle_minutes for place in resolver().list_places(scope) if place.idle_minutes]
    cookie.pop(IDLE, None)
    if limits:
        cookie[IDLE] = min(limits)


def _end(app: Flask, **rest: Any) -> None:
    key = hashed_key()
    if key is not None:
        with transaction(IdentityScope()) as scope:
            end_session(scope, session_key=key)
    cookie.clear()


def renew(scope: IdentityScope) -> None:
    """Go on under a new key, now that more (or less) is open to the session; copies of the cookie from before are dead."""
    old, new = hashed_key(), secrets.token_urlsafe(16)
    if old is not None:
        rename_session(scope, old=old, new=_hash(new))
    after_commit(scope, lambda: cookie.update({KEY: new}))


def become_strong(scope: IdentityScope) -> None:
    """Note that a second factor was shown in this session, and go on under a new key."""
    after_commit(scope, lambda: cookie.update({STRONG: True}))
    renew(scope)


def end_others(scope: IdentityScope, person: Person) -> None:
    """End every session of a person but this one, known to the list or not: their sign-in key becomes another."""
    key = uuid4().hex
    person.fs_uniquifier = key
    scope.session.flush()
    forget_sessions(scope, person.id, but=hashed_key())
    after_commit(scope, lambda: cookie.update({"_user_id": key}))


def keep_door(place: Place) -> ResponseReturnValue | None:
    """What a place asks of its members' sign-in (`core.policy.keep_door`), the strictest of their organisations first."""
    roles = dict(cookie.get(ROLES, {}))
    if roles.get(place.slug) != place.role:
        if place.slug in roles:
            with transaction(IdentityScope()) as scope:
                renew(scope)
        cookie[ROLES] = roles | {place.slug: place.role}
    if place.idle_minutes is not None:
        if timedelta(minutes=place.idle_minutes) < idle_limit():
            cookie[IDLE] = place.idle_minutes
        if g.get("idle", timedelta()) > idle_limit():
            _put_out()
            return refuse_unsigned()
    if place.second_factor and not cookie.get(STRONG):
        cookie[AFTER_SET_UP] = request.full_path.rstrip("?") if request.method == "GET" else url_for("home.places")
        return page("security/second_factor_needed.html", status=403, place=place)
    return None


def register(app: Flask) -> None:
    """Watch over the sessions of an application. Comes before everything that asks who is there."""
    app.before_request(_end_what_is_too_old)
    app.extensions["doorkeeper"] = keep_door
    user_authenticated.connect(_begin, app)
    user_logged_out.connect(_end, app)

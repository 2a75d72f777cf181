"""The watch around the pages of signing in: guesses, addresses that lead elsewhere, changes that the owner is told of."""

import re
from threading import BoundedSemaphore
from typing import Any

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import password_changed, password_reset, tf_code_confirmed, tf_disabled, tf_profile_changed

from tia_hub.accounts import sessions
from tia_hub.accounts.browsers import browser_hash
from tia_hub.accounts.events import tell
from tia_hub.accounts.models import Person
from tia_hub.accounts.queries import count_passkeys, find_person
from tia_hub.accounts.services import TRIES_PERIOD, forget_sessions, is_news, kill_links, take_try
from tia_hub.accounts.store import current_store
from tia_hub.accounts.types import Guess, SecurityEvent, Try
from tia_hub.core.errors import error_page
from tia_hub.core.forms import clean_text
from tia_hub.core.policy import csrf_holds
from tia_hub.core.scope import IdentityScope, transaction
from tia_hub.settings import Settings

CLOSED = frozenset({"security.two_factor_rescue", "security.tf_select"})
"""What Flask-Security brings and this product has no use for: help by mail, and a choice among second factors."""

GUESSES = {
    "security.login": Guess.FIRST_FACTOR,
    "security.verify": Guess.FIRST_FACTOR,
    "security.change_password": Guess.FIRST_FACTOR,
    "security.two_factor_token_validation": Guess.CODE,
    "security.two_factor_setup_validate": Guess.CODE,
    "security.mf_recovery": Guess.CODE,
    "security.forgot_password": Guess.MAIL,
    "accounts.send_link": Guess.MAIL,
    "accounts.send_address_link": Guess.MAIL,
}
"""Where a password or a code could be guessed, or somebody flooded with mails."""
BY_ADDRESS = frozenset({"security.login", "security.forgot_password", "accounts.send_link"})
"""Where the account is named by the form."""


def half_way() -> Person | None:
    """Who has shown their first factor, and not yet the second."""
    key = cookie.get("tf_user_id", "")
    return current_store().find_user(fs_uniquifier=key) if key else None


def may_use_passkey() -> bool:
    """Whether who is asked for a code has a passkey too."""
    person = half_way()
    return person is not None and count_passkeys(IdentityScope.of_request(), person.id) > 0


def _second_factor_set_up(app: Flask, user: Person, **rest: Any) -> None:
    scope = IdentityScope.of_request()
    tell(scope, user, SecurityEvent.APP_SET_UP)
    if current_user.is_authenticated:
        sessions.become_strong(scope)


def _second_factor_confirmed(app: Flask, user: Person, **rest: Any) -> None:
    if g.get("sets_up_second_factor"):
        _second_factor_set_up(app, user)


def _second_factor_disabled(app: Flask, user: Person, **rest: Any) -> None:
    scope = IdentityScope.of_request()
    tell(scope, user, SecurityEvent.APP_TURNED_OFF)
    sessions.renew(scope)


def _password_changed(app: Flask, user: Person, **rest: Any) -> None:
    scope = IdentityScope.of_request()
    forget_sessions(scope, user.id, but=sessions.hashed_key())
    kill_links(scope, user.id)
    tell(scope, user, SecurityEvent.PASSWORD_CHANGED)


def _password_reset(app: Flask, user: Person, **rest: Any) -> None:
    scope = IdentityScope.of_request()
    forget_sessions(scope, user.id)
    kill_links(scope, user.id)
    tell(scope, user, SecurityEvent.PASSWORD_RESET)


def _guessed_address() -> str:
    """Whose account this request tries to open."""
    if request.endpoint in BY_ADDRESS and not current_user.is_authenticated:
        # As the form reads it: one account has one allowance, however its address is typed.
        return clean_text(request.form.get("email", ""))
    person = current_user if current_user.is_authenticated else half_way()
    return person.email if person else ""


def is_own_address(address: str) -> bool:
    """Whether a browser that is sent to this address stays here, however it reads slashes and escapes."""
    return re.fullmatch(r"/(?![/.%])[^\\\s\x00-\x1f\x7f]*", address) is not None or address == "/"


def _leads_elsewhere() -> bool:
    return any(
        address and not is_own_address(address) for values in (request.args, request.form) for address in values.getlist("next")
    )


def _lost_on_the_way() -> ResponseReturnValue | None:
    """Where Flask-Security's step for codes would end a session, or fail, because there is no code to ask for."""
    if current_user.is_authenticated:
        # It takes this for a broken sign-in, so that a link from anywhere would end the session.
        return redirect(url_for("home.places")) if "tf_state" not in cookie else None
    person = half_way() if cookie.get("tf_state") == "ready" else None
    if person is not None and person.tf_totp_secret is None:
        return redirect(url_for("accounts.passkey_sign_in", next=request.args.get("next")))
    return None


def _watch() -> ResponseReturnValue | None:
    """Before each page of signing in: close what is not offered, count guesses, sign out by a form of ours alone."""
    endpoint = request.endpoint or ""
    if not endpoint.startswith(("security.", "accounts.")):
        return None
    if endpoint in CLOSED:
        abort(404)
    if request.is_json:
        # Pages only: what a body of JSON holds would be neither counted as a guess nor looked at for where it leads.
        abort(400)
    if endpoint == "security.two_factor_token_validation":
        lost = _lost_on_the_way()
        if lost is not None:
            return lost
    if _leads_elsewhere():
        # No page of ours has such an address.
        return redirect(request.path) if request.method == "GET" else error_page(400)
    if request.method != "POST":
        return None
    if endpoint == "security.logout" and not csrf_holds():
        return error_page(
            400, text="Your page had been open too long. You are still signed in: reload the page and sign out there."
        )
    if endpoint == "security.login":
        _wait_for_a_turn()
    g.sets_up_second_factor = cookie.get("tf_state") == "validating_profile"
    # Without a token of its session nothing is tried, whoever sent it: only the form comes back.
    if endpoint in GUESSES and csrf_holds() and not _may_try(GUESSES[endpoint]):
        response = error_page(
            429,
            title="That was tried too often",
            text="Wait 15 minutes and try again. If you do not remember your password, you can choose a new one then.",
        )
        response.headers["Retry-After"] = str(int(TRIES_PERIOD.total_seconds()))
        return response
    return None


def _wait_for_a_turn() -> None:
    """Of many who sign in at once a few are served at a time: whoever reads a page does not wait for all of them."""
    turns: BoundedSemaphore = current_app.extensions["sign_in_turns"]
    turns.acquire()
    g.sign_in_turn = turns


def _end_the_turn(fault: BaseException | None) -> None:
    turns: BoundedSemaphore | None = g.pop("sign_in_turn", None)
    if turns is not None:
        turns.release()


def _may_try(kind: Guess) -> bool:
    email = _guessed_address()
    with transaction(IdentityScope()) as scope:
        found = take_try(scope, kind, email=email, address=request.remote_addr or "", browser=browser_hash())
        if found is Try.LAST and kind is not Guess.MAIL:
            person = find_person(scope, email)
            if person is not None and is_news(scope, email):
                tell(scope, person, SecurityEvent.TOO_MANY_TRIES)
    return found is not Try.REFUSED


def _after(response: Response) -> Response:
    """After it: recovery codes follow the first second factor; what a browser kept goes when somebody signs out."""
    if request.method != "POST" or response.status_code not in (302, 303):
        return response
    if request.endpoint == "security.logout":
        flash("You are signed out.", "success")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    set_up = request.endpoint in ("security.two_factor_token_validation", "security.two_factor_setup_validate")
    refused = response.location == url_for("security.two_factor_setup")
    if set_up and not refused and g.sets_up_second_factor and current_user.is_authenticated:
        response.location = after_set_up(response.location or "")
    return response


def after_set_up(otherwise: str) -> str:
    """Where somebody goes who has just set up a second factor: to get recovery codes, or back to what they wanted."""
    if not current_user.mf_recovery_codes:
        return url_for("security.mf_recovery_codes")
    return str(cookie.pop(sessions.AFTER_SET_UP, otherwise))


def register(app: Flask, settings: Settings) -> None:
    """Watch over an application."""
    app.extensions["sign_in_turns"] = BoundedSemaphore(settings.password_hashes_at_once + 1)
    app.teardown_request(_end_the_turn)
    tf_profile_changed.connect(_second_factor_set_up, app)
    tf_code_confirmed.connect(_second_factor_confirmed, app)
    tf_disabled.connect(_second_factor_disabled, app)
    password_changed.connect(_password_changed, app)
    password_reset.connect(_password_reset, app)
    app.before_request(_watch)
    app.after_request(_after)

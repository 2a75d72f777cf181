"""The watch around Flask-Security's pages: guesses, addresses that lead elsewhere, changes that the owner is told of."""

import re
from typing import Any

from flask import Flask, Response, abort, flash, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import tf_code_confirmed, tf_disabled, tf_profile_changed
from flask_security.utils import send_mail

from tia_hub.accounts.services import TRIES_PERIOD, take_try
from tia_hub.accounts.store import current_store
from tia_hub.core.errors import error_page
from tia_hub.core.policy import csrf_holds
from tia_hub.core.scope import IdentityScope, transaction

CLOSED = frozenset({"security.two_factor_rescue", "security.tf_select"})
"""What Flask-Security brings and this product has no use for: help by mail, and a choice among second factors."""

GUESSES = frozenset(
    {
        "security.login",
        "security.forgot_password",
        "security.verify",
        "security.change_password",
        "security.two_factor_token_validation",
        "security.two_factor_setup_validate",
        "security.mf_recovery",
    }
)
"""Where a password or a code could be guessed, or somebody flooded with mails."""


def _tell_owner(what: str) -> None:
    person = (
        current_user if current_user.is_authenticated else current_store().find_user(fs_uniquifier=cookie.get("tf_user_id", ""))
    )
    if person is not None:
        send_mail(
            "How you sign in to TIA Hub was changed", person.email, "security/email/second_factor", user=person, what=what
        )


def _second_factor_set_up(app: Flask, **rest: Any) -> None:
    _tell_owner("An authenticator app was set up for your TIA Hub account just now.")


def _second_factor_confirmed(app: Flask, **rest: Any) -> None:
    if g.get("sets_up_second_factor"):
        _second_factor_set_up(app)


def _second_factor_disabled(app: Flask, **rest: Any) -> None:
    _tell_owner("Your TIA Hub account no longer asks for a code: its authenticator app was turned off just now.")


def _guessed_address() -> str:
    """Whose account this request tries to open."""
    if current_user.is_authenticated:
        return str(current_user.email)
    if request.endpoint in ("security.login", "security.forgot_password"):
        return request.form.get("email", "")
    person = current_store().find_user(fs_uniquifier=cookie.get("tf_user_id", ""))
    return person.email if person else ""


def is_own_address(address: str) -> bool:
    """Whether a browser that is sent to this address stays here, however it reads slashes and escapes."""
    return re.fullmatch(r"/(?![/.%])[^\\\s\x00-\x1f\x7f]*", address) is not None or address == "/"


def _leads_elsewhere() -> bool:
    return any(
        address and not is_own_address(address) for values in (request.args, request.form) for address in values.getlist("next")
    )


def _watch() -> ResponseReturnValue | None:
    """Before each of Flask-Security's pages: close what is not offered, count guesses, sign out by a form of ours alone."""
    endpoint = request.endpoint or ""
    if endpoint in CLOSED:
        abort(404)
    if endpoint.startswith("security.") and request.is_json:
        # Pages only: what a body of JSON holds would be neither counted as a guess nor looked at for where it leads.
        abort(400)
    if endpoint == "security.two_factor_token_validation" and current_user.is_authenticated and "tf_state" not in cookie:
        # Flask-Security takes this for a broken sign-in and ends the session, so that a link from anywhere would.
        return redirect(url_for("home.places"))
    if endpoint.startswith("security.") and _leads_elsewhere():
        # No page of ours has such an address.
        return redirect(request.path) if request.method == "GET" else error_page(400)
    if request.method != "POST" or not endpoint.startswith("security."):
        return None
    if endpoint == "security.logout" and not csrf_holds():
        return error_page(
            400, text="Your page had been open too long. You are still signed in: reload the page and sign out there."
        )
    g.sets_up_second_factor = cookie.get("tf_state") == "validating_profile"
    if endpoint in GUESSES and not _may_try():
        response = error_page(
            429,
            title="That was tried too often",
            text="Wait 15 minutes and try again. If you do not remember your password, you can choose a new one then.",
        )
        response.headers["Retry-After"] = str(int(TRIES_PERIOD.total_seconds()))
        return response
    return None


def _may_try() -> bool:
    email = _guessed_address()
    with transaction(IdentityScope()) as scope:
        return take_try(scope, email=email, address=request.remote_addr or "")


def _after(response: Response) -> Response:
    """After it: recovery codes follow the first second factor; what a browser kept goes when somebody signs out."""
    if request.method != "POST" or response.status_code not in (302, 303):
        return response
    if request.endpoint == "security.logout":
        flash("You are signed out.", "success")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    set_up = request.endpoint in ("security.two_factor_token_validation", "security.two_factor_setup_validate")
    refused = response.location == url_for("security.two_factor_setup")
    if (
        set_up
        and not refused
        and g.sets_up_second_factor
        and current_user.is_authenticated
        and not current_user.mf_recovery_codes
    ):
        response.location = url_for("security.mf_recovery_codes")
    return response


def register(app: Flask) -> None:
    """Watch over an application."""
    tf_profile_changed.connect(_second_factor_set_up, app)
    tf_code_confirmed.connect(_second_factor_confirmed, app)
    tf_disabled.connect(_second_factor_disabled, app)
    app.before_request(_watch)
    app.after_request(_after)

"""Passkeys: signing in with one, as the only step or as the second, and having some."""

import time
from uuid import UUID

from flask import current_app, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import login_user

from tia_hub.accounts import sessions
from tia_hub.accounts.forms import NamedPasskeyForm, PasskeyForm
from tia_hub.accounts.models import Person
from tia_hub.accounts.passkeys import Purpose, add_passkey, ask, ask_to_make, check_answer, remove_passkey
from tia_hub.accounts.queries import get_passkey, list_passkeys
from tia_hub.accounts.store import current_security, current_store
from tia_hub.accounts.views.blueprint import ask_again, bp, own_person, wanted
from tia_hub.accounts.watch import after_set_up, half_way
from tia_hub.core.errors import Refused
from tia_hub.core.pages import page, see
from tia_hub.core.policy import public, signed_in
from tia_hub.core.scope import IdentityScope
from tia_hub.settings import Settings

SETTING_UP = ("setup_from_login", "validating_profile")
"""Flask-Security's states of somebody who has shown their password, and has no second factor yet."""


def _asked() -> tuple[Purpose, Person | None]:
    """What the page asks: the second step of who is on the way, or the only step of anybody."""
    person = half_way() if cookie.get("tf_state") == "ready" else None
    return (Purpose.SECOND_STEP, person) if person else (Purpose.SIGN_IN, None)


@bp.get("/sign-in/passkey")
@public
def passkey_sign_in() -> ResponseReturnValue:
    """The page that asks for a passkey."""
    if current_user.is_authenticated:
        return redirect(url_for("home.places"))
    return _sign_in_page(PasskeyForm(formdata=None))


def _sign_in_page(form: PasskeyForm, status: int = 200) -> ResponseReturnValue:
    purpose, person = _asked()
    return page(
        "accounts/passkey_sign_in.html",
        form=form,
        question=ask(purpose, person),
        second=person is not None,
        has_app=person is not None and bool(person.tf_totp_secret),
        next=request.values.get("next"),
        status=status,
    )


@bp.post("/sign-in/passkey")
@public
def use_passkey() -> ResponseReturnValue:
    """Sign in with a passkey's answer."""
    if current_user.is_authenticated:
        return redirect(url_for("home.places"), 303)
    form = PasskeyForm()
    purpose, person = _asked()
    try:
        owner = check_answer(form.credential.data or "", form.challenge.data or "", purpose, person)
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _sign_in_page(form, status=422)
    if purpose is Purpose.SECOND_STEP:
        current_security().two_factor_plugins.tf_complete(owner, True)
    else:
        login_user(owner, authn_via=["passkey"])
    current_store().commit()
    return redirect(wanted(), 303)


@bp.post("/sign-in/confirm/passkey")
@signed_in
def confirm_passkey(scope: IdentityScope) -> ResponseReturnValue:
    """Show with a passkey once more who one is."""
    form = PasskeyForm()
    try:
        check_answer(form.credential.data or "", form.challenge.data or "", Purpose.CONFIRM, current_user)
    except Refused as refusal:
        flash(f"{refusal}.", "error")
        return redirect(url_for("security.verify", next=request.form.get("next")), 303)
    current_store().commit()
    cookie["fs_paa"] = time.time()
    return redirect(request.form.get("next") or url_for("accounts.account"), 303)


@bp.get("/account/passkeys")
@signed_in
def passkeys(scope: IdentityScope) -> ResponseReturnValue:
    """My passkeys."""
    return page("accounts/passkeys.html", passkeys=list_passkeys(scope, current_user.id))


def _makes() -> Person | None:
    """Who may make a passkey here: who is signed in, or has shown their password and needs a second factor."""
    if current_user.is_authenticated:
        return own_person(IdentityScope.of_request())
    return half_way() if cookie.get("tf_state") in SETTING_UP else None


def _make_page(person: Person, form: NamedPasskeyForm, status: int = 200) -> ResponseReturnValue:
    return page("accounts/passkey_new.html", form=form, question=ask_to_make(person), status=status)


@bp.get("/account/passkeys/new")
@public
def new_passkey() -> ResponseReturnValue:
    """The page that makes a passkey."""
    person = _makes()
    if person is None:
        return redirect(url_for("security.login", next=request.path))
    again = ask_again(request.path) if current_user.is_authenticated else None
    return again or _make_page(person, NamedPasskeyForm(formdata=None))


@bp.post("/account/passkeys/new")
@public
def make_passkey() -> ResponseReturnValue:
    """Keep a new passkey; it completes the sign-in of who had no second factor yet."""
    person = _makes()
    if person is None:
        return redirect(url_for("security.login", next=request.path))
    signs_in = not current_user.is_authenticated
    again = None if signs_in else ask_again(request.path)
    if again is not None:
        return again
    form = NamedPasskeyForm()
    if not form.validate():
        return _make_page(person, form, status=422)
    name = form.name.data or ""
    try:
        add_passkey(person, credential=form.credential.data or "", locked=form.challenge.data or "", name=name)
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _make_page(person, form, status=422)
    if signs_in:
        current_security().two_factor_plugins.tf_complete(person, True)
    else:
        sessions.become_strong(IdentityScope.of_request())
    current_store().commit()
    flash(f"The passkey “{name}” is ready.", "success")
    return redirect(after_set_up(url_for("home.places" if signs_in else "accounts.passkeys")), 303)


@bp.get("/account/passkeys/<uuid:passkey_id>/remove")
@signed_in
def ask_to_remove(scope: IdentityScope, passkey_id: UUID) -> ResponseReturnValue:
    """What removing a passkey means, before it is done."""
    passkey = get_passkey(scope, current_user.id, passkey_id)
    return ask_again(request.path) or page("accounts/passkey_remove.html", passkey=passkey, only=_is_only_factor(scope))


def _is_only_factor(scope: IdentityScope) -> bool:
    """Whether a passkey is the one second factor of somebody who must have one."""
    settings: Settings = current_app.extensions["settings"]
    has_others = bool(current_user.tf_primary_method) or len(list_passkeys(scope, current_user.id)) > 1
    return settings.two_factor_required and not has_others


@bp.post("/account/passkeys/<uuid:passkey_id>/remove")
@signed_in
def remove(scope: IdentityScope, passkey_id: UUID) -> ResponseReturnValue:
    """Remove a passkey."""
    passkey = get_passkey(scope, current_user.id, passkey_id)
    again = ask_again(url_for("accounts.ask_to_remove", passkey_id=passkey_id))
    if again is not None:
        return again
    if _is_only_factor(scope):
        raise Refused("It is your only second factor, and everybody needs one here. Set up another one first.")
    remove_passkey(scope, own_person(scope), passkey)
    sessions.renew(scope)
    return see("accounts.passkeys", f"The passkey “{passkey.name}” was removed.")

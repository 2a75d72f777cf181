"""Sessions that an organisation's own provider vouches for.

The cookie says which organisations vouch for who is there, and whether that is all there is: then it opens those organisations
alone, and nothing of how the person signs in (ADR 19). What refuses the rest is the resolver (`core.identity`).
"""

from typing import Any, cast
from uuid import UUID

from flask import Flask, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import login_user, logout_user, user_authenticated

from tia_hub.accounts.models import Person
from tia_hub.accounts.store import current_security, current_store
from tia_hub.core.identity import resolver

VOUCHED_BY, VOUCHED_ONLY, VOUCHING = "vouched_by", "vouched_only", "vouching"
ONE_FACTOR, MORE_FACTORS = "oidc", "oidc_mfa"
"""How a session was signed in, for Flask-Security's signal: whether the provider is trusted to have asked for more."""
ALWAYS_OPEN = frozenset({"security.login", "security.logout"})
MAKE_A_WAY_IN = frozenset({"accounts.new_passkey", "accounts.make_passkey"})
"""Pages of ours without a door, since who is half signed in needs them: who a provider let in makes no other way in."""


def vouchers() -> frozenset[UUID]:
    """The organisations whose providers vouch for this session."""
    return frozenset(map(UUID, cookie.get(VOUCHED_BY, ())))


def is_vouched_only() -> bool:
    """Whether this session was begun by a provider alone, without anything of the person's own."""
    return bool(cookie.get(VOUCHED_ONLY))


def has_own_second_factor(person: Person) -> bool:
    """Whether somebody has a second factor with us."""
    return bool(current_security().two_factor_plugins.get_setup_tf_methods(person))


def enter_vouched(person: Person, organisation_id: UUID, *, then: str, with_own_factor: bool) -> ResponseReturnValue:
    """Sign somebody in whom an organisation's provider vouches for, or send them to their own second factor first.

    `then` is the address that follows. The person must have been loaded in this request's own session.
    """
    if current_user.is_authenticated:
        if current_user.id == person.id and not (with_own_factor and is_vouched_only()):
            cookie[VOUCHED_BY] = sorted({*cookie.get(VOUCHED_BY, ()), str(organisation_id)})
            return redirect(then, 303)
        logout_user()
    return _go_on(person, [str(organisation_id)], then=then, with_own_factor=with_own_factor)


def step_up(*, then: str) -> ResponseReturnValue:
    """Ask who is signed in by a provider for their own second factor; until they gave it they are signed out."""
    person = cast(Person, current_user._get_current_object())
    organisations = cookie.get(VOUCHED_BY, [])
    logout_user()
    return _go_on(person, organisations, then=then, with_own_factor=True)


def _go_on(person: Person, organisations: list[str], *, then: str, with_own_factor: bool) -> ResponseReturnValue:
    cookie[VOUCHING] = {"person": str(person.id), "organisations": organisations, "only": True}
    if with_own_factor:
        step: ResponseReturnValue | None = current_security().two_factor_plugins.tf_enter(person, False, "oidc", next_loc=then)
        if step is not None:
            cookie[VOUCHING] |= {"only": False}
            return step
    login_user(person, authn_via=[ONE_FACTOR if with_own_factor else MORE_FACTORS])
    current_store().commit()
    return redirect(then, 303)


def _begin(app: Flask, user: Person, authn_via: list[str] | None = None, **rest: Any) -> None:
    """At every sign-in: it is vouched for only where a provider has just done that, for the same person."""
    if authn_via == ["change"]:
        # The session goes on after a new password, as what it was.
        return
    vouching = cookie.pop(VOUCHING, None)
    for name in (VOUCHED_BY, VOUCHED_ONLY):
        cookie.pop(name, None)
    if vouching and vouching["person"] == str(user.id):
        cookie[VOUCHED_BY] = vouching["organisations"]
        if vouching["only"]:
            cookie[VOUCHED_ONLY] = True


def _guard() -> ResponseReturnValue | None:
    """Before each page about how somebody signs in: who was let in by a provider alone changes nothing there."""
    endpoint = request.endpoint or ""
    about_signing_in = endpoint.startswith("security.") or endpoint in MAKE_A_WAY_IN
    if not about_signing_in or endpoint in ALWAYS_OPEN or not is_vouched_only():
        return None
    return resolver().refuse_sign_in(None) if current_user.is_authenticated else None


def register(app: Flask) -> None:
    """Watch over the sessions of an application that providers vouch for."""
    app.before_request(_guard)
    user_authenticated.connect(_begin, app)

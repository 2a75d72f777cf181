"""The doors. Every endpoint has exactly one policy; an endpoint without one stops the application from starting.

`@require(permission)` is the door of a place: it finds out who is there, mints the scope that the permission gives, opens its
data for one transaction and hands it to the view. Signed out: sign-in. No member of the place: 404, as if it did not exist.
Member without the permission, or signed in in a way that the place does not take: 403. The door owns the transaction: an
unsafe method commits when its view succeeded, a safe one can't write at all.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from flask import Flask, Response, abort, current_app, g, make_response, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import ValidationError, validate_csrf

from tia_hub.core.db import db
from tia_hub.core.errors import error_page
from tia_hub.core.identity import Access, Place, resolver
from tia_hub.core.pages import htmx, page
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import Actor, Home, IdentityScope, Scope, transaction
from tia_hub.core.sealed import lock_typed
from tia_hub.core.trail import is_recorded, record

Arguments = ParamSpec("Arguments")
AnyScope = TypeVar("AnyScope", bound=Scope)
View = Callable[..., ResponseReturnValue]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = "tia_policy"
Policy = Permission | Literal["public", "signed-in", "framework"]

STALE = "Your page had been open too long. Nothing was changed: go back, reload it and try again."

REFUSALS_EVERY = timedelta(hours=1)
"""How often the trail says that somebody tried the same thing in vain."""

LIBRARY_ENDPOINTS = frozenset({"static"})
"""Endpoints that libraries bring and that need no policy of ours; those of Flask-Security keep their own rules."""


class MissingPolicy(RuntimeError):
    """An endpoint was written without saying who may reach it."""


def refuse_unsigned() -> ResponseReturnValue:
    """The answer to somebody who is not signed in: the way to sign in, and back with all that they typed."""
    if htmx:
        return error_page(401)
    if request.method in SAFE:
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    locked = lock_typed()
    return error_page(401) if locked is None else signed_out_page(locked)


def signed_out_page(locked: str) -> Response:
    """The page that keeps what was typed until its writer has signed in again."""
    return page("errors/signed_out.html", status=401, locked=locked)


def csrf_holds() -> bool:
    """Whether the request carries its session's token; safe methods need none."""
    if request.method in SAFE or not current_app.config["WTF_CSRF_ENABLED"]:
        return True
    token = request.form.get("csrf_token") or request.headers.get("X-CSRFToken")
    try:
        validate_csrf(token)
    except ValidationError:
        return False
    return True


class _GoBack(Exception):
    """Ends the transaction without keeping anything, while its answer stands."""

    def __init__(self, response: Response) -> None:
        self.response = response


def _answer(view: View, scope: Scope, arguments: dict[str, Any]) -> Response:
    """Run a view in its scope's transaction. Without a valid token the view may show its form again, but not succeed."""
    token_holds = csrf_holds()
    read_only = request.method in SAFE
    try:
        with transaction(scope, read_only=read_only):
            response = make_response(view(scope, **arguments))
            if not token_holds and response.status_code < 400:
                # What the view said was done is not.
                cookie.pop("_flashes", None)
                response = error_page(400, text=STALE)
            if not read_only and response.status_code >= 400:
                raise _GoBack(response)
    except _GoBack as kept:
        return kept.response
    return response


def _actor() -> Actor:
    return Actor(person_id=current_user.id, name=current_user.name, address=request.remote_addr)


def keep_door(place: Place) -> ResponseReturnValue | None:
    """What a place asks of its members' sign-in beyond their being signed in; None where this session has it."""
    keeper: Callable[[Place], ResponseReturnValue | None] = current_app.extensions["doorkeeper"]
    return keeper(place)


def _note_refusal(scope: Home, permission: Permission) -> None:
    """Write on the place's trail that a member tried what their role does not permit; once an hour, however often they try."""
    with transaction(scope):
        words = f"Was not let in: their role does not permit to {permission.words}"
        if not is_recorded(scope, "access.refused", words, within=REFUSALS_EVERY):
            record(scope, "access.refused", words)


def require(
    permission: Permission, *, at_rest: bool = False
) -> Callable[[Callable[Concatenate[Any, Arguments], ResponseReturnValue]], Callable[..., ResponseReturnValue]]:
    """The door of a place: its view gets the scope first. The route names the place: `/o/<organisation>/…`.

    Where a place can only be read, what would change it is refused with 409, except `at_rest`: what takes its data away, or
    brings it back to life.
    """

    def decorate(view: Callable[Concatenate[Any, Arguments], ResponseReturnValue]) -> View:
        @wraps(view)
        def door(**arguments: Any) -> ResponseReturnValue:
            slug = arguments.pop(permission.place.value)
            if not current_user.is_authenticated:
                return refuse_unsigned()
            found = resolver()
            place = found.find_place(IdentityScope.of_request(), permission.place, slug)
            if place is None:
                abort(404)
            refusal = found.refuse_sign_in(place) or keep_door(place)
            if refusal is not None:
                return refusal
            actor = _actor()
            db.session.close()
            title, text = place.notice or (None, None)
            if place.access is Access.SHUT:
                return error_page(403, title=title, text=text)
            scope: Home = found.make_scope(place, actor)
            g.scope, g.place_notice = scope, text
            if permission not in place.permissions:
                _note_refusal(scope, permission)
                abort(403)
            if place.access is Access.READ_ONLY and request.method not in SAFE and not at_rest:
                return error_page(409, title=title, text=text)
            return _answer(view, scope, arguments)

        setattr(door, POLICY, permission)
        return door

    return decorate


def signed_in(view: Callable[Concatenate[IdentityScope, Arguments], ResponseReturnValue]) -> View:
    """The door of a person's own pages, which belong to no place."""

    @wraps(view)
    def door(**arguments: Any) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return refuse_unsigned()
        refusal = resolver().refuse_sign_in(None)
        if refusal is not None:
            return refusal
        actor = _actor()
        db.session.close()
        return _answer(view, IdentityScope(actor=actor), arguments)

    setattr(door, POLICY, "signed-in")
    return door


def public(view: View) -> View:
    """No door: a page for everybody, without a scope."""

    @wraps(view)
    def door(**arguments: Any) -> ResponseReturnValue:
        if not csrf_holds():
            return error_page(400, text=STALE)
        return view(**arguments)

    setattr(door, POLICY, "public")
    return door


def harmless(view: View) -> View:
    """No door, and no token asked: for a form that changes nothing, sent from a page that is older than the session."""
    setattr(view, POLICY, "public")
    return view


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """The policy of an endpoint; None where it has none."""
    found: Policy | None = getattr(app.view_functions[endpoint], POLICY, None)
    if found is None and (endpoint in LIBRARY_ENDPOINTS or endpoint.startswith("security.")):
        return "framework"
    return found


def refuse_open_doors(app: Flask) -> None:
    """Raise MissingPolicy where an endpoint has no policy, or a route does not name the place of its permission."""
    for rule in app.url_map.iter_rules():
        policy = policy_of(app, rule.endpoint)
        if policy is None:
            raise MissingPolicy(f"{rule.rule} ({rule.endpoint}) says nothing about who may reach it")
        if isinstance(policy, Permission) and policy.place.value not in rule.arguments:
            raise MissingPolicy(f"{rule.rule} ({rule.endpoint}) does not name its {policy.place}")

"""A person's own account, and what happened to it."""

from flask import current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tia_hub.accounts.queries import list_passkeys
from tia_hub.accounts.views.blueprint import bp
from tia_hub.core.clock import format_time
from tia_hub.core.errors import NotFound
from tia_hub.core.identity import resolver
from tia_hub.core.pages import page
from tia_hub.core.policy import signed_in
from tia_hub.core.scope import IdentityScope
from tia_hub.core.trail import list_own_events
from tia_hub.settings import Settings

FEW_CODES = 3
"""Recovery codes left, at which somebody is asked to get new ones."""
PER_PAGE = 50


@bp.get("/account")
@signed_in
def account(scope: IdentityScope) -> ResponseReturnValue:
    """Who I am here, where I belong, and how I sign in."""
    settings: Settings = current_app.extensions["settings"]
    return page(
        "accounts/account.html",
        places=[(place.name, place.role) for place in resolver().list_places(scope)],
        person=current_user,
        passkeys=list_passkeys(scope, current_user.id),
        few_codes=FEW_CODES,
        second_factor_required=settings.two_factor_required,
    )


@bp.get("/account/history")
@signed_in
def history(scope: IdentityScope) -> ResponseReturnValue:
    """What happened to my account: sign-ins, and changes of how I sign in."""
    before = request.args.get("before")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise NotFound
    events = list_own_events(scope, current_user.id, before=int(before) if before else None, limit=PER_PAGE + 1)
    shown = events[:PER_PAGE]
    return page(
        "accounts/history.html",
        rows=[(format_time(event.created_at), event.words, event.actor_name, event.address or "") for event in shown],
        newest=before is None,
        older=shown[-1].number if len(events) > PER_PAGE else None,
    )

"""A person's own account."""

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tia_hub.core.identity import resolver
from tia_hub.core.pages import page
from tia_hub.core.policy import signed_in
from tia_hub.core.scope import IdentityScope
from tia_hub.settings import Settings

bp = Blueprint("accounts", __name__)


@bp.get("/account")
@signed_in
def account(scope: IdentityScope) -> ResponseReturnValue:
    """Who I am here, where I belong, and how I sign in."""
    settings: Settings = current_app.extensions["settings"]
    return page(
        "accounts/account.html",
        places=[(place.name, place.role) for place in resolver().list_places(scope)],
        person=current_user,
        second_factor_required=settings.two_factor_required,
    )

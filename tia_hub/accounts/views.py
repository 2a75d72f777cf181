"""A person's own account."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tia_hub.core.identity import resolver
from tia_hub.core.pages import page
from tia_hub.core.policy import signed_in
from tia_hub.core.scope import IdentityScope

bp = Blueprint("accounts", __name__)


@bp.get("/account")
@signed_in
def account(scope: IdentityScope) -> ResponseReturnValue:
    """Who I am here, where I belong, and how I sign in."""
    return page("accounts/account.html", places=resolver().list_places(scope))

"""The blueprint of accounts, and what several of its journeys need."""

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.utils import check_and_update_authn_fresh

from tia_hub.accounts.models import Person
from tia_hub.accounts.queries import find_person
from tia_hub.core.errors import NotFound
from tia_hub.core.scope import IdentityScope

bp = Blueprint("accounts", __name__)

FRESH = ("SECURITY_FRESHNESS", "SECURITY_FRESHNESS_GRACE_PERIOD")


def ask_again(back: str) -> ResponseReturnValue | None:
    """The way to show once more who one is, before something that matters; None for who did so lately."""
    within, grace = (current_app.config[name] for name in FRESH)
    if check_and_update_authn_fresh(within, grace, "session"):
        return None
    flash("Show once more that it is you, before you change how you sign in.")
    return redirect(url_for("security.verify", next=back))


def own_person(scope: IdentityScope) -> Person:
    """The person who is signed in, in the transaction of a view. Raises NotFound where they are gone since."""
    person = find_person(scope, current_user.email)
    if person is None:
        raise NotFound
    return person


def wanted() -> str:
    """Where somebody goes on to after signing in."""
    return request.values.get("next") or url_for("home.places")

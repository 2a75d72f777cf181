"""Pages for everybody: roles, about, accessibility, privacy; and whether this process is well."""

from flask import current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from tia_hub.core.pages import page
from tia_hub.core.permissions import Permission, PlaceKind
from tia_hub.core.policy import public
from tia_hub.core.scope import DispatchScope, transaction
from tia_hub.home.presenters.retention import all_rules, purposes
from tia_hub.home.views.blueprint import bp
from tia_hub.settings import Settings
from tia_hub.tenants.types.roles import COORDINATOR_PERMISSIONS, COORDINATOR_WORDS, OPERATOR_MAY, OPERATOR_WORDS, Role
from tia_hub.trainers.types import PROVIDER_PERMISSIONS, PROVIDER_WORDS


@bp.get("/roles")
@public
def roles() -> ResponseReturnValue:
    """Who may do what, made from the code that decides it."""
    permissions = [each for each in Permission if each.place is PlaceKind.ORGANISATION]
    offices = [
        (COORDINATOR_WORDS, "Somebody in the partnership’s office.", COORDINATOR_PERMISSIONS),
        (PROVIDER_WORDS, "Somebody who speaks for a training provider.", PROVIDER_PERMISSIONS),
    ]
    operator = "Somebody who runs the installation, and sees nothing that an organisation or its people wrote."
    return page(
        "home/roles.html",
        roles=list(Role),
        rows=[
            [each.words.capitalize(), *("Yes" if each in role.permissions else "No" for role in Role)] for each in permissions
        ],
        offices=[
            (name, description, [each.words for each in Permission if each in granted])
            for name, description, granted in offices
        ]
        + [(OPERATOR_WORDS, operator, list(OPERATOR_MAY))],
    )


@bp.get("/about")
@public
def about() -> ResponseReturnValue:
    """What this is and where its content comes from."""
    return page("home/about.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """How usable it is for everybody, and whom to tell when it is not."""
    return page("home/accessibility.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """What is kept, where, for how long, and who sees it: from what the rooms hold, and the installation's settings."""
    settings: Settings = current_app.extensions["settings"]
    return page("home/privacy.html", settings=settings, purposes=purposes(), rules=all_rules())


@bp.get("/health")
@public
def health() -> ResponseReturnValue:
    """Whether this process answers and reaches the database, for whoever watches it."""
    with transaction(DispatchScope(), read_only=True) as scope:
        scope.session.execute(text("SELECT 1"))
    return {"status": "ok"}

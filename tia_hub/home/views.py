"""The first page, everybody's places, and the first page of each place."""

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import text

from tia_hub.core.identity import resolver
from tia_hub.core.pages import page, place_url
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import public, require, signed_in
from tia_hub.core.scope import (
    DispatchScope,
    IdentityScope,
    OrganisationScope,
    PartnershipScope,
    ProviderScope,
    transaction,
)
from tia_hub.tenants.types import COORDINATOR_PERMISSIONS, COORDINATOR_WORDS, Role
from tia_hub.trainers.types import PROVIDER_PERMISSIONS, PROVIDER_WORDS

bp = Blueprint("home", __name__)

FIRST_PAGE = {"organisation": "home.work", "partnership": "home.overview", "provider": "home.provider"}


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """What this is, for somebody who comes by."""
    if current_user.is_authenticated:
        return redirect(url_for("home.places"))
    return page("home/index.html")


@bp.get("/places")
@signed_in
def places(scope: IdentityScope) -> ResponseReturnValue:
    """Where one can go; straight on to the only place there is."""
    found = resolver().list_places(scope)
    if len(found) == 1:
        only = found[0]
        return redirect(place_url(FIRST_PAGE[only.kind], only.kind, only.slug))
    return page(
        "home/places.html",
        places=[(place, place_url(FIRST_PAGE[place.kind], place.kind, place.slug)) for place in found],
    )


@bp.get("/o/<organisation>/")
@require(Permission.ORGANISATION_OPEN)
def work(scope: OrganisationScope) -> ResponseReturnValue:
    """What waits for me."""
    return page("home/work.html", scope=scope)


@bp.get("/p/<partnership>/")
@require(Permission.PARTNERSHIP_OPEN)
def overview(scope: PartnershipScope) -> ResponseReturnValue:
    """The partnership at a glance."""
    return page("home/overview.html", scope=scope)


@bp.get("/provider/<provider>/")
@require(Permission.PROVIDER_OPEN)
def provider(scope: ProviderScope) -> ResponseReturnValue:
    """The provider at a glance."""
    return page("home/provider.html", scope=scope)


@bp.get("/roles")
@public
def roles() -> ResponseReturnValue:
    """Who may do what, made from the code that decides it."""
    table: list[tuple[str, str, Any]] = [(role.words, role.description, role.permissions) for role in Role]
    table.append((COORDINATOR_WORDS, "Somebody in the partnership's office.", COORDINATOR_PERMISSIONS))
    table.append((PROVIDER_WORDS, "Somebody who speaks for a training provider.", PROVIDER_PERMISSIONS))
    return page("home/roles.html", roles=table, permissions=list(Permission))


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
    """What is kept, where, for how long, and who sees it."""
    return page("home/privacy.html")


@bp.get("/health")
@public
def health() -> ResponseReturnValue:
    """Whether this process answers and reaches the database, for whoever watches it."""
    with transaction(DispatchScope(), read_only=True) as scope:
        scope.session.execute(text("SELECT 1"))
    return {"status": "ok"}

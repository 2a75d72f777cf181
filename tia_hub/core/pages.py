"""Answering with a page, or with the part of it that htmx asked for; and the frame around every page."""

from dataclasses import dataclass
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    has_request_context,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_htmx import HTMX
from flask_login import current_user

from tia_hub.core.permissions import Permission, PlaceKind
from tia_hub.core.scope import Home, OrganisationScope

htmx = HTMX()


@dataclass(frozen=True)
class NavItem:
    """A page in a place's navigation, for those with its permission."""

    label: str
    endpoint: str
    permission: Permission


@dataclass(frozen=True)
class Link:
    """A link in the frame of a page."""

    label: str
    href: str
    endpoint: str = ""
    current: bool = False


@dataclass(frozen=True)
class Shell:
    """The frame of a page: who is here, in which place, and where they can go."""

    signed_in: bool
    draft_owner: str
    """Whose unsent text a browser tab may offer again; an identifier, since two people can have one name."""
    person_name: str
    place_name: str | None
    place_href: str | None
    place_logo: str | None
    """The address of the place's logo, where it has one."""
    place_notice: str | None
    """What everybody has to know of the place on each of its pages: that it can only be read."""
    nav: list[Link]
    footer_nav: list[Link]
    account_href: str
    places_href: str
    places_words: str
    notices_href: str
    sign_in_href: str
    sign_out_href: str


SEVERAL_PLACES = "several_places"
"""Where a session remembers whether its person was last seen to have several places. It words a link and decides nothing: the
place itself is in the address, so that two tabs do not quarrel."""

FOOTER = (
    ("The framework", "framework.index"),
    ("About", "home.about"),
    ("Accessibility", "home.accessibility"),
    ("Privacy", "home.privacy"),
    ("Roles", "home.roles"),
)


def place_url(endpoint: str, kind: str, slug: str) -> str:
    """The address of a page of a place."""
    place: dict[str, Any] = {kind: slug}
    return url_for(endpoint, **place)


def _links(scope: Home) -> list[Link]:
    navigation: dict[PlaceKind, tuple[NavItem, ...]] = current_app.extensions["navigation"]
    items = [item for item in navigation[PlaceKind(scope.kind)] if scope.may(item.permission)]
    addresses = [place_url(item.endpoint, scope.kind, scope.slug) for item in items]
    # Every address of a place begins with that of its first page, which is current by itself alone.
    above = [href for href in addresses[1:] if (request.path + "/").startswith(href.rstrip("/") + "/")]
    current = request.path if request.path in addresses else max(above, key=len, default=None)
    return [Link(item.label, href, item.endpoint, href == current) for item, href in zip(items, addresses, strict=True)]


def _logo(scope: Home | None) -> str | None:
    if not isinstance(scope, OrganisationScope) or not scope.logo:
        return None
    return url_for("tenants.logo", organisation=scope.slug, picture=scope.logo)


def is_signed_in() -> bool:
    """Whether somebody is signed in, as far as can be told: nobody is while the database is away."""
    return bool(current_user.is_authenticated)


def make_shell() -> Shell:
    """The frame for this request."""
    scope: Home | None = g.get("scope")
    signed_in = is_signed_in()
    links = _links(scope) if scope else []
    return Shell(
        signed_in=signed_in,
        draft_owner=str(current_user.id) if signed_in else "",
        person_name=current_user.name if signed_in else "",
        place_name=scope.name if scope else None,
        place_href=links[0].href if links else None,
        place_logo=_logo(scope),
        place_notice=g.get("place_notice"),
        nav=links,
        footer_nav=[Link(label, url_for(endpoint)) for label, endpoint in FOOTER],
        account_href=url_for("accounts.account"),
        places_href=url_for("home.places"),
        places_words="Switch place" if scope and cookie.get(SEVERAL_PLACES) else "Your places",
        notices_href=url_for("notices.index"),
        sign_in_href=url_for("security.login"),
        sign_out_href=url_for("security.logout"),
    )


def page(template: str, *, part: str | None = None, status: int = 200, **context: Any) -> Response:
    """Answer with a page; with `part`, a template that the page includes, with that alone where htmx asks for it."""
    wanted = part if part is not None and htmx and not htmx.boosted and not htmx.history_restore_request else template
    response = make_response(render_template(wanted, status=status, **context), status)
    response.vary.add("HX-Request")
    return response


def see(endpoint: str, message: str | None = None, **values: Any) -> Response:
    """Send the browser on to a page after something was done, saying what was done there."""
    if message:
        flash(message)
    address = url_for(endpoint, **values)
    if htmx and not htmx.boosted:
        response = make_response("", 204)
        response.headers["HX-Redirect"] = address
        return response
    return make_response(redirect(address, 303))


def download(content: bytes, name: str, mimetype: str) -> Response:
    """Answer with a file to keep, never to be shown as a page."""
    response = make_response(content)
    response.headers.set("Content-Type", mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def register(app: Flask) -> None:
    """Give every template of a page the frame; mails and documents, which no request asks for, have none."""
    htmx.init_app(app)
    app.context_processor(lambda: {"shell": make_shell()} if has_request_context() else {})

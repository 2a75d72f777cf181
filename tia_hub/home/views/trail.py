"""The trail of an organisation and of the coordinator's office: read, searched, taken away, its chain checked."""

from datetime import date
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue

from tia_hub.core.chain import check_chain, get_head
from tia_hub.core.clock import today
from tia_hub.core.errors import NotFound
from tia_hub.core.pages import download, page, place_url
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import Home, OrganisationScope, PartnershipScope
from tia_hub.core.sheets.types import SheetKind
from tia_hub.core.sheets.writing import write_csv
from tia_hub.core.trail import Wanted, list_events, list_kinds, record
from tia_hub.home.forms import TrailSearch
from tia_hub.home.presenters.trail import (
    HEADER,
    PER_PAGE,
    chain_words,
    kind_words,
    make_rows,
    make_trail_page,
    read_number,
    short_hash,
)
from tia_hub.home.views.blueprint import bp

MOST_EXPORTED = 100_000
"""Events in one file; for older ones, choose an earlier last day."""
MOST_CHECKED = 2_000
"""Events that a page checks; the operator's command checks all."""


@bp.get("/o/<organisation>/trail")
@require(Permission.ORGANISATION_TRAIL)
def organisation_trail(scope: OrganisationScope) -> ResponseReturnValue:
    """Who did what in the organisation."""
    return _trail(scope)


@bp.get("/p/<partnership>/trail")
@require(Permission.PARTNERSHIP_TRAIL)
def partnership_trail(scope: PartnershipScope) -> ResponseReturnValue:
    """Who did what in the coordinator's office."""
    return _trail(scope)


@bp.post("/o/<organisation>/trail")
@require(Permission.ORGANISATION_TRAIL, at_rest=True)
def export_organisation_trail(scope: OrganisationScope) -> ResponseReturnValue:
    """The organisation's trail as a sheet."""
    return _export(scope)


@bp.post("/p/<partnership>/trail")
@require(Permission.PARTNERSHIP_TRAIL)
def export_partnership_trail(scope: PartnershipScope) -> ResponseReturnValue:
    """The trail of the coordinator's office as a sheet."""
    return _export(scope)


@bp.get("/o/<organisation>/trail/chain")
@require(Permission.ORGANISATION_TRAIL)
def organisation_chain(scope: OrganisationScope) -> ResponseReturnValue:
    """Whether the organisation's trail is whole."""
    return _chain(scope)


@bp.get("/p/<partnership>/trail/chain")
@require(Permission.PARTNERSHIP_TRAIL)
def partnership_chain(scope: PartnershipScope) -> ResponseReturnValue:
    """Whether the trail of the coordinator's office is whole."""
    return _chain(scope)


def _search(scope: Home) -> TrailSearch:
    return TrailSearch([(kind, kind_words(kind)) for kind in list_kinds(scope)], formdata=request.values)


def _address(scope: Home, endpoint: str) -> str:
    return place_url(f"home.{scope.kind}_{endpoint}", scope.kind, scope.slug)


def _trail(scope: Home) -> ResponseReturnValue:
    try:
        before = read_number(request.args.get("before"))
    except ValueError as fault:
        raise NotFound from fault
    form = _search(scope)
    valid = form.validate()
    wanted = form.wanted() if valid else Wanted()
    events = list_events(scope, wanted=wanted, before=before, limit=PER_PAGE + 1) if valid else []
    asked = {name: value for name, value in request.args.items() if value and name != "before"}
    address = _address(scope, "trail")
    trail = make_trail_page(events)
    return page(
        "home/trail.html",
        part="home/_trail.html",
        status=200 if valid else 422,
        scope=scope,
        form=form,
        trail=trail,
        address=address,
        chain=_address(scope, "chain"),
        filtered=wanted != Wanted(),
        asked=list(asked.items()),
        older=f"{address}?{urlencode(asked | {'before': trail.older})}" if trail.older else None,
        newest=f"{address}?{urlencode(asked)}".rstrip("?") if before else None,
        most=MOST_EXPORTED,
    )


def _export(scope: Home) -> ResponseReturnValue:
    form = _search(scope)
    if not form.validate():
        raise NotFound
    events = list_events(scope, wanted=form.wanted(), limit=MOST_EXPORTED)
    noun = "event" if len(events) == 1 else "events"
    record(scope, "export.trail", f"Downloaded the trail as a sheet, with {len(events):,} {noun}")
    name = f"trail-{scope.slug}-{today().isoformat()}.csv"
    return download(b"".join(write_csv(HEADER, make_rows(events))), name, SheetKind.CSV.mimetype)


def _chain(scope: Home) -> ResponseReturnValue:
    checked = check_chain(scope, scope.home_id, newest=MOST_CHECKED)
    head = get_head(scope, scope.home_id)
    day: date = today()
    return page(
        "home/trail_chain.html",
        scope=scope,
        checked=checked,
        words=chain_words(checked),
        head=head,
        hash=short_hash(head),
        day=day,
        trail=_address(scope, "trail"),
        most=MOST_CHECKED,
    )

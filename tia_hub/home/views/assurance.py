"""The page that an organisation hands to its auditor."""

from flask import current_app
from flask.typing import ResponseReturnValue

from tia_hub.core.chain import check_chain
from tia_hub.core.clock import now, today
from tia_hub.core.pages import download, page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.sheets.types import SheetKind
from tia_hub.core.sheets.writing import write_csv
from tia_hub.core.trail import Wanted, list_events, record
from tia_hub.home.forms import ReviewForm
from tia_hub.home.presenters.assurance import (
    HEADER,
    access_rows,
    factor_words,
    invitation_rows,
    review_rows,
    sheet_rows,
)
from tia_hub.home.presenters.trail import chain_words, make_trail_page, short_hash
from tia_hub.home.services.reviewing import list_access, list_open_invitations, list_reviews, record_review
from tia_hub.home.views.blueprint import bp
from tia_hub.home.views.trail import MOST_CHECKED
from tia_hub.settings import Settings

EXTRACT = 20
"""Events of people, roles and access that the page shows."""


@bp.get("/o/<organisation>/assurance")
@require(Permission.ORGANISATION_TRAIL)
def assurance(scope: OrganisationScope) -> ResponseReturnValue:
    """Evidence of who has access, how they sign in, that somebody reviews it, and that the trail is whole."""
    return _assurance(scope, ReviewForm())


def _assurance(scope: OrganisationScope, form: ReviewForm, status: int = 200) -> ResponseReturnValue:
    settings: Settings = current_app.extensions["settings"]
    access = list_access(scope)
    checked = check_chain(scope, scope.organisation_id, newest=MOST_CHECKED)
    events = list_events(scope, wanted=Wanted(kind="member"), limit=EXTRACT)
    return page(
        "home/assurance.html",
        status=status,
        scope=scope,
        form=form,
        at=now(),
        factor=factor_words(access, required=settings.two_factor_required),
        present=access_rows(access, ended=False),
        former=access_rows(access, ended=True),
        invitations=invitation_rows(list_open_invitations(scope)),
        reviews=review_rows(list_reviews(scope)),
        events=[row[:4] for row in make_trail_page(events).rows],
        checked=checked,
        chain=chain_words(checked),
        hash=short_hash(checked.head),
        may_review=scope.may(Permission.PEOPLE_MANAGE),
    )


@bp.post("/o/<organisation>/assurance")
@require(Permission.ORGANISATION_TRAIL)
def export_access(scope: OrganisationScope) -> ResponseReturnValue:
    """Who has and had access, as a sheet."""
    rows = sheet_rows(list_access(scope))
    record(scope, "export.access", f"Downloaded who has access as a sheet, with {len(rows):,} people")
    name = f"access-{scope.slug}-{today().isoformat()}.csv"
    return download(b"".join(write_csv(HEADER, rows)), name, SheetKind.CSV.mimetype)


@bp.post("/o/<organisation>/assurance/review")
@require(Permission.PEOPLE_MANAGE)
def review_access(scope: OrganisationScope) -> ResponseReturnValue:
    """Say that I looked through who has access."""
    form = ReviewForm()
    if not form.validate():
        return _assurance(scope, form, 422)
    record_review(scope, form.note.data or "")
    return see("home.assurance", "Your review is noted.", organisation=scope.slug)

"""The page "Organisation" of its leads: its entry, what they may change of it, and its logo."""

from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.pictures import BadPicture
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.tenants.forms.organisations import LogoForm, OwnOrganisationForm
from tia_hub.tenants.presenters.lifecycle import STATE_COLOURS
from tia_hub.tenants.queries.contacts import list_leads, list_office
from tia_hub.tenants.queries.organisations import get_logo, get_own_organisation
from tia_hub.tenants.services.logos import change_logo, remove_logo
from tia_hub.tenants.services.organisations import change_own_organisation, confirm_entry
from tia_hub.tenants.types.organisations import Sector
from tia_hub.tenants.views.blueprint import bp


@bp.get("/o/<organisation>/organisation")
@require(Permission.ORGANISATION_CHANGE)
def own_organisation(scope: OrganisationScope) -> ResponseReturnValue:
    """The organisation's entry, with who leads it and who is in the coordinator's office."""
    organisation = get_own_organisation(scope)
    return page(
        "tenants/own_organisation.html",
        organisation=organisation,
        sector=Sector(organisation.sector),
        leads=list_leads(scope, organisation.id),
        office=list_office(scope),
        state=organisation.life.state,
        state_colours=STATE_COLOURS,
        scope=scope,
    )


def _form_page(scope: OrganisationScope, form: OwnOrganisationForm, status: int = 200) -> ResponseReturnValue:
    return page("tenants/own_organisation_form.html", form=form, scope=scope, status=status)


@bp.get("/o/<organisation>/organisation/change")
@require(Permission.ORGANISATION_CHANGE)
def edit_own(scope: OrganisationScope) -> ResponseReturnValue:
    """The form of what a lead may change."""
    organisation = get_own_organisation(scope)
    return _form_page(scope, OwnOrganisationForm(formdata=None, data={"headcount": str(organisation.headcount)}))


@bp.post("/o/<organisation>/organisation/change")
@require(Permission.ORGANISATION_CHANGE)
def save_own(scope: OrganisationScope) -> ResponseReturnValue:
    """Change it."""
    form = OwnOrganisationForm()
    if not form.validate():
        return _form_page(scope, form, status=422)
    change_own_organisation(scope, headcount=form.number)
    return see("tenants.own_organisation", "The number of staff was changed.", organisation=scope.slug)


@bp.post("/o/<organisation>/organisation/check")
@require(Permission.ORGANISATION_CHANGE)
def check_own(scope: OrganisationScope) -> ResponseReturnValue:
    """Say that the entry is right."""
    confirm_entry(scope)
    return see("tenants.own_organisation", "Thank you. The entry is checked.", organisation=scope.slug)


def _logo_page(scope: OrganisationScope, form: LogoForm, status: int = 200) -> ResponseReturnValue:
    return page("tenants/logo.html", form=form, scope=scope, status=status)


@bp.get("/o/<organisation>/organisation/logo")
@require(Permission.ORGANISATION_CHANGE)
def edit_logo(scope: OrganisationScope) -> ResponseReturnValue:
    """The form of the logo."""
    return _logo_page(scope, LogoForm(formdata=None))


@bp.post("/o/<organisation>/organisation/logo")
@require(Permission.ORGANISATION_CHANGE)
def save_logo(scope: OrganisationScope) -> ResponseReturnValue:
    """Take a picture as the logo."""
    form = LogoForm()
    if not form.validate():
        return _logo_page(scope, form, status=422)
    try:
        change_logo(scope, form.picture.data.read())
    except BadPicture as fault:
        form.picture.errors = [str(fault)]
        return _logo_page(scope, form, status=422)
    return see("tenants.own_organisation", "The logo was changed.", organisation=scope.slug)


@bp.post("/o/<organisation>/organisation/logo/remove")
@require(Permission.ORGANISATION_CHANGE)
def drop_logo(scope: OrganisationScope) -> ResponseReturnValue:
    """Take the logo away."""
    remove_logo(scope)
    return see("tenants.own_organisation", "The logo was removed.", organisation=scope.slug)


def _picture(content: bytes) -> Response:
    response = Response(content, content_type="image/png")
    response.headers["Content-Disposition"] = 'inline; filename="logo.png"'
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@bp.get("/o/<organisation>/logo/<picture>")
@require(Permission.ORGANISATION_OPEN)
def logo(scope: OrganisationScope, picture: str) -> ResponseReturnValue:
    """The logo, for everybody in the organisation."""
    return _picture(get_logo(scope, scope.organisation_id, picture))


@bp.get("/p/<partnership>/organisations/<uuid:organisation_id>/logo/<picture>")
@require(Permission.ORGANISATION_MANAGE)
def logo_for_office(scope: PartnershipScope, organisation_id: UUID, picture: str) -> ResponseReturnValue:
    """The logo, for the coordinator's office."""
    return _picture(get_logo(scope, organisation_id, picture))

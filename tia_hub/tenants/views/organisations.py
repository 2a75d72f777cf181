"""The coordinator's list of organisations, each one's entry, and the invitation of its lead."""

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from tia_hub.core.errors import Refused
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import PartnershipScope
from tia_hub.tenants.forms.organisations import InviteLeadForm, OrganisationForm
from tia_hub.tenants.presenters.invitations import invitation_row
from tia_hub.tenants.presenters.lifecycle import ABOUT_STEPS, STATE_COLOURS
from tia_hub.tenants.queries.contacts import list_leads
from tia_hub.tenants.queries.invitations import list_invitations
from tia_hub.tenants.queries.joining_requests import count_waiting_requests
from tia_hub.tenants.queries.organisations import get_organisation, list_areas, search_organisations
from tia_hub.tenants.services.invitations import invite_lead, resend_invitation, revoke_invitation
from tia_hub.tenants.services.organisations import change_organisation, create_organisation
from tia_hub.tenants.types.organisations import OrganisationState, Sector, Step
from tia_hub.tenants.views.blueprint import asked_for, bp


@bp.get("/p/<partnership>/organisations")
@require(Permission.ORGANISATION_MANAGE)
def organisations(scope: PartnershipScope) -> ResponseReturnValue:
    """All organisations of the partnership, searched as one types."""
    search, number = asked_for()
    found = search_organisations(scope, search=search, page=number)
    return page(
        "tenants/organisations.html",
        part="tenants/_organisations.html",
        found=found,
        search=search,
        sectors=Sector,
        states=OrganisationState,
        waiting_requests=count_waiting_requests(scope),
        state_colours=STATE_COLOURS,
        scope=scope,
        href=lambda number: url_for("tenants.organisations", partnership=scope.slug, q=search or None, page=number),
    )


def _form_page(
    scope: PartnershipScope, form: OrganisationForm, organisation_id: UUID | None = None, status: int = 200
) -> ResponseReturnValue:
    return page("tenants/organisation_form.html", form=form, organisation_id=organisation_id, scope=scope, status=status)


@bp.get("/p/<partnership>/organisations/new")
@require(Permission.ORGANISATION_MANAGE)
def new_organisation(scope: PartnershipScope) -> ResponseReturnValue:
    """The form of a new organisation."""
    return _form_page(scope, OrganisationForm(list_areas(scope)))


@bp.post("/p/<partnership>/organisations/new")
@require(Permission.ORGANISATION_MANAGE)
def add_organisation(scope: PartnershipScope) -> ResponseReturnValue:
    """Make an organisation."""
    form = OrganisationForm(list_areas(scope))
    if not form.validate():
        return _form_page(scope, form, status=422)
    try:
        organisation_id = create_organisation(scope, **form.values())
    except Refused as refusal:
        form.name.errors = [str(refusal)]
        return _form_page(scope, form, status=422)
    return see(
        "tenants.organisation",
        f"{form.name.data} was added. Invite the person who leads this work there.",
        partnership=scope.slug,
        organisation_id=organisation_id,
    )


@bp.get("/p/<partnership>/organisations/<uuid:organisation_id>")
@require(Permission.ORGANISATION_MANAGE)
def organisation(scope: PartnershipScope, organisation_id: UUID) -> ResponseReturnValue:
    """An organisation's entry and its leads' invitations."""
    return _organisation_page(scope, organisation_id, InviteLeadForm(formdata=None))


def _organisation_page(
    scope: PartnershipScope, organisation_id: UUID, form: InviteLeadForm, status: int = 200
) -> ResponseReturnValue:
    organisation = get_organisation(scope, organisation_id)
    return page(
        "tenants/organisation.html",
        organisation=organisation,
        sector=Sector(organisation.sector),
        invitations=[invitation_row(each) for each in list_invitations(scope, organisation_id=organisation_id)],
        leads=list_leads(scope, organisation_id),
        steps=[step for step in organisation.life.steps if step is not Step.KEEP or organisation.closing_by_partnership],
        about_steps=ABOUT_STEPS,
        state_colours=STATE_COLOURS,
        form=form,
        scope=scope,
        status=status,
    )


@bp.post("/p/<partnership>/organisations/<uuid:organisation_id>")
@require(Permission.ORGANISATION_MANAGE)
def invite_a_lead(scope: PartnershipScope, organisation_id: UUID) -> ResponseReturnValue:
    """Invite the person who leads the work there."""
    form = InviteLeadForm()
    if not form.validate():
        return _organisation_page(scope, organisation_id, form, status=422)
    try:
        invite_lead(scope, organisation_id, email=form.email.data or "", name=form.name.data or "")
    except Refused as refusal:
        form.email.errors = [str(refusal)]
        return _organisation_page(scope, organisation_id, form, status=422)
    message = f"An invitation is on its way to {form.email.data}."
    if list_leads(scope, organisation_id):
        message = f"The leads were asked. Once one of them confirms {form.name.data}, the invitation is sent."
    return see(
        "tenants.organisation",
        message,
        partnership=scope.slug,
        organisation_id=organisation_id,
    )


@bp.get("/p/<partnership>/organisations/<uuid:organisation_id>/change")
@require(Permission.ORGANISATION_MANAGE)
def edit_organisation(scope: PartnershipScope, organisation_id: UUID) -> ResponseReturnValue:
    """The form of an organisation's entry."""
    organisation = get_organisation(scope, organisation_id)
    form = OrganisationForm(
        list_areas(scope),
        formdata=None,
        data={
            "name": organisation.name,
            "sector": organisation.sector,
            "headcount": str(organisation.headcount),
            "areas": [str(area.id) for area in organisation.areas],
        },
    )
    return _form_page(scope, form, organisation_id)


@bp.post("/p/<partnership>/organisations/<uuid:organisation_id>/change")
@require(Permission.ORGANISATION_MANAGE)
def save_organisation(scope: PartnershipScope, organisation_id: UUID) -> ResponseReturnValue:
    """Change an organisation's entry."""
    get_organisation(scope, organisation_id)
    form = OrganisationForm(list_areas(scope))
    if not form.validate():
        return _form_page(scope, form, organisation_id, status=422)
    try:
        change_organisation(scope, organisation_id, **form.values())
    except Refused as refusal:
        form.name.errors = [str(refusal)]
        return _form_page(scope, form, organisation_id, status=422)
    return see("tenants.organisation", "The entry was changed.", partnership=scope.slug, organisation_id=organisation_id)


@bp.post("/p/<partnership>/organisations/invitations/<uuid:invitation_id>/resend")
@require(Permission.ORGANISATION_MANAGE)
def resend_lead_invitation(scope: PartnershipScope, invitation_id: UUID) -> ResponseReturnValue:
    """Send a lead's invitation again."""
    invitation = resend_invitation(scope, invitation_id)
    message = f"A new invitation is on its way to {invitation.email}. The one before no longer works."
    if invitation.awaits_lead:
        message = f"The leads were asked once more to confirm {invitation.name}. The link sent before no longer works."
    return see("tenants.organisation", message, partnership=scope.slug, organisation_id=invitation.organisation_id)


@bp.post("/p/<partnership>/organisations/invitations/<uuid:invitation_id>/withdraw")
@require(Permission.ORGANISATION_MANAGE)
def withdraw_lead_invitation(scope: PartnershipScope, invitation_id: UUID) -> ResponseReturnValue:
    """Withdraw a lead's invitation."""
    invitation = revoke_invitation(scope, invitation_id)
    message = f"The invitation of {invitation.name} was withdrawn."
    return see("tenants.organisation", message, partnership=scope.slug, organisation_id=invitation.organisation_id)

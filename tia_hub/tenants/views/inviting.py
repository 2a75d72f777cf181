"""Inviting people into an organisation: one at a time, or many; and what became of it."""

from uuid import UUID

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.settings import Settings
from tia_hub.tenants.forms import InviteForm
from tia_hub.tenants.presenters import invitation_row
from tia_hub.tenants.queries import count_sending, list_members_with_role, list_teams, search_invitations
from tia_hub.tenants.services.invitations import AlreadyInvited, invite_member, resend_invitation, revoke_invitation
from tia_hub.tenants.services.many_invitations import is_sending, send_waiting
from tia_hub.tenants.services.people import MAY_MANAGE
from tia_hub.tenants.types import Role
from tia_hub.tenants.views.blueprint import asked_for, bp


@bp.get("/o/<organisation>/people/invitations")
@require(Permission.PEOPLE_MANAGE)
def invitations(scope: OrganisationScope) -> ResponseReturnValue:
    """Who was invited, what became of it, and how far the mails are."""
    search, number = asked_for()
    undelivered = request.args.get("show") == "undelivered"
    found = search_invitations(scope, search=search, page=number, undelivered=undelivered)
    settings: Settings = current_app.extensions["settings"]
    return page(
        "tenants/invitations.html",
        part="tenants/_invitations.html",
        found=found,
        rows=[invitation_row(*row) for row in found.items],
        search=search,
        undelivered=undelivered,
        sending=count_sending(scope),
        live=is_sending(scope),
        per_minute=settings.invitations_per_minute,
        scope=scope,
        href=lambda number: url_for(
            "tenants.invitations",
            organisation=scope.slug,
            q=search or None,
            show="undelivered" if undelivered else None,
            page=number,
        ),
    )


@bp.post("/o/<organisation>/people/invitations/go-on")
@require(Permission.PEOPLE_MANAGE)
def go_on_sending(scope: OrganisationScope) -> ResponseReturnValue:
    """Have the mails written that still wait, where that had stopped."""
    send_waiting(scope)
    return see("tenants.invitations", "The invitations that wait are being sent.", organisation=scope.slug)


def _invite_page(scope: OrganisationScope, form: InviteForm, status: int = 200) -> ResponseReturnValue:
    return page("tenants/invite.html", form=form, roles=Role, scope=scope, status=status)


def _offer(scope: OrganisationScope, form: InviteForm) -> None:
    form.offer(list_teams(scope), list_members_with_role(scope, MAY_MANAGE))


@bp.get("/o/<organisation>/people/invite")
@require(Permission.PEOPLE_MANAGE)
def invite(scope: OrganisationScope) -> ResponseReturnValue:
    """The form of an invitation."""
    form = InviteForm(formdata=None)
    _offer(scope, form)
    return _invite_page(scope, form)


@bp.post("/o/<organisation>/people/invite")
@require(Permission.PEOPLE_MANAGE)
def send_invitation(scope: OrganisationScope) -> ResponseReturnValue:
    """Invite somebody."""
    form = InviteForm()
    _offer(scope, form)
    if not form.validate():
        return _invite_page(scope, form, status=422)
    try:
        invite_member(scope, **form.values())
    except AlreadyInvited as refusal:
        form.email.errors = [str(refusal)]
        return _invite_page(scope, form, status=422)
    return see("tenants.invitations", f"An invitation is on its way to {form.email.data}.", organisation=scope.slug)


@bp.post("/o/<organisation>/people/invitations/<uuid:invitation_id>/resend")
@require(Permission.PEOPLE_MANAGE)
def resend(scope: OrganisationScope, invitation_id: UUID) -> ResponseReturnValue:
    """Send an invitation again."""
    invitation = resend_invitation(scope, invitation_id)
    message = f"A new invitation is on its way to {invitation.email}. The one before no longer works."
    return see("tenants.invitations", message, organisation=scope.slug)


@bp.post("/o/<organisation>/people/invitations/<uuid:invitation_id>/withdraw")
@require(Permission.PEOPLE_MANAGE)
def withdraw(scope: OrganisationScope, invitation_id: UUID) -> ResponseReturnValue:
    """Withdraw an invitation."""
    invitation = revoke_invitation(scope, invitation_id)
    return see("tenants.invitations", f"The invitation of {invitation.name} was withdrawn.", organisation=scope.slug)

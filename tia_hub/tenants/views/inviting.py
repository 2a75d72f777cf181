"""Inviting people into an organisation: one at a time, or many; and what became of it."""

from uuid import UUID

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue

from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.settings import Settings
from tia_hub.tenants.forms.invitations import InviteForm, InviteManyForm
from tia_hub.tenants.pasting import MOST_LINES, Line, read_lines, without
from tia_hub.tenants.presenters.invitations import Preview, invitation_row, invited_words, make_preview
from tia_hub.tenants.queries.invitations import count_sending, search_invitations
from tia_hub.tenants.queries.people import list_members_with_role
from tia_hub.tenants.queries.teams import list_teams
from tia_hub.tenants.services.invitations import (
    AlreadyInvited,
    confirm_lead,
    invite_member,
    resend_invitation,
    revoke_invitation,
)
from tia_hub.tenants.services.many_invitations import invite_many, is_sending, look_up, send_waiting
from tia_hub.tenants.services.people import MAY_MANAGE, check_manager
from tia_hub.tenants.types.invitations import Invitee
from tia_hub.tenants.types.roles import Role
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


def _offer(scope: OrganisationScope, form: InviteForm | InviteManyForm) -> None:
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


@bp.get("/o/<organisation>/people/invite/many")
@require(Permission.PEOPLE_MANAGE)
def invite_several(scope: OrganisationScope) -> ResponseReturnValue:
    """The form of many invitations: addresses to paste."""
    form = InviteManyForm(formdata=None)
    _offer(scope, form)
    return _many_page(scope, form)


def _many_page(
    scope: OrganisationScope, form: InviteManyForm, preview: Preview | None = None, *, done: str = "", status: int = 200
) -> ResponseReturnValue:
    return page(
        "tenants/invite_many.html",
        form=form,
        preview=preview,
        done=done,
        most=MOST_LINES,
        roles=Role,
        scope=scope,
        status=status,
    )


@bp.post("/o/<organisation>/people/invite/many")
@require(Permission.PEOPLE_MANAGE)
def send_several(scope: OrganisationScope) -> ResponseReturnValue:
    """Show what was pasted line by line or, once that was seen, invite those whose lines are right."""
    form = InviteManyForm()
    _offer(scope, form)
    if not form.validate():
        return _many_page(scope, form, status=422)
    lines = read_lines(form.addresses.data or "")
    if len(lines) > MOST_LINES:
        form.addresses.errors = [f"Paste {MOST_LINES:,} lines or fewer at a time. There are {len(lines):,}"]
        return _many_page(scope, form, status=422)
    right = [line for line in lines if not line.fault]
    if request.form.get("step") != "invite" or not right:
        preview = make_preview(lines, look_up(scope, [line.email for line in right]))
        if preview.faults:
            form.addresses.errors = [preview.fault_words]
        return _many_page(scope, form, preview, status=422 if preview.faults else 200)
    invited = invite_many(scope, _invitees(scope, form, right))
    message = invited_words(invited)
    if len(right) == len(lines):
        return see("tenants.invitations", message, organisation=scope.slug)
    form.addresses.data = without(form.addresses.data or "", right)
    left = read_lines(form.addresses.data)
    return _many_page(scope, form, make_preview(left, look_up(scope, [])), done=message)


def _invitees(scope: OrganisationScope, form: InviteManyForm, lines: list[Line]) -> list[Invitee]:
    entry = form.values()
    manager_id = entry.pop("manager_id")
    manager_email = check_manager(scope, manager_id).person.email if manager_id else None
    return [Invitee(email=line.email, name=line.name, manager_email=manager_email, **entry) for line in lines]


@bp.post("/o/<organisation>/people/invitations/<uuid:invitation_id>/resend")
@require(Permission.PEOPLE_MANAGE)
def resend(scope: OrganisationScope, invitation_id: UUID) -> ResponseReturnValue:
    """Send an invitation again."""
    invitation = resend_invitation(scope, invitation_id)
    message = f"A new invitation is on its way to {invitation.email}. The one before no longer works."
    return see("tenants.invitations", message, organisation=scope.slug)


@bp.post("/o/<organisation>/people/invitations/<uuid:invitation_id>/confirm")
@require(Permission.PEOPLE_MANAGE)
def confirm(scope: OrganisationScope, invitation_id: UUID) -> ResponseReturnValue:
    """Confirm somebody whom the coordinator's office invites as a further lead."""
    invitation = confirm_lead(scope, invitation_id)
    return see("tenants.invitations", f"An invitation is on its way to {invitation.email}.", organisation=scope.slug)


@bp.post("/o/<organisation>/people/invitations/<uuid:invitation_id>/withdraw")
@require(Permission.PEOPLE_MANAGE)
def withdraw(scope: OrganisationScope, invitation_id: UUID) -> ResponseReturnValue:
    """Withdraw an invitation."""
    invitation = revoke_invitation(scope, invitation_id)
    return see("tenants.invitations", f"The invitation of {invitation.name} was withdrawn.", organisation=scope.slug)

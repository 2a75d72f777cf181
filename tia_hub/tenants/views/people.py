"""The people of an organisation: found, invited, placed, and their leaving."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tia_hub.core.errors import Refused
from tia_hub.core.pages import htmx, page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.forms import InviteForm, MemberForm, PeopleForm
from tia_hub.tenants.models import Membership
from tia_hub.tenants.presenters import COLOURS, present_invited, present_people
from tia_hub.tenants.queries.invitations import list_invitations, search_invited
from tia_hub.tenants.queries.people import get_member, list_members_with_role, list_reports, search_people
from tia_hub.tenants.queries.teams import list_teams
from tia_hub.tenants.services.invitations import (
    AlreadyInvited,
    confirm_lead,
    invite_member,
    resend_invitation,
    revoke_invitation,
)
from tia_hub.tenants.services.people import MAY_MANAGE, StillManages, change_member
from tia_hub.tenants.types import PeopleState, Role, Slice
from tia_hub.tenants.views.blueprint import asked_for, bp


@bp.get("/o/<organisation>/people")
@require(Permission.PEOPLE_MANAGE)
def people(scope: OrganisationScope) -> ResponseReturnValue:
    """Everybody in the organisation, searched as one types; by role, team and state, in several orders."""
    search, number = asked_for()
    form = PeopleForm(formdata=request.args)
    # Of the list alone, which is fetched as one types, the teams are needed only where they choose who is in it.
    teams = list_teams(scope) if not htmx or form.needs_teams else []
    form.offer(teams)
    wanted = form.wanted(teams, search=search, page=number)
    found: Slice[Any]
    if wanted.state is PeopleState.INVITED:
        found = search_invited(scope, wanted)
        rows = present_invited(found, teams, organisation=scope.slug)
    else:
        found = search_people(scope, wanted)
        rows = present_people(found, organisation=scope.slug)
    return page(
        "tenants/people.html",
        part="tenants/_people.html",
        found=found,
        rows=rows,
        form=form,
        search=search,
        chosen=form.chosen,
        scope=scope,
        href=lambda number: url_for("tenants.people", organisation=scope.slug, q=search or None, **form.chosen, page=number),
    )


@bp.get("/o/<organisation>/people/invitations")
@require(Permission.PEOPLE_MANAGE)
def invitations(scope: OrganisationScope) -> ResponseReturnValue:
    """Who was invited, and what became of it."""
    return page("tenants/invitations.html", invitations=list_invitations(scope), colours=COLOURS, roles=Role, scope=scope)


def _invite_page(scope: OrganisationScope, form: InviteForm, status: int = 200) -> ResponseReturnValue:
    return page("tenants/invite.html", form=form, roles=Role, scope=scope, status=status)


def _offer(scope: OrganisationScope, form: InviteForm | MemberForm, but: UUID | None = None) -> None:
    managers = [member for member in list_members_with_role(scope, MAY_MANAGE) if member.id != but]
    form.offer(list_teams(scope), managers)


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


def _person_page(scope: OrganisationScope, member: Membership, form: MemberForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "tenants/person.html",
        member=member,
        reports=list_reports(scope, member.id),
        role=Role(member.role),
        roles=Role,
        form=form,
        scope=scope,
        status=status,
    )


@bp.get("/o/<organisation>/people/<uuid:membership_id>")
@require(Permission.PEOPLE_MANAGE)
def person(scope: OrganisationScope, membership_id: UUID) -> ResponseReturnValue:
    """A member's place in the organisation."""
    member = get_member(scope, membership_id)
    form = MemberForm(
        formdata=None,
        data={
            "role": member.role,
            "job_title": member.job_title,
            "team": str(member.team_id or ""),
            "manager": str(member.manager_id or ""),
        },
    )
    _offer(scope, form, but=member.id)
    return _person_page(scope, member, form)


@bp.post("/o/<organisation>/people/<uuid:membership_id>")
@require(Permission.PEOPLE_MANAGE)
def save_person(scope: OrganisationScope, membership_id: UUID) -> ResponseReturnValue:
    """Change a member's place."""
    member = get_member(scope, membership_id)
    form = MemberForm()
    _offer(scope, form, but=member.id)
    if not form.validate():
        return _person_page(scope, member, form, status=422)
    try:
        change_member(scope, membership_id, **form.values())
    except StillManages as refusal:
        form.role.errors = [str(refusal)]
        return _person_page(scope, member, form, status=422)
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _person_page(scope, member, form, status=422)
    return see(
        "tenants.person",
        f"The entry of {member.person.name} was changed.",
        organisation=scope.slug,
        membership_id=membership_id,
    )

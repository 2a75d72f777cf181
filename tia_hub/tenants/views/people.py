"""The people of an organisation: found and placed."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from tia_hub.core.errors import Refused
from tia_hub.core.pages import htmx, page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.forms.people import MemberForm, PeopleForm
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.presenters.people import present_invited, present_people
from tia_hub.tenants.queries.invitations import search_invited
from tia_hub.tenants.queries.people import get_member, list_members_with_role, list_reports, search_people
from tia_hub.tenants.queries.teams import list_teams
from tia_hub.tenants.services.people import MAY_MANAGE, StillManages, change_member
from tia_hub.tenants.types.lists import Slice
from tia_hub.tenants.types.people import PeopleState
from tia_hub.tenants.types.roles import Role
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


def _offer(scope: OrganisationScope, form: MemberForm, but: UUID) -> None:
    managers = [member for member in list_members_with_role(scope, MAY_MANAGE) if member.id != but]
    form.offer(list_teams(scope), managers)


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

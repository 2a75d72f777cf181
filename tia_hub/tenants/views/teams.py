"""The teams of an organisation, as a tree: made, moved, merged, closed, deleted."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from tia_hub.core.errors import Refused
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.forms.teams import MergeForm, TeamForm
from tia_hub.tenants.models.people import Team
from tia_hub.tenants.presenters.teams import present_level, present_teams
from tia_hub.tenants.queries.teams import count_people_by_team, get_team, list_teams
from tia_hub.tenants.services.teams import (
    NameTaken,
    change_team,
    close_team,
    create_team,
    delete_team,
    find_held,
    merge_teams,
    open_team,
)
from tia_hub.tenants.trees import ancestors, within
from tia_hub.tenants.views.blueprint import bp


@bp.get("/o/<organisation>/teams")
@require(Permission.PEOPLE_MANAGE)
def teams(scope: OrganisationScope) -> ResponseReturnValue:
    """All teams."""
    rows = present_teams(list_teams(scope), count_people_by_team(scope))
    return page("tenants/teams.html", rows=rows, closed=list_teams(scope, closed=True), scope=scope)


def _form_page(scope: OrganisationScope, form: TeamForm, team: Team | None = None, status: int = 200) -> ResponseReturnValue:
    return page("tenants/team_form.html", form=form, team=team, scope=scope, status=status)


@bp.get("/o/<organisation>/teams/new")
@require(Permission.PEOPLE_MANAGE)
def new_team(scope: OrganisationScope) -> ResponseReturnValue:
    """The form of a new team."""
    form = TeamForm(formdata=None)
    form.offer(list_teams(scope))
    return _form_page(scope, form)


@bp.post("/o/<organisation>/teams/new")
@require(Permission.PEOPLE_MANAGE)
def add_team(scope: OrganisationScope) -> ResponseReturnValue:
    """Make a team."""
    form = TeamForm()
    form.offer(list_teams(scope))
    if not form.validate():
        return _form_page(scope, form, status=422)
    try:
        team_id = create_team(scope, **form.values())
    except NameTaken as refusal:
        form.name.errors = [str(refusal)]
        return _form_page(scope, form, status=422)
    return see("tenants.team", f"The team {form.name.data} was added.", organisation=scope.slug, team_id=team_id)


@bp.get("/o/<organisation>/teams/<uuid:team_id>")
@require(Permission.PEOPLE_MANAGE)
def team(scope: OrganisationScope, team_id: UUID) -> ResponseReturnValue:
    """A team: its place, remit and level, and what belongs to it."""
    found = get_team(scope, team_id, closed=True)
    everybody = list_teams(scope)
    path = list(ancestors(everybody, found.parent_id))
    return page(
        "tenants/team.html",
        team=found,
        path=list(reversed(path)),
        inside=[each for each in everybody if each.parent_id == team_id],
        merged_into=get_team(scope, found.merged_into_id, closed=True) if found.merged_into_id else None,
        held=find_held(scope, team_id),
        level=present_level(found),
        scope=scope,
    )


@bp.get("/o/<organisation>/teams/<uuid:team_id>/change")
@require(Permission.PEOPLE_MANAGE)
def edit_team(scope: OrganisationScope, team_id: UUID) -> ResponseReturnValue:
    """The form of a team."""
    team = get_team(scope, team_id)
    form = TeamForm(formdata=None, data={"name": team.name, "parent": str(team.parent_id or ""), "remit": team.remit})
    return _edit_page(scope, form, team)


def _edit_page(scope: OrganisationScope, form: TeamForm, team: Team, status: int = 200) -> ResponseReturnValue:
    everybody = list_teams(scope)
    form.offer(everybody, but=within(everybody, team.id))
    return _form_page(scope, form, team, status=status)


@bp.post("/o/<organisation>/teams/<uuid:team_id>/change")
@require(Permission.PEOPLE_MANAGE)
def save_team(scope: OrganisationScope, team_id: UUID) -> ResponseReturnValue:
    """Rename, describe or move a team."""
    team = get_team(scope, team_id)
    form = TeamForm()
    form.offer(list_teams(scope))
    if not form.validate():
        return _edit_page(scope, form, team, status=422)
    try:
        change_team(scope, team_id, **form.values())
    except Refused as refusal:
        field = form.name if isinstance(refusal, NameTaken) else form.parent
        field.errors = [str(refusal)]
        return _edit_page(scope, form, team, status=422)
    return see("tenants.team", f"The team {form.name.data} was changed.", organisation=scope.slug, team_id=team_id)


@bp.route("/o/<organisation>/teams/<uuid:team_id>/merge", methods=["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
def merge(scope: OrganisationScope, team_id: UUID) -> ResponseReturnValue:
    """Merge a team into another, after saying what goes along."""
    found = get_team(scope, team_id)
    form = MergeForm()
    form.offer(list_teams(scope), but=team_id)
    held = find_held(scope, team_id).words
    if form.validate_on_submit():
        into_id = UUID(form.into.data)
        try:
            merge_teams(scope, team_id, into_id=into_id)
        except Refused as refusal:
            form.into.errors = [str(refusal)]
        else:
            words = f"{found.name} was merged into this team. What moved: {', '.join(held) or 'nothing, it was empty'}."
            return see("tenants.team", words, organisation=scope.slug, team_id=into_id)
    status = 422 if form.errors else 200
    return page("tenants/team_merge.html", team=found, form=form, held=held, scope=scope, status=status)


@bp.get("/o/<organisation>/teams/<uuid:team_id>/close")
@require(Permission.PEOPLE_MANAGE)
def ask_to_close_team(scope: OrganisationScope, team_id: UUID) -> ResponseReturnValue:
    """What closing and deleting a team mean, and what is still in it."""
    found = get_team(scope, team_id, closed=True)
    return page("tenants/team_close.html", team=found, held=find_held(scope, team_id), scope=scope)


@bp.post("/o/<organisation>/teams/<uuid:team_id>/close")
@require(Permission.PEOPLE_MANAGE)
def close_a_team(scope: OrganisationScope, team_id: UUID) -> ResponseReturnValue:
    """Close a team."""
    name = close_team(scope, team_id)
    return see("tenants.teams", f"The team {name} is closed.", organisation=scope.slug)


@bp.post("/o/<organisation>/teams/<uuid:team_id>/open")
@require(Permission.PEOPLE_MANAGE)
def open_a_team(scope: OrganisationScope, team_id: UUID) -> ResponseReturnValue:
    """Open a closed team again."""
    name = open_team(scope, team_id)
    return see("tenants.team", f"The team {name} is open again.", organisation=scope.slug, team_id=team_id)


@bp.post("/o/<organisation>/teams/<uuid:team_id>/delete")
@require(Permission.PEOPLE_MANAGE)
def delete_a_team(scope: OrganisationScope, team_id: UUID) -> ResponseReturnValue:
    """Delete an empty team."""
    name = delete_team(scope, team_id)
    return see("tenants.teams", f"The team {name} was deleted.", organisation=scope.slug)

"""The teams of an organisation, as a tree."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from tia_hub.core.errors import Refused
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.forms import TeamForm
from tia_hub.tenants.models import Team
from tia_hub.tenants.queries.teams import count_people_by_team, get_team, list_teams
from tia_hub.tenants.services.teams import NameTaken, change_team, create_team
from tia_hub.tenants.trees import make_tree
from tia_hub.tenants.views.blueprint import bp


@bp.get("/o/<organisation>/teams")
@require(Permission.PEOPLE_MANAGE)
def teams(scope: OrganisationScope) -> ResponseReturnValue:
    """All teams."""
    return page("tenants/teams.html", tree=make_tree(list_teams(scope), count_people_by_team(scope)), scope=scope)


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
        create_team(scope, **form.values())
    except NameTaken as refusal:
        form.name.errors = [str(refusal)]
        return _form_page(scope, form, status=422)
    return see("tenants.teams", f"The team {form.name.data} was added.", organisation=scope.slug)


@bp.get("/o/<organisation>/teams/<uuid:team_id>")
@require(Permission.PEOPLE_MANAGE)
def edit_team(scope: OrganisationScope, team_id: UUID) -> ResponseReturnValue:
    """The form of a team."""
    team = get_team(scope, team_id)
    form = TeamForm(formdata=None, data={"name": team.name, "parent": str(team.parent_id or ""), "remit": team.remit})
    form.offer(list_teams(scope))
    return _form_page(scope, form, team)


@bp.post("/o/<organisation>/teams/<uuid:team_id>")
@require(Permission.PEOPLE_MANAGE)
def save_team(scope: OrganisationScope, team_id: UUID) -> ResponseReturnValue:
    """Change a team."""
    team = get_team(scope, team_id)
    form = TeamForm()
    form.offer(list_teams(scope))
    if not form.validate():
        return _form_page(scope, form, team, status=422)
    try:
        change_team(scope, team_id, **form.values())
    except Refused as refusal:
        field = form.name if isinstance(refusal, NameTaken) else form.parent
        field.errors = [str(refusal)]
        return _form_page(scope, form, team, status=422)
    return see("tenants.teams", f"The team {form.name.data} was changed.", organisation=scope.slug)

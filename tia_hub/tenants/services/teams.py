"""Teams of an organisation."""

from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from tia_hub.core.errors import Refused
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.tenants.models import Team
from tia_hub.tenants.queries.teams import get_team, list_teams
from tia_hub.tenants.services.people import one_at_a_time


class NameTaken(Refused):
    """Another team of the organisation has the name."""


def _flush(scope: OrganisationScope, name: str) -> None:
    try:
        with scope.session.begin_nested():
            scope.session.flush()
    except IntegrityError as error:
        raise NameTaken(f"There is a team called {name} already.") from error


def create_team(scope: OrganisationScope, *, name: str, parent_id: UUID | None, remit: str) -> UUID:
    """Make a team, within another or at the top. Raises NameTaken, NotFound for a parent that is not the organisation's."""
    if parent_id is not None:
        get_team(scope, parent_id)
    team_id = uuid4()
    if any(team.name == name for team in list_teams(scope)):
        raise NameTaken(f"There is a team called {name} already.")
    scope.session.add(Team(organisation_id=scope.organisation_id, id=team_id, name=name, parent_id=parent_id, remit=remit))
    _flush(scope, name)
    record(scope, "team.created", f"Made the team {name}", target_id=team_id)
    return team_id


def change_team(scope: OrganisationScope, team_id: UUID, *, name: str, parent_id: UUID | None, remit: str) -> None:
    """Rename, describe or move a team. Raises NotFound, NameTaken, and Refused where it would be within itself."""
    one_at_a_time(scope)
    team = get_team(scope, team_id)
    teams = {each.id: each for each in list_teams(scope)}
    above = parent_id
    while above is not None:
        if above == team_id:
            raise Refused("A team can’t be within itself, or within a team that is within it.")
        if above not in teams:
            get_team(scope, above)
        above = teams[above].parent_id
    if any(each.name == name for each in teams.values() if each.id != team_id):
        raise NameTaken(f"There is a team called {name} already.")
    team.name, team.parent_id, team.remit = name, parent_id, remit
    _flush(scope, name)
    record(scope, "team.changed", f"Changed the team {name}", target_id=team_id)

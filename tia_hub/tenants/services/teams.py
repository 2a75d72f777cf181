"""Teams of an organisation: made, moved, merged, closed; and the practice level that is expected of each."""

from dataclasses import asdict, dataclass
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.framework.loader import get_edition
from tia_hub.framework.types import PracticeLevel
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.people import Membership, Team
from tia_hub.tenants.queries.teams import count_contents, get_team, list_teams
from tia_hub.tenants.services.people import one_at_a_time
from tia_hub.tenants.trees import ancestors, within
from tia_hub.tenants.types.teams import HeldByTeams, HeldThing, LevelBasis, TeamContents


class NameTaken(Refused):
    """Another open team of the same parent has the name."""


@dataclass(frozen=True)
class Held:
    """What is in a team: of this room in counts, and the things of other rooms."""

    contents: TeamContents
    things: list[tuple[str, list[HeldThing]]]
    """By kind, "audits"."""

    @property
    def words(self) -> list[str]:
        """What is in it, "3 people": nothing where it is empty."""
        counts = [
            (self.contents.people, "person", "people"),
            (self.contents.former, "person who left", "people who left"),
            (self.contents.invited, "open invitation", "open invitations"),
            (self.contents.teams, "team within it", "teams within it"),
            (self.contents.closed_teams, "closed team", "closed teams"),
            *((len(things), kind.removesuffix("s"), kind) for kind, things in self.things),
        ]
        return [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]

    @property
    def keeps_it_open(self) -> list[str]:
        """What has to go or end before the team can be closed."""
        counts = [
            (self.contents.people, "person", "people"),
            (self.contents.invited, "open invitation", "open invitations"),
            (self.contents.teams, "team within it", "teams within it"),
        ]
        unfinished = [thing for _, things in self.things for thing in things if thing.unfinished]
        return [
            *(f"{count} {one if count == 1 else many}" for count, one, many in counts if count),
            *(f"“{thing.title}”, {thing.words.lower()}" for thing in unfinished),
        ]


def _holders() -> tuple[HeldByTeams, ...]:
    found: tuple[HeldByTeams, ...] = current_app.extensions["held_by_teams"]
    return found


def find_held(scope: OrganisationScope, team_id: UUID) -> Held:
    """Everything that belongs to a team."""
    things = [(holder.words, holder.list_held(scope, team_id)) for holder in _holders()]
    return Held(count_contents(scope, team_id), things)


def _flush(scope: OrganisationScope, name: str) -> None:
    try:
        with scope.session.begin_nested():
            scope.session.flush()
    except IntegrityError as error:
        raise NameTaken(f"There is a team called {name} in the same place already.") from error


def _refuse_a_second(teams: list[Team], name: str, parent_id: UUID | None, but: UUID | None = None) -> None:
    wanted = name.casefold()
    for team in teams:
        if team.id != but and team.parent_id == parent_id and team.name.casefold() == wanted:
            raise NameTaken(f"There is a team called {team.name} in the same place already.")


def create_team(scope: OrganisationScope, *, name: str, parent_id: UUID | None, remit: str) -> UUID:
    """Make a team, within another or at the top. Raises NameTaken, NotFound for a parent that is not an open team here."""
    one_at_a_time(scope)
    if parent_id is not None:
        get_team(scope, parent_id)
    team_id = uuid4()
    _refuse_a_second(list_teams(scope), name, parent_id)
    scope.session.add(Team(organisation_id=scope.organisation_id, id=team_id, name=name, parent_id=parent_id, remit=remit))
    _flush(scope, name)
    record(scope, "team.created", f"Made the team {name}", target_id=team_id)
    return team_id


def change_team(scope: OrganisationScope, team_id: UUID, *, name: str, parent_id: UUID | None, remit: str) -> None:
    """Rename, describe or move a team. Raises NotFound, NameTaken, and Refused where it would be within itself."""
    one_at_a_time(scope)
    team = get_team(scope, team_id)
    teams = list_teams(scope)
    if parent_id is not None:
        get_team(scope, parent_id)
        if any(above.id == team_id for above in ancestors(teams, parent_id)):
            raise Refused("A team can’t be within itself, or within a team that is within it.")
    _refuse_a_second(teams, name, parent_id, but=team_id)
    words = f"Changed the team {name}" if team.name == name else f"Renamed the team {team.name} to {name}"
    if team.parent_id != parent_id:
        place = next((f"into {each.name}" for each in teams if each.id == parent_id), "to the top")
        words = f"{words} and moved it {place}"
    team.name, team.parent_id, team.remit = name, parent_id, remit
    _flush(scope, name)
    record(scope, "team.changed", words, target_id=team_id)


def merge_teams(scope: OrganisationScope, team_id: UUID, *, into_id: UUID) -> list[str]:
    """Move everything of a team into another, and close it; what was moved, in words.

    People, also those who left, invitations, teams within it, and things of other rooms go along. Where the other is within
    it, that one takes its place in the tree first. Raises NotFound, NameTaken where both have a team of one name within, and
    Refused where things of theirs can't stand beside each other.
    """
    one_at_a_time(scope)
    team, into = get_team(scope, team_id, hold=True), get_team(scope, into_id)
    if team.id == into.id:
        raise Refused("Choose another team to merge it into.")
    teams = list_teams(scope)
    moved = find_held(scope, team_id).words
    inside = into.id in within(teams, team.id)
    team.closed_at, team.merged_into_id = now(), into.id
    scope.session.flush()
    if inside:
        _refuse_a_second([each for each in teams if each.id != team.id], into.name, team.parent_id, but=into.id)
        into.parent_id = team.parent_id
        scope.session.flush()
    for child in [each for each in teams if each.parent_id == team.id]:
        _refuse_a_second([each for each in teams if each.id != team.id], child.name, into.id, but=child.id)
        child.parent_id = into.id
    team.parent_id = None
    scope.session.flush()
    for table in (Membership, Invitation):
        scope.session.execute(
            update(table)
            .where(table.organisation_id == scope.organisation_id, table.team_id == team.id)
            .values(team_id=into.id)
        )
    for holder in _holders():
        holder.move(scope, team.id, into.id)
    record(scope, "team.merged", f"Merged the team {team.name} into {into.name}", target_id=into.id)
    return moved


def close_team(scope: OrganisationScope, team_id: UUID) -> str:
    """Close a team that nobody belongs to and nothing is worked on in; its name. What was done there is kept with it.

    Raises NotFound, and Refused with what is still in it.
    """
    one_at_a_time(scope)
    team = get_team(scope, team_id, hold=True)
    still = find_held(scope, team_id).keeps_it_open
    if still:
        raise Refused(f"{team.name} can’t be closed while there is something in it: {', '.join(still)}.")
    team.closed_at = now()
    record(scope, "team.closed", f"Closed the team {team.name}", target_id=team_id)
    return team.name


def open_team(scope: OrganisationScope, team_id: UUID) -> str:
    """Open a closed team again; its name. Raises NotFound, NameTaken, and Refused where it was merged into another."""
    one_at_a_time(scope)
    team = get_team(scope, team_id, closed=True)
    if team.merged_into_id is not None:
        raise Refused(f"{team.name} was merged into another team. Make a new team instead.")
    if team.closed_at is not None:
        teams = list_teams(scope)
        if team.parent_id is not None and team.parent_id not in {each.id for each in teams}:
            team.parent_id = None
        _refuse_a_second(teams, team.name, team.parent_id)
        team.closed_at = None
        record(scope, "team.opened", f"Opened the team {team.name} again", target_id=team_id)
    return team.name


def delete_team(scope: OrganisationScope, team_id: UUID) -> str:
    """Delete a team that nothing belongs to, closed or not; its name. Raises NotFound, and Refused with what is in it."""
    one_at_a_time(scope)
    team = get_team(scope, team_id, closed=True, hold=True)
    inside = find_held(scope, team_id).words
    if inside:
        raise Refused(f"{team.name} can’t be deleted, as there is something in it: {', '.join(inside)}.")
    # Invitations that were accepted or withdrawn say where somebody was invited to; that is on the trail.
    scope.session.execute(
        update(Invitation)
        .where(Invitation.organisation_id == scope.organisation_id, Invitation.team_id == team_id)
        .values(team_id=None)
    )
    scope.session.execute(delete(Team).where(Team.organisation_id == scope.organisation_id, Team.id == team_id))
    record(scope, "team.deleted", f"Deleted the team {team.name}", target_id=team_id)
    return team.name


def set_level(scope: OrganisationScope, team_id: UUID, *, level: PracticeLevel, basis: LevelBasis, note: str) -> None:
    """Set the practice level that a team's remit asks for, with what the level finder was answered. Raises NotFound."""
    one_at_a_time(scope)
    team = get_team(scope, team_id)
    team.expected_level, team.level_basis, team.level_note = level.value, asdict(basis), note
    team.level_set_by, team.level_set_at = scope.actor.name, now()
    name = get_edition(basis.edition).level(level).name
    record(scope, "team.level_set", f"Set the level expected of the team {team.name}: {name}", target_id=team_id)

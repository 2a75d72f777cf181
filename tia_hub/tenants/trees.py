"""Teams as a tree, however deep: laid out without recursion."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from tia_hub.tenants.models.people import Team

WHOLE_PATH = 4
"""The most teams that a path names; a longer one names the first and the last two."""


@dataclass(frozen=True)
class Placed:
    """A team in its place in the tree."""

    team: Team
    above: tuple[str, ...]
    """The names of the teams that it is within, from the top."""

    @property
    def path(self) -> str:
        """The team named with those it is within: "Adult services / Outreach"."""
        names = (*self.above, self.team.name)
        if len(names) > WHOLE_PATH:
            names = (names[0], "…", *names[-2:])
        return " / ".join(names)


def _children(teams: Iterable[Team]) -> dict[UUID | None, list[Team]]:
    children: dict[UUID | None, list[Team]] = {}
    for team in teams:
        children.setdefault(team.parent_id, []).append(team)
    return children


def lay_out(teams: Iterable[Team]) -> list[Placed]:
    """Teams, given by name, in the order of their tree: each before those within it."""
    children = _children(teams)
    waiting: list[tuple[Team, tuple[str, ...]]] = [(team, ()) for team in reversed(children.get(None, []))]
    placed = []
    while waiting:
        team, above = waiting.pop()
        placed.append(Placed(team, above))
        waiting += [(each, (*above, team.name)) for each in reversed(children.get(team.id, []))]
    return placed


def list_paths(teams: Iterable[Team]) -> list[tuple[UUID, str]]:
    """Teams in the order of their tree, each named with those it is within."""
    return [(placed.team.id, placed.path) for placed in lay_out(teams)]


def name_apart(teams: Collection[Team]) -> dict[UUID, str]:
    """A name for each team that no other has: its own where that is enough, otherwise its path."""
    counts = Counter(team.name for team in teams)
    return {placed.team.id: placed.team.name if counts[placed.team.name] == 1 else placed.path for placed in lay_out(teams)}


def within(teams: Iterable[Team], team_id: UUID) -> set[UUID]:
    """A team and all those within it, at any depth."""
    children = _children(teams)
    found, waiting = {team_id}, [team_id]
    while waiting:
        for team in children.get(waiting.pop(), ()):
            if team.id not in found:
                found.add(team.id)
                waiting.append(team.id)
    return found


def ancestors(teams: Iterable[Team], team_id: UUID | None) -> Iterator[Team]:
    """A team and those it is within, upwards."""
    by_id = {team.id: team for team in teams}
    while team_id is not None and team_id in by_id:
        yield by_id[team_id]
        team_id = by_id.pop(team_id).parent_id

"""Teams as a tree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from tia_hub.tenants.models import Team


@dataclass(frozen=True)
class Branch:
    """A team with the teams within it."""

    team: Team
    people: int
    """Its own members, without those of the teams within it."""
    branches: tuple["Branch", ...]


def _children(teams: Iterable[Team]) -> dict[UUID | None, list[Team]]:
    children: dict[UUID | None, list[Team]] = {}
    for team in teams:
        children.setdefault(team.parent_id, []).append(team)
    return children


def make_tree(teams: Iterable[Team], people: dict[UUID, int]) -> tuple[Branch, ...]:
    """Teams, ordered by name, as a tree."""
    children = _children(teams)

    def branches(parent_id: UUID | None) -> tuple[Branch, ...]:
        return tuple(Branch(team, people.get(team.id, 0), branches(team.id)) for team in children.get(parent_id, ()))

    return branches(None)


def list_paths(teams: Iterable[Team]) -> list[tuple[UUID, str]]:
    """Teams in the order of their tree, each named with those it is within: "Adult services / Outreach"."""
    children = _children(teams)

    def paths(parent_id: UUID | None, before: str) -> Iterator[tuple[UUID, str]]:
        for team in children.get(parent_id, ()):
            path = f"{before}{team.name}"
            yield team.id, path
            yield from paths(team.id, f"{path} / ")

    return list(paths(None, ""))

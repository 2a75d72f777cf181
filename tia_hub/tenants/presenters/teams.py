"""The list of teams, and the level that is expected of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tia_hub.framework.levels import Answers, Suggestion, suggest_level
from tia_hub.framework.loader import get_edition
from tia_hub.framework.types import Level, PracticeLevel
from tia_hub.tenants.models.people import Team
from tia_hub.tenants.trees import lay_out
from tia_hub.tenants.types.teams import LevelBasis

DEEPEST = 6
"""The depth from which on a list of teams is indented no further: fifty levels would not fit on a phone."""


@dataclass(frozen=True)
class TeamRow:
    """A team in the list of all."""

    team: Team
    depth: int
    """How far it is indented, from 1."""
    part_of: str
    """The team that it is directly within, for those who do not see the indentation; empty at the top."""
    level: str
    people: int
    """Its own people, without those of the teams within it."""


def present_teams(teams: Sequence[Team], people: Mapping[UUID, int]) -> list[TeamRow]:
    """All open teams in the order of their tree."""
    return [
        TeamRow(
            team=placed.team,
            depth=min(len(placed.above) + 1, DEEPEST),
            part_of=placed.above[-1] if placed.above else "",
            level=level_name(placed.team),
            people=people.get(placed.team.id, 0),
        )
        for placed in lay_out(teams)
    ]


def level_name(team: Team) -> str:
    """The name of the level that is expected of a team, by the edition it was set with; empty where none was set."""
    if team.expected_level is None or team.level_basis is None:
        return ""
    return get_edition(team.level_basis["edition"]).level(team.expected_level).name


@dataclass(frozen=True)
class TeamLevel:
    """The level that is expected of a team, and where it comes from."""

    level: Level
    suggestion: Suggestion
    suggested: Level | None
    differs: bool
    """Whether whoever set it chose another level than the suggested one."""


def present_level(team: Team) -> TeamLevel | None:
    """The level that was set for a team, with the reasons in the words of the edition it was set with."""
    if team.expected_level is None or team.level_basis is None:
        return None
    basis = LevelBasis(**team.level_basis)
    edition = get_edition(basis.edition)
    answers = Answers(
        service_has_remit=basis.service_has_remit,
        worker_has_contact=basis.worker_has_contact,
        closest=PracticeLevel(basis.closest) if basis.closest else None,
    )
    return TeamLevel(
        level=edition.level(team.expected_level),
        suggestion=suggest_level(edition, answers),
        suggested=edition.level(basis.suggested) if basis.suggested else None,
        differs=basis.suggested != team.expected_level,
    )

"""What belongs to teams, and the level that is expected of them."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from tia_hub.core.scope import OrganisationScope


@dataclass(frozen=True, kw_only=True)
class LevelBasis:
    """What the level finder was answered for a team, and what it suggested then."""

    edition: str
    service_has_remit: bool
    worker_has_contact: bool
    closest: str | None
    suggested: str | None


@dataclass(frozen=True, kw_only=True)
class TeamContents:
    """How many things belong to a team itself, without those of the teams within it."""

    people: int
    """Present members."""
    former: int
    """Those who left while they belonged to it."""
    invited: int
    """Invitations that are open."""
    teams: int
    """Open teams within it."""
    closed_teams: int
    """Closed teams that were within it or merged into it."""


@dataclass(frozen=True)
class HeldThing:
    """Something of an upper room that belongs to a team."""

    title: str
    words: str
    """Where it stands."""
    href: str
    begun_as: str | None
    """What the team was called when it was begun."""
    unfinished: bool
    """Whether it is still worked on: such a team is not closed."""


class HeldByTeams(Protocol):
    """A kind of things of an upper room that belong to teams. The factory hands them in, as this room stands below theirs."""

    words: str
    """What they are called, "audits"."""

    def list_held(self, scope: OrganisationScope, team_id: UUID) -> list[HeldThing]:
        """A team's things, newest first."""

    def move(self, scope: OrganisationScope, team_id: UUID, into_id: UUID) -> int:
        """Give all of a team's things to another; how many. Raises Refused where they can't stand beside the other's."""

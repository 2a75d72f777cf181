"""Which people are listed, and how."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tia_hub.tenants.types.roles import Role


class PeopleState(StrEnum):
    """Which people are listed."""

    PRESENT = "present"
    NO_MANAGER = "no_manager"
    INVITED = "invited"
    FORMER = "former"

    @property
    def words(self) -> str:
        """As the list's filter says it."""
        return {
            "present": "In the organisation",
            "no_manager": "Without a manager",
            "invited": "Invited, not joined yet",
            "former": "Left",
        }[self.value]


class PeopleOrder(StrEnum):
    """By what people are listed."""

    NAME = "name"
    NEWEST = "newest"
    JOB_TITLE = "job_title"

    @property
    def words(self) -> str:
        """As the list's filter says it."""
        return {"name": "Name", "newest": "Newest first", "job_title": "Job title"}[self.value]


@dataclass(frozen=True, kw_only=True)
class PeopleWanted:
    """Which people are listed, and how."""

    search: str = ""
    """Part of a name or of an address."""
    role: Role | None = None
    team_ids: Collection[UUID] | None = None
    """The teams they belong to one of; None for people of any team or none."""
    state: PeopleState = PeopleState.PRESENT
    order: PeopleOrder = PeopleOrder.NAME
    page: int = 1

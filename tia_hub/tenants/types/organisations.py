"""Sectors, the life of an organisation, requests and lists by which organisations come."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel

from tia_hub.tenants.types.invitations import Joining


class Sector(StrEnum):
    """What kind of organisation it is."""

    POLICE = "police"
    HEALTH = "health"
    COUNCIL = "council"
    EDUCATION = "education"
    JUSTICE = "justice"
    FIRE = "fire"
    CHARITY = "charity"

    @property
    def words(self) -> str:
        """As people say it."""
        return {
            "police": "Police",
            "health": "Health",
            "council": "Council",
            "education": "Education",
            "justice": "Justice",
            "fire": "Fire and rescue",
            "charity": "Charity and community",
        }[self.value]


class OrganisationState(StrEnum):
    """Where an organisation is in its life."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ARCHIVED = "archived"
    CLOSING = "closing"
    """Its deletion was asked for, and waits for its day."""

    @property
    def words(self) -> str:
        """As a page says it."""
        return {"active": "Active", "suspended": "Suspended", "archived": "Archived", "closing": "To be deleted"}[self.value]


class Step(StrEnum):
    """What changes where an organisation is in its life; the value is a part of addresses."""

    SUSPEND = "suspend"
    REACTIVATE = "reactivate"
    ARCHIVE = "archive"
    DELETE = "delete"
    """Ask for its deletion."""
    KEEP = "keep"
    """Stop its deletion."""


_STEPS: dict[OrganisationState, dict[Step, OrganisationState]] = {
    OrganisationState.ACTIVE: {
        Step.SUSPEND: OrganisationState.SUSPENDED,
        Step.ARCHIVE: OrganisationState.ARCHIVED,
        Step.DELETE: OrganisationState.CLOSING,
    },
    OrganisationState.SUSPENDED: {
        Step.REACTIVATE: OrganisationState.ACTIVE,
        Step.ARCHIVE: OrganisationState.ARCHIVED,
        Step.DELETE: OrganisationState.CLOSING,
    },
    OrganisationState.ARCHIVED: {
        Step.REACTIVATE: OrganisationState.ACTIVE,
        Step.DELETE: OrganisationState.CLOSING,
    },
    OrganisationState.CLOSING: {},
}


@dataclass(frozen=True)
class Life:
    """Where an organisation is, and what it becomes again should its deletion be stopped: all steps there are."""

    state: OrganisationState
    resumes_as: OrganisationState | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """What can happen to it now."""
        return (Step.KEEP,) if self.resumes_as else tuple(_STEPS[self.state])

    def after(self, step: Step) -> "Life | None":
        """Where it is after a step; None where the step is not one of those that can happen."""
        if step not in self.steps:
            return None
        if self.resumes_as:
            return Life(self.resumes_as)
        state = _STEPS[self.state][step]
        return Life(state, self.state if state is OrganisationState.CLOSING else None)


@dataclass(frozen=True, kw_only=True)
class Due:
    """An organisation whose deletion waited long enough."""

    organisation_id: UUID
    partnership_id: UUID
    closing_on: date


class RequestState(StrEnum):
    """What became of an organisation's request to join."""

    UNCONFIRMED = "unconfirmed"
    """The address of who asks is not known to be theirs: the coordinator does not see it."""
    WAITING = "waiting"
    ASKED = "asked"
    """A question was asked back."""
    APPROVED = "approved"
    DECLINED = "declined"

    @property
    def words(self) -> str:
        """As a page says it."""
        return {
            "unconfirmed": "Address not confirmed",
            "waiting": "Waits for you",
            "asked": "Question asked",
            "approved": "Approved",
            "declined": "Declined",
        }[self.value]


@dataclass(frozen=True, kw_only=True)
class OpenPartnership:
    """A partnership that organisations may ask to join by themselves, as everybody may know it."""

    id: UUID
    slug: str
    name: str


class ListedOrganisation(BaseModel, frozen=True):
    """A row of a spreadsheet of organisations that can be added."""

    number: int
    """The row, as the spreadsheet shows it."""
    name: str
    sector: Sector
    headcount: int
    area_ids: tuple[UUID, ...]
    lead_name: str
    lead_email: str


class RowFault(BaseModel, frozen=True):
    """A row that can't be added, with all that is wrong in it."""

    number: int
    name: str
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Somebody to turn to: a lead of an organisation, or somebody of the coordinator's office."""

    person_id: UUID
    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Beginnings:
    """How far an organisation, and a member in it, have come since they joined."""

    entry_checked: bool
    """Whether a lead said that the organisation's entry is right."""
    teams: int
    unmanaged: int
    """Members who have no line manager and do not lead."""
    managed_by_me: int
    has_manager: bool
    """Whether the member has a line manager."""
    dismissed: bool
    """Whether the member put the first steps away."""
    joining: Joining

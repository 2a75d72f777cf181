"""Sectors, roles in plain English with what each permits, states of invitations, pages of long lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from tia_hub.core.permissions import Permission as P


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


class Role(StrEnum):
    """Roles in an organisation. What a role permits is here and nowhere else."""

    STAFF = "staff"
    MANAGER = "manager"
    LEAD = "lead"

    @property
    def words(self) -> str:
        """The role's name."""
        return {"staff": "Member of staff", "manager": "Manager", "lead": "Lead"}[self.value]

    @property
    def description(self) -> str:
        """Who has it."""
        return {
            "staff": "Everybody who works in the organisation.",
            "manager": "Somebody who manages others and agrees their training plans with them.",
            "lead": "Somebody who leads the organisation's work on becoming trauma-informed.",
        }[self.value]

    @property
    def permissions(self) -> frozenset[P]:
        """What it permits in the organisation."""
        return _PERMISSIONS[self]


_STAFF = frozenset({P.ORGANISATION_OPEN, P.AUDIT_READ, P.ASSESSMENT_OWN, P.COURSE_READ})
_MANAGER = _STAFF | {P.ASSESSMENT_MANAGE}
_PERMISSIONS: dict[Role, frozenset[P]] = {
    Role.STAFF: _STAFF,
    Role.MANAGER: _MANAGER,
    Role.LEAD: _MANAGER
    | {
        P.PEOPLE_MANAGE,
        P.AUDIT_WRITE,
        P.TRAINING_PICTURE,
        P.COURSE_SCORE,
        P.OUTCOME_WRITE,
        P.PUBLICATION_READ,
        P.ORGANISATION_TRAIL,
    },
}

COORDINATOR_WORDS = "Coordinator"
COORDINATOR_PERMISSIONS = frozenset(
    {
        P.PARTNERSHIP_OPEN,
        P.ORGANISATION_MANAGE,
        P.REGISTRY_MANAGE,
        P.REPORT_READ,
        P.REPORT_WRITE,
        P.PARTNERSHIP_TRAIL,
    }
)


class InvitationState(StrEnum):
    """What became of an invitation."""

    WAITING = "waiting"
    """Its mail has not been written yet."""
    SENT = "sent"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def words(self) -> str:
        """As a page says it."""
        return {
            "waiting": "Waiting to be sent",
            "sent": "Sent",
            "accepted": "Accepted",
            "expired": "Expired",
            "revoked": "Withdrawn",
        }[self.value]


@dataclass(frozen=True, kw_only=True)
class Invitee:
    """Somebody to invite into an organisation."""

    email: str
    name: str
    role: Role
    job_title: str = ""
    team_id: UUID | None = None
    manager_email: str | None = None
    """The address of their line manager, who need not have joined yet."""


@dataclass(frozen=True, kw_only=True)
class InvitedMany:
    """What became of several invitations at once, by address; each address is in one of the three."""

    made: tuple[str, ...]
    already_invited: tuple[str, ...]
    """They have an invitation that is still open."""
    already_members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Sending:
    """How far the mails of an organisation's open invitations are."""

    waiting: int
    """Not written yet: so many a minute are."""
    on_their_way: int
    sent: int
    failed: int

    @property
    def total(self) -> int:
        """All open invitations."""
        return self.waiting + self.on_their_way + self.sent + self.failed


@dataclass(frozen=True, kw_only=True)
class Joining:
    """How many people are in an organisation, and how many were invited and have not joined."""

    members: int
    invited: int
    """Invitations that can still be accepted."""
    expired: int
    """Invitations that ran out."""


Item = TypeVar("Item")


@dataclass(frozen=True)
class Slice(Generic[Item]):
    """One page of a long list."""

    items: Sequence[Item]
    total: int
    page: int
    """From 1."""
    per_page: int = 50

    @property
    def pages(self) -> int:
        """How many pages there are; 1 where there is nothing."""
        return max(1, -(-self.total // self.per_page))

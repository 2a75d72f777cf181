"""Invitations: what becomes of them, one by one and in numbers."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tia_hub.tenants.types.roles import Role


class InvitationState(StrEnum):
    """What became of an invitation."""

    UNSENT = "unsent"
    """Its mail has not been written yet."""
    WAITING = "waiting"
    """The coordinator's office invites a further lead, and a present one has to confirm that."""
    SENT = "sent"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def words(self) -> str:
        """As a page says it."""
        return {
            "unsent": "Waiting to be sent",
            "waiting": "Waits for a lead",
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
    to_confirm: int
    """Further leads whom the coordinator's office invites, and a lead has to confirm."""

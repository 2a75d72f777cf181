"""Small values about somebody's places and their copy."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tia_hub.core.personal import Fact, Subject


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """A membership, present or ended, in an organisation of whatever state."""

    organisation_id: UUID
    partnership_id: UUID
    name: str
    slug: str
    membership_id: UUID
    role: str
    ended: bool


@dataclass(frozen=True)
class Office:
    """A place in a coordinator's office; or, where a provider is named, somebody who speaks for it."""

    partnership_id: UUID
    provider_id: UUID | None
    name: str
    held: bool = True
    """False where it is but the partnership of an organisation of theirs."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one place holds of one kind."""

    place: str
    """The place's name; empty for the account itself."""
    kind: str
    title: str
    purpose: str
    fate: str
    kept: str
    facts: list[Fact] = field(default_factory=list)
    complete: bool = True
    """Whether these are all; else they are the newest."""


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """All that is held on somebody at a moment."""

    subject: Subject
    made_at: datetime
    parts: list[Part]

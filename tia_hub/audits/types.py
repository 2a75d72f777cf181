"""Ratings, states and disclosures of audits; what an audit shows the coordinator."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

OVERALL = "overall"
"""The code of the summary of a whole audit, beside the principles' codes."""


class Rating(StrEnum):
    """How far a criterion is met. No rating is None, which is not a rating."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_APPLICABLE = "not_applicable"

    @property
    def words(self) -> str:
        """As people read it."""
        return {
            "green": "Green – in place",
            "amber": "Amber – part of the way",
            "red": "Red – needs support",
            "not_applicable": "Not applicable",
        }[self.value]


UNRATED = "unrated"
"""What stands for no rating in forms and counts."""
UNRATED_WORDS = "Not rated yet"


class AuditState(StrEnum):
    """Where in its life an audit is."""

    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"

    @property
    def words(self) -> str:
        """As people read it."""
        return {"in_progress": "In progress", "submitted": "Submitted"}[self.value]


class Disclosure(StrEnum):
    """Who outside the organisation may see something of an audit."""

    PRIVATE = "private"
    SHARED = "shared"

    @property
    def words(self) -> str:
        """As people read it."""
        return {"private": "Private to the organisation", "shared": "Shared with the coordinator"}[self.value]


@dataclass(frozen=True, kw_only=True)
class SharedAudit:
    """What an audit that was submitted and shared shows the coordinator: its ratings, and none of its texts."""

    audit_id: UUID
    scope_kind: Literal["organisation", "team"]
    team_name: str | None
    edition: str
    started_on: date
    submitted_at: datetime
    ratings: dict[str, Rating | None]
    """Every criterion of the edition by code, in its order; None where it is not rated."""


@dataclass(frozen=True, kw_only=True)
class View:
    """What somebody who was asked says about a criterion."""

    member_id: UUID
    code: str
    rating: Rating | None
    comment: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as a list of them shows it."""

    request_id: UUID
    audit_id: UUID
    audit_title: str
    member_id: UUID
    criteria: int
    answered: int
    """How many of the criteria something was said about."""
    due_on: date | None
    open: bool
    """Whether an answer can still be written: it was not withdrawn, and the audit is in progress."""
    withdrawn: bool

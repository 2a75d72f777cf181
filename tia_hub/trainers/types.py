"""Words and small values of the registry."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from tia_hub.core.permissions import Permission as P
from tia_hub.framework.types import Audience, PracticeLevel

PROVIDER_WORDS = "Training provider"
PROVIDER_PERMISSIONS = frozenset({P.PROVIDER_OPEN, P.COURSE_WRITE})


AUDIENCE_WORDS = {
    Audience.ALL_WORKERS: "All workers",
    Audience.MANAGERS: "Managers",
    Audience.CHILD_AND_FAMILY_WORKERS: "Child and family workers",
}


class CourseState(StrEnum):
    """Where a course stands between its provider and the registry."""

    DRAFT = "draft"
    OFFERED = "offered"
    LIVE = "live"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """The state, for people."""
        return {
            "draft": "Draft",
            "offered": "Waiting for the coordinator",
            "live": "Live",
            "withdrawn": "Withdrawn",
        }[self.value]


class Mode(StrEnum):
    """How people take part."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    BLENDED = "blended"

    @property
    def words(self) -> str:
        """The mode, for people."""
        return {"in_person": "In person", "online": "Online", "blended": "Blended"}[self.value]


class Met(StrEnum):
    """The rubric: how far a course or its provider meets a selection question."""

    NOT_MET = "not_met"
    PARTLY = "partly"
    MOSTLY = "mostly"
    FULLY = "fully"

    @property
    def words(self) -> str:
        """The rating, for people."""
        return {"not_met": "Not met", "partly": "Partly met", "mostly": "Mostly met", "fully": "Fully met"}[self.value]

    @property
    def meaning(self) -> str:
        """When to choose it."""
        return {
            "not_met": "We found nothing that shows it.",
            "partly": "Some of it is shown; important parts are open.",
            "mostly": "Most of it is shown; small parts are open.",
            "fully": "All of it is shown.",
        }[self.value]

    @property
    def points(self) -> int:
        """The rating in figures: 0 for not met to 3 for fully met."""
        return list(Met).index(self)


class ScoreState(StrEnum):
    """Whether an organisation has made up its mind about a course."""

    DRAFT = "draft"
    FINAL = "final"

    @property
    def words(self) -> str:
        """The state, for people."""
        return {"draft": "Draft", "final": "Final"}[self.value]


@dataclass(frozen=True, kw_only=True)
class CourseDetails:
    """What a provider says about a course. `hours` is its length, `cost` is in pounds for one place."""

    title: str
    level: PracticeLevel
    audiences: tuple[Audience, ...]
    statements: tuple[str, ...]
    aims: str
    hours: Decimal | None
    mode: Mode
    places: int | None
    cost: Decimal | None
    transfer: str
    accessibility: str
    content_warning: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An organisation's answer to one selection question."""

    met: Met | None = None
    note: str = ""
    evidence: str = ""


@dataclass(frozen=True, kw_only=True)
class Search:
    """What an organisation looks for in the registry; None and no words leave nothing out."""

    words: str = ""
    level: PracticeLevel | None = None
    audience: Audience | None = None
    mode: Mode | None = None
    area_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class OwnScore:
    """An organisation's own score of a course, without its notes. `met` is by the question's code."""

    course_id: UUID
    course_title: str
    provider_name: str
    edition: str
    state: ScoreState
    finalised_at: datetime | None
    met: dict[str, Met | None]


@dataclass(frozen=True, kw_only=True)
class RegistrySummary:
    """A partnership's registry in counts. `statements` holds how many live courses cover each statement, none where absent."""

    providers: int
    live_courses: dict[PracticeLevel, int]
    courses_with_dates: int
    """Live courses with a date today or later."""
    statements: dict[str, int]


class ChangedMeanwhile(Exception):
    """Somebody else changed the thing while it was being edited: both texts are to be shown."""

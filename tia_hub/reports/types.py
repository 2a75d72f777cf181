"""What is published, what a report says, and the states they go through."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class ReportState(StrEnum):
    """What became of a report."""

    COMPILING = "compiling"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def words(self) -> str:
        """As the list of reports says it."""
        return {
            "compiling": "Being compiled",
            "ready": "Ready",
            "failed": "Could not be compiled",
            "cancelled": "Cancelled",
        }[self.value]


class FileKind(StrEnum):
    """The files of a report; the value is the ending of the file's name."""

    PDF = "pdf"
    EXCEL = "xlsx"

    @property
    def mimetype(self) -> str:
        """The media type."""
        return {
            "pdf": "application/pdf",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }[self.value]


class CountKind(StrEnum):
    """What people are counted by in a publication."""

    NEEDED_LEVEL = "needed_level"
    FORM_STATE = "form_state"
    DEVELOPMENT_AREA = "development_area"


@dataclass(frozen=True, kw_only=True)
class AuditToPublish:
    """An audit that was submitted and shared, as the coordinator may see it."""

    audit_id: UUID
    scope_kind: str
    team_name: str | None
    edition: str
    started_on: date
    submitted_at: datetime
    ratings: Mapping[str, str | None]
    """The rating of each criterion of the edition by its code; None where it is not rated."""


@dataclass(frozen=True, kw_only=True)
class PeopleToPublish:
    """A count of people that may be told: too few of them, and none at all, are not published."""

    kind: CountKind
    code: str
    people: int


@dataclass(frozen=True, kw_only=True)
class ReadingToPublish:
    """What a shared indicator of outcomes was on a day."""

    indicator_id: UUID
    edition: str
    element: str
    """The code of the outcomes model's element that it belongs to."""
    name: str
    value: str
    """Number and unit, or words."""
    source: str
    read_on: date


@dataclass(frozen=True, kw_only=True)
class ToPublish:
    """Everything that an organisation publishes at one moment."""

    audits: tuple[AuditToPublish, ...] = ()
    people: tuple[PeopleToPublish, ...] = ()
    readings: tuple[ReadingToPublish, ...] = ()


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RatingCounts(_Figures):
    """How many ratings are which. Not applicable and unrated are counted apart, and never as red."""

    green: int = 0
    amber: int = 0
    red: int = 0
    not_applicable: int = 0
    unrated: int = 0

    @property
    def rated(self) -> int:
        """The denominator of shares: green, amber and red together."""
        return self.green + self.amber + self.red

    @property
    def total(self) -> int:
        """All of them."""
        return self.rated + self.not_applicable + self.unrated

    @classmethod
    def added(cls, counts: Iterable["RatingCounts"]) -> "RatingCounts":
        """The sum of several."""
        sums = dict.fromkeys(cls.model_fields, 0)
        for each in counts:
            for name in sums:
                sums[name] += getattr(each, name)
        return cls(**sums)


class MovementCounts(_Figures):
    """How ratings moved since the audit before, where both audits have one."""

    improved: int = 0
    same: int = 0
    worsened: int = 0

    @property
    def compared(self) -> int:
        """The denominator: ratings that both audits have."""
        return self.improved + self.same + self.worsened

    @classmethod
    def added(cls, counts: Iterable["MovementCounts"]) -> "MovementCounts":
        """The sum of several."""
        sums = dict.fromkeys(cls.model_fields, 0)
        for each in counts:
            for name in sums:
                sums[name] += getattr(each, name)
        return cls(**sums)


class CriterionFigures(_Figures):
    """One criterion across organisations."""

    code: str
    text: str
    ratings: RatingCounts
    movement: MovementCounts


class PrincipleFigures(_Figures):
    """One principle across organisations."""

    code: str
    title: str
    criteria: tuple[CriterionFigures, ...]

    @property
    def ratings(self) -> RatingCounts:
        """Its criteria's ratings together."""
        return RatingCounts.added(criterion.ratings for criterion in self.criteria)

    @property
    def movement(self) -> MovementCounts:
        """Its criteria's movement together."""
        return MovementCounts.added(criterion.movement for criterion in self.criteria)


class AuditFigures(_Figures):
    """All audits of one edition and one kind of scope: whole organisations and teams are never mixed."""

    edition: str
    edition_name: str
    scope_kind: str
    audits: int
    principles: tuple[PrincipleFigures, ...]

    @property
    def criteria(self) -> tuple[CriterionFigures, ...]:
        """All criteria, in the framework's order."""
        return tuple(criterion for principle in self.principles for criterion in principle.criteria)


class AuditLine(_Figures):
    """That an audit was made: of what, with which edition, when."""

    scope_kind: str
    team_name: str | None
    edition: str
    started_on: date
    submitted_on: date


class Participant(_Figures):
    """An organisation and the audits of it that are counted, by name."""

    name: str
    sector: str
    areas: tuple[str, ...]
    audits: tuple[AuditLine, ...]
    published_on: date | None
    """The date of its figures; None where it has published none."""


class PeopleFigures(_Figures):
    """People counted by one thing. `people` is None where no organisation told its number, `organisations` how many did."""

    kind: CountKind
    code: str
    words: str
    people: int | None
    organisations: int
    courses: int | None = None
    """Live courses that cover it, where it is a development area."""


class RegistryFigures(_Figures):
    """The registry of training at the time."""

    providers: int
    courses: int
    courses_with_dates: int
    """Those with a date that was still to come."""
    courses_by_level: tuple[tuple[str, int], ...]


class OutcomeFigures(_Figures):
    """The latest reading of an indicator that an organisation shares."""

    group: str
    element: str
    organisation: str
    indicator: str
    value: str
    source: str
    read_on: date


class Omission(_Figures):
    """What is not in the report, and why."""

    what: str
    why: str


class ReportFigures(_Figures):
    """A report as issued: every figure that its page, PDF and Excel file show."""

    title: str
    partnership: str
    compiled_at: datetime
    period_from: date | None
    period_to: date | None
    areas: tuple[str, ...]
    sectors: tuple[str, ...]
    small_number: int
    participants: tuple[Participant, ...]
    audits: tuple[AuditFigures, ...]
    people: tuple[PeopleFigures, ...]
    registry: RegistryFigures
    outcomes: tuple[OutcomeFigures, ...] = ()
    omissions: tuple[Omission, ...]

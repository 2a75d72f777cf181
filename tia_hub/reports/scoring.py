"""The arithmetic of publications and reports, on plain values."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from tia_hub.core.suppression import hide_part, suppress
from tia_hub.framework.types import Edition
from tia_hub.outcomes.types import IndicatorKind
from tia_hub.reports.types import (
    AuditFigures,
    CountKind,
    CriterionFigures,
    MovementCounts,
    PeopleToPublish,
    PrincipleFigures,
    RatingCounts,
    ToPublish,
)

MOVEMENTS = {1: "improved", 0: "same", -1: "worsened"}


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many audits of one edition and kind of scope gave a criterion this rating and moved it this way."""

    edition: str
    scope_kind: str
    criterion: str
    rating: str | None
    """None where it is not rated."""
    movement: int | None
    """1 improved, 0 the same, -1 worsened; None where it can't be compared."""
    count: int


def fingerprint(figures: ToPublish) -> str:
    """The same for the same figures, whatever order they come in."""
    content = {
        "audits": sorted((asdict(audit) for audit in figures.audits), key=lambda audit: str(audit["audit_id"])),
        "people": sorted([count.kind, count.code, count.people] for count in figures.people),
        "readings": sorted(
            (asdict(reading) for reading in figures.readings),
            key=lambda reading: (str(reading["indicator_id"]), reading["read_on"]),
        ),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def people_to_publish(
    levels: Mapping[str, int], areas: Mapping[str, int], threshold: int, *, level_of: Mapping[str, str | None]
) -> tuple[PeopleToPublish, ...]:
    """The counts of people that may leave an organisation: by the level needed with their total, and by development area.

    `level_of` names the level whose people a development area is of; None where it is of everybody. An area is withheld where
    those of them who have it or those who don't are too few, or where their number itself is withheld.
    """
    table = suppress([list(levels.values())], threshold)
    wholes: dict[str | None, int | None] = {**dict(zip(levels, table.cells[0], strict=True)), None: table.total}
    told = [
        PeopleToPublish(kind=CountKind.NEEDED_LEVEL, code=code, people=people)
        for code, people in zip(levels, table.cells[0], strict=True)
        if people is not None
    ]
    if table.total is not None:
        told.append(PeopleToPublish(kind=CountKind.FORM_STATE, code="agreed", people=table.total))
    for code, people in areas.items():
        whole = wholes.get(level_of[code]) if code in level_of else None
        if hide_part(people, whole, threshold) is not None:
            told.append(PeopleToPublish(kind=CountKind.DEVELOPMENT_AREA, code=code, people=people))
    return tuple(told)


def number_words(kind: IndicatorKind, number: Decimal, unit: str) -> str:
    """The value of an indicator as people read it: 12 complaints, 45%, 3.5 of 5."""
    shown = f"{number.normalize():,f}"
    match kind:
        case IndicatorKind.PERCENTAGE:
            return f"{shown}%"
        case IndicatorKind.SCALE:
            return f"{shown} of 5"
        case _:
            return f"{shown} {unit}".strip()


def _ratings(tallies: Iterable[Tally]) -> RatingCounts:
    counts: dict[str, int] = defaultdict(int)
    for tally in tallies:
        counts[tally.rating or "unrated"] += tally.count
    return RatingCounts(**counts)


def _movement(tallies: Iterable[Tally]) -> MovementCounts:
    counts: dict[str, int] = defaultdict(int)
    for tally in tallies:
        if tally.movement is not None:
            counts[MOVEMENTS[tally.movement]] += tally.count
    return MovementCounts(**counts)


def tally_audits(
    tallies: Sequence[Tally], audits: Mapping[tuple[str, str], int], editions: Mapping[str, Edition]
) -> tuple[AuditFigures, ...]:
    """Figures of each edition and kind of scope, whole organisations before teams.

    `audits` says how many audits count by edition and kind of scope. Every criterion of an edition is there, rated or not.
    """
    found: dict[tuple[str, str, str], list[Tally]] = defaultdict(list)
    for tally in tallies:
        found[tally.edition, tally.scope_kind, tally.criterion].append(tally)
    figures = []
    for (code, scope_kind), count in sorted(audits.items(), key=lambda item: (item[0][1], item[0][0])):
        edition = editions[code]
        principles = tuple(
            PrincipleFigures(
                code=principle.code,
                title=principle.title,
                criteria=tuple(
                    CriterionFigures(
                        code=criterion.code,
                        text=criterion.text,
                        ratings=_ratings(found[code, scope_kind, criterion.code]),
                        movement=_movement(found[code, scope_kind, criterion.code]),
                    )
                    for criterion in principle.criteria
                ),
            )
            for principle in edition.principles
        )
        figures.append(
            AuditFigures(edition=code, edition_name=edition.name, scope_kind=scope_kind, audits=count, principles=principles)
        )
    return tuple(figures)


def most_often_red(figures: AuditFigures, most: int = 10) -> list[CriterionFigures]:
    """The criteria that most audits rated red, most first; none that nobody rated red."""
    red = [criterion for criterion in figures.criteria if criterion.ratings.red]
    return sorted(red, key=lambda criterion: (-criterion.ratings.red, criterion.code))[:most]

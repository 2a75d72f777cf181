"""A report as a document of sections: the one source of its page, its PDF and its Excel file, so that their figures agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tia_hub.core.clock import format_date, format_time
from tia_hub.reports.scoring import most_often_red
from tia_hub.reports.types import (
    AuditFigures,
    CountKind,
    Participant,
    PeopleFigures,
    PrincipleFigures,
    RatingCounts,
    ReportFigures,
)

Cell = str | int
NOT_SHOWN = "Not shown"
RATING_HEAD = ("Green", "Amber", "Red", "Not applicable", "Not rated", "Rated", "All")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows below a head. The first cell of a row is its header; `numeric` holds the places of number columns, from 0."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A picture of a table's figures. `kind` names its macro in `charts/charts.html`, `data` is what that takes."""

    kind: str
    id: str
    title: str
    data: tuple[dict[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the document, and a sheet of the Excel file."""

    id: str
    title: str
    sheet: str
    words: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole report."""

    title: str
    about: tuple[str, ...]
    """Lines below the title: whose it is, what it covers, of when."""
    sections: tuple[Section, ...]


def make_document(figures: ReportFigures) -> Document:
    """The document of a report as issued."""
    sections = [_glance(figures), _participation(figures)]
    for number, audits in enumerate(figures.audits, start=1):
        sections += [_ratings(audits, number, figures), _criteria(audits, number, figures)]
    sections += [_workforce(figures), _registry(figures), _outcomes(figures), _method(figures)]
    return Document(title=figures.title, about=_about(figures), sections=tuple(sections))


def _about(figures: ReportFigures) -> tuple[str, ...]:
    lines = [figures.partnership, f"Compiled on {format_time(figures.compiled_at)}", _period(figures)]
    if figures.areas:
        lines.append(f"Areas: {', '.join(figures.areas)}")
    if figures.sectors:
        lines.append(f"Sectors: {', '.join(figures.sectors)}")
    return tuple(lines)


def _period(figures: ReportFigures) -> str:
    if figures.period_from and figures.period_to:
        return f"Audits submitted from {format_date(figures.period_from)} to {format_date(figures.period_to)}"
    if figures.period_from:
        return f"Audits submitted from {format_date(figures.period_from)} on"
    if figures.period_to:
        return f"Audits submitted until {format_date(figures.period_to)}"
    return "The latest shared audit of each organisation and team, whenever it was submitted"


def _plural(count: int, one: str, more: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def _audited(participants: Iterable[Participant], scope_kind: str) -> list[Participant]:
    return [each for each in participants if any(audit.scope_kind == scope_kind for audit in each.audits)]


def _glance(figures: ReportFigures) -> Section:
    everybody = figures.participants
    words = [
        f"{len(_audited(everybody, 'organisation'))} of {_plural(len(everybody), 'organisation')} "
        "shared an audit of the whole organisation.",
        f"{len(_audited(everybody, 'team'))} of {_plural(len(everybody), 'organisation')} shared audits of teams.",
    ]
    for audits in figures.audits:
        counts = RatingCounts.added(principle.ratings for principle in audits.principles)
        movement = [principle.movement for principle in audits.principles]
        words.append(
            f"In {_number_of(audits)}, {counts.green:,} of {counts.rated:,} ratings are green, "
            f"{counts.amber:,} amber and {counts.red:,} red."
        )
        if sum(each.compared for each in movement):
            words.append(
                f"Since the audits before, {sum(each.improved for each in movement):,} of "
                f"{sum(each.compared for each in movement):,} ratings improved and "
                f"{sum(each.worsened for each in movement):,} worsened."
            )
    return Section(id="at-a-glance", title="At a glance", sheet="At a glance", words=tuple(words))


def _number_of(audits: AuditFigures) -> str:
    kind = "organisation" if audits.scope_kind == "organisation" else "team"
    return _plural(audits.audits, f"{kind} audit")


def _day(day: date | None) -> str:
    return format_date(day) if day else "–"


def _participation(figures: ReportFigures) -> Section:
    organisations = tuple(
        (
            each.name,
            each.sector,
            ", ".join(each.areas) or "–",
            sum(audit.scope_kind == "organisation" for audit in each.audits),
            sum(audit.scope_kind != "organisation" for audit in each.audits),
            _day(max((audit.submitted_on for audit in each.audits), default=None)),
            _day(each.published_on),
        )
        for each in figures.participants
    )
    audits = tuple(
        (each.name, audit.team_name or "The whole organisation", _day(audit.started_on), _day(audit.submitted_on))
        for each in figures.participants
        for audit in each.audits
    )
    head = ("Organisation", "Sector", "Areas", "Organisation audits", "Team audits", "Last submitted", "Figures of")
    return Section(
        id="participation",
        title="Who took part",
        sheet="Who took part",
        words=("Organisations are listed by name. They are not ranked.",),
        tables=(
            Table(caption="Organisations that this report covers", head=head, rows=organisations, numeric=(3, 4)),
            Table(
                caption="Audits that this report counts", head=("Organisation", "Scope", "Started", "Submitted"), rows=audits
            ),
        ),
    )


def _rating_cells(counts: RatingCounts) -> tuple[int, ...]:
    return (
        counts.green,
        counts.amber,
        counts.red,
        counts.not_applicable,
        counts.unrated,
        counts.rated,
        counts.total,
    )


def _heading(audits: AuditFigures, figures: ReportFigures) -> str:
    several = len({each.edition for each in figures.audits}) > 1
    edition = f", {audits.edition_name}" if several else ""
    return f"{'Whole organisations' if audits.scope_kind == 'organisation' else 'Teams'}{edition}"


def _sheet(name: str, audits: AuditFigures, number: int, figures: ReportFigures) -> str:
    """A sheet's name; the number keeps those of several editions apart, as Excel has no room for the editions' names."""
    several = len({each.edition for each in figures.audits}) > 1
    return f"{name}, {'organisations' if audits.scope_kind == 'organisation' else 'teams'}" + (f" {number}" if several else "")


def _ratings(audits: AuditFigures, number: int, figures: ReportFigures) -> Section:
    heading, count = _heading(audits, figures), _number_of(audits)
    bars = tuple({"label": principle.title, **principle.ratings.model_dump()} for principle in audits.principles)
    axes = tuple(
        {
            "label": principle.title,
            "value": principle.ratings.green / principle.ratings.rated if principle.ratings.rated else None,
        }
        for principle in audits.principles
    )
    charts = [Chart(kind="rag_bars", id=f"bars-{number}", title=f"Ratings per principle in {count}", data=bars)]
    if 3 <= len(axes) <= 8:
        title = f"Share of ratings that are green, per principle, in {count}"
        charts.append(Chart(kind="radar", id=f"wheel-{number}", title=title, data=axes))
    return Section(
        id=f"principles-{number}",
        title=f"Principles: {heading[0].lower() + heading[1:]}",
        sheet=_sheet("Principles", audits, number, figures),
        words=(
            f"From {count}. Shares are of the criteria that were rated green, amber or red; "
            "those that do not apply or are not rated yet are counted apart.",
        ),
        charts=tuple(charts),
        tables=(
            Table(
                caption=f"Ratings per principle, {count}",
                head=("Principle", *RATING_HEAD),
                rows=tuple((each.title, *_rating_cells(each.ratings)) for each in audits.principles),
                numeric=tuple(range(1, 8)),
            ),
            _movement(audits.principles, count),
        ),
    )


def _movement(principles: Sequence[PrincipleFigures], count: str) -> Table:
    return Table(
        caption=f"Movement since the audit before, {count}",
        head=("Principle", "Improved", "The same", "Worsened", "Rated in both"),
        rows=tuple(
            (each.title, each.movement.improved, each.movement.same, each.movement.worsened, each.movement.compared)
            for each in principles
        ),
        numeric=(1, 2, 3, 4),
    )


def _criteria(audits: AuditFigures, number: int, figures: ReportFigures) -> Section:
    heading, count = _heading(audits, figures), _number_of(audits)
    red = most_often_red(audits)
    return Section(
        id=f"criteria-{number}",
        title=f"Criteria: {heading[0].lower() + heading[1:]}",
        sheet=_sheet("Criteria", audits, number, figures),
        words=() if red else ("No criterion is rated red.",),
        tables=(
            *(
                (
                    Table(
                        caption=f"Criteria most often red, {count}",
                        head=("Criterion", "Red", "Rated"),
                        rows=tuple((each.text, each.ratings.red, each.ratings.rated) for each in red),
                        numeric=(1, 2),
                    ),
                )
                if red
                else ()
            ),
            *(
                Table(
                    caption=f"{principle.title}: every criterion, {count}",
                    head=("Criterion", *RATING_HEAD),
                    rows=tuple((each.text, *_rating_cells(each.ratings)) for each in principle.criteria),
                    numeric=tuple(range(1, 8)),
                )
                for principle in audits.principles
            ),
        ),
    )


def _people(figures: Iterable[PeopleFigures]) -> tuple[tuple[Cell, ...], ...]:
    return tuple((each.words, NOT_SHOWN if each.people is None else each.people, each.organisations) for each in figures)


def _workforce(figures: ReportFigures) -> Section:
    levels = [each for each in figures.people if each.kind is not CountKind.DEVELOPMENT_AREA]
    areas = [each for each in figures.people if each.kind is CountKind.DEVELOPMENT_AREA]
    tables = [
        Table(
            caption="People whose agreed form says that they need a level",
            head=("Practice level", "People", "Organisations counted"),
            rows=_people(levels),
            numeric=(1, 2),
        )
    ]
    if areas:
        tables.append(
            Table(
                caption="Development areas that people agreed with their managers",
                head=("Statement", "People", "Organisations counted", "Courses that cover it"),
                rows=tuple((*row, each.courses or 0) for row, each in zip(_people(areas), areas, strict=True)),
                numeric=(1, 2, 3),
            )
        )
    words = [
        f"Counts of fewer than {figures.small_number} people in an organisation are not told to anybody, and neither is a "
        "number that would give them away. The sums below are of the organisations that could tell theirs.",
    ]
    if not areas:
        words.append("No organisation could tell the development areas of its staff yet.")
    return Section(
        id="workforce",
        title="What the workforce needs",
        sheet="What the workforce needs",
        words=tuple(words),
        tables=tuple(tables),
    )


def _registry(figures: ReportFigures) -> Section:
    registry = figures.registry
    return Section(
        id="training",
        title="Training on offer",
        sheet="Training on offer",
        words=(
            f"The registry has {_plural(registry.courses, 'course')} of {_plural(registry.providers, 'provider')} that can be "
            f"booked, {registry.courses_with_dates:,} of them with a date to come. It is the same for all areas and sectors.",
        ),
        tables=(
            Table(
                caption="Courses by practice level",
                head=("Practice level", "Courses"),
                rows=registry.courses_by_level,
                numeric=(1,),
            ),
        ),
    )


def _outcomes(figures: ReportFigures) -> Section:
    table = Table(
        caption="The latest value of every shared indicator",
        head=("Outcome", "Organisation", "Indicator", "Value", "Of", "Source"),
        rows=tuple(
            (each.element, each.organisation, each.indicator, each.value, format_date(each.read_on), each.source or "–")
            for each in figures.outcomes
        ),
    )
    organisations = len({each.organisation for each in figures.outcomes})
    words = (
        f"{_plural(organisations, 'organisation')} of {len(figures.participants):,} shared "
        f"{_plural(len(figures.outcomes), 'indicator')}. Each organisation chose and measured its own. "
        "They are neither added up nor ranked.",
    )
    return Section(
        id="outcomes",
        title="What is changing",
        sheet="What is changing",
        words=words if figures.outcomes else ("No organisation shared an indicator with a value in this period.",),
        tables=(table,) if figures.outcomes else (),
    )


def _method(figures: ReportFigures) -> Section:
    words = [
        "Organisations audit themselves. What they submit and share is published to the partnership by their own side; "
        "nothing else of theirs was read for this report.",
        f"{_period(figures)}. Of each organisation and each team, its latest such audit counts, once. "
        "Audits of whole organisations and of teams are never mixed or averaged.",
        "Movement compares an audit with the one before it of the same scope and edition, criterion by criterion, where both "
        "are rated green, amber or red.",
        "A share's denominator is the number rated green, amber or red. Not applicable and not rated are shown apart and are "
        "never counted as red.",
        f"People are counted from self-assessments that a worker and a manager agreed. Counts under {figures.small_number} "
        f"are withheld before they leave the organisation and read “{NOT_SHOWN}”, as do counts of none.",
        f"Figures are those published when the report was compiled, on {format_time(figures.compiled_at)}; "
        "the date of each organisation's figures stands beside its name.",
    ]
    if not figures.omissions:
        words.append("Nothing was left out: every organisation that this report covers has a shared audit in it.")
    tables = (
        Table(
            caption="What was left out, and why",
            head=("Organisation", "Why"),
            rows=tuple((each.what, each.why) for each in figures.omissions),
        ),
    )
    return Section(
        id="method",
        title="How this was counted",
        sheet="How this was counted",
        words=tuple(words),
        tables=tables if figures.omissions else (),
    )

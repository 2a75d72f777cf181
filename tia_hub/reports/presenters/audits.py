"""The sections of a report on audits: principles and criteria, of whole organisations and of teams apart."""

from collections.abc import Sequence

from tia_hub.reports.presenters.document import Chart, Section, Table, count_words
from tia_hub.reports.scoring import most_often_red
from tia_hub.reports.types import AuditFigures, PrincipleFigures, RatingCounts, ReportFigures

RATING_HEAD = ("Green", "Amber", "Red", "Not applicable", "Not rated", "Rated", "All")


def audits_words(audits: AuditFigures) -> str:
    """How many audits of which kind."""
    kind = "organisation" if audits.scope_kind == "organisation" else "team"
    return count_words(audits.audits, f"{kind} audit")


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


def _sheet(name: str, audits: AuditFigures, number: int, figures: ReportFigures) -> str:
    """A sheet's name; the number keeps those of several editions apart, as Excel has no room for the editions' names."""
    several = len({each.edition for each in figures.audits}) > 1
    return f"{name}, {'organisations' if audits.scope_kind == 'organisation' else 'teams'}" + (f" {number}" if several else "")


def _heading(audits: AuditFigures, figures: ReportFigures) -> str:
    several = len({each.edition for each in figures.audits}) > 1
    edition = f", {audits.edition_name}" if several else ""
    return f"{'Whole organisations' if audits.scope_kind == 'organisation' else 'Teams'}{edition}"


def principles_section(audits: AuditFigures, number: int, figures: ReportFigures) -> Section:
    """Ratings and movement per principle."""
    heading, count = _heading(audits, figures), audits_words(audits)
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


def criteria_section(audits: AuditFigures, number: int, figures: ReportFigures) -> Section:
    """Ratings per criterion, those most often red first."""
    heading, count = _heading(audits, figures), audits_words(audits)
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

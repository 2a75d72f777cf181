"""A report's document, out of its figures as issued."""

from collections.abc import Iterable

from tia_hub.core.clock import format_date, format_time
from tia_hub.reports.presenters.audits import audits_words, criteria_section, principles_section
from tia_hub.reports.presenters.document import NOT_SHOWN, Cell, Document, Section, Table, count_words, day_words
from tia_hub.reports.types import CountKind, Participant, PeopleFigures, RatingCounts, ReportFigures


def make_document(figures: ReportFigures) -> Document:
    """The document of a report as issued."""
    sections = [_glance(figures), _participation(figures)]
    for number, audits in enumerate(figures.audits, start=1):
        sections += [principles_section(audits, number, figures), criteria_section(audits, number, figures)]
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


def _audited(participants: Iterable[Participant], scope_kind: str) -> list[Participant]:
    return [each for each in participants if any(audit.scope_kind == scope_kind for audit in each.audits)]


def _glance(figures: ReportFigures) -> Section:
    everybody = figures.participants
    words = [
        f"{len(_audited(everybody, 'organisation'))} of {count_words(len(everybody), 'organisation')} "
        "shared an audit of the whole organisation.",
        f"{len(_audited(everybody, 'team'))} of {count_words(len(everybody), 'organisation')} shared audits of teams.",
    ]
    for audits in figures.audits:
        counts = RatingCounts.added(principle.ratings for principle in audits.principles)
        movement = [principle.movement for principle in audits.principles]
        words.append(
            f"In {audits_words(audits)}, {counts.green:,} of {counts.rated:,} ratings are green, "
            f"{counts.amber:,} amber and {counts.red:,} red."
        )
        if sum(each.compared for each in movement):
            words.append(
                f"Since the audits before, {sum(each.improved for each in movement):,} of "
                f"{sum(each.compared for each in movement):,} ratings improved and "
                f"{sum(each.worsened for each in movement):,} worsened."
            )
    return Section(id="at-a-glance", title="At a glance", sheet="At a glance", words=tuple(words))


def _participation(figures: ReportFigures) -> Section:
    organisations = tuple(
        (
            each.name,
            each.sector,
            ", ".join(each.areas) or "–",
            sum(audit.scope_kind == "organisation" for audit in each.audits),
            sum(audit.scope_kind != "organisation" for audit in each.audits),
            day_words(max((audit.submitted_on for audit in each.audits), default=None)),
            day_words(each.published_on),
        )
        for each in figures.participants
    )
    audits = tuple(
        (each.name, audit.team_name or "The whole organisation", day_words(audit.started_on), day_words(audit.submitted_on))
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
            f"The registry has {count_words(registry.courses, 'course')} of {count_words(registry.providers, 'provider')} "
            f"that can be booked, {registry.courses_with_dates:,} of them with a date to come. "
            "It is the same for all areas and sectors.",
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
        f"{count_words(organisations, 'organisation')} of {len(figures.participants):,} shared "
        f"{count_words(len(figures.outcomes), 'indicator')}. Each organisation chose and measured its own. "
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

"""What the pages of reports and publications need, already worded."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tia_hub.core.clock import format_date, format_time
from tia_hub.core.jobs.models import Job
from tia_hub.framework.loader import current_edition
from tia_hub.framework.types import UnknownCode
from tia_hub.reports.models import Publication, PublishedAudit, PublishedCount, PublishedReading, Report
from tia_hub.reports.presenters.document import NOT_SHOWN, Document, Table
from tia_hub.reports.presenters.report import make_document
from tia_hub.reports.services.reports import state_of
from tia_hub.reports.types import CountKind, FileKind, RatingCounts, ReportFigures, ReportState

COLOURS = {
    ReportState.COMPILING: "teal",
    ReportState.READY: "green",
    ReportState.FAILED: "red",
    ReportState.CANCELLED: "grey",
}


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """A report in the list."""

    id: UUID
    title: str
    state: str
    colour: str
    asked: str


@dataclass(frozen=True, kw_only=True)
class ReportPage:
    """A report being compiled, or as issued."""

    id: UUID
    title: str
    state: ReportState
    done: int
    total: int
    words: str
    document: Document | None
    files: tuple[str, ...]
    pdf_missing: str | None

    @property
    def compiling(self) -> bool:
        """Whether it is worth asking again."""
        return self.state is ReportState.COMPILING


def report_lines(rows: Iterable[Any]) -> list[ReportLine]:
    """The list of reports."""
    lines = []
    for row in rows:
        state = state_of(row.state, row.job_state)
        lines.append(
            ReportLine(
                id=row.id,
                title=row.title,
                state=state.words,
                colour=COLOURS[state],
                asked=f"{format_time(row.created_at)} by {row.requested_by_name}",
            )
        )
    return lines


def report_page(report: Report, job: Job | None, files: Sequence[str]) -> ReportPage:
    """One report."""
    state = state_of(report.state, job.state if job else None)
    figures = ReportFigures.model_validate(report.figures) if report.figures else None
    return ReportPage(
        id=report.id,
        title=report.title,
        state=state,
        done=job.progress_done if job else 0,
        total=job.progress_total if job else 0,
        words=(job.progress_words if job else "") or "Waiting for its turn",
        document=make_document(figures) if figures and state is ReportState.READY else None,
        files=tuple(files),
        pdf_missing=report.pdf_missing,
    )


def file_name(title: str, kind: FileKind) -> str:
    """A name for a downloaded file that every system takes."""
    stem = re.sub(r"[^\w-]+", "-", title).strip("-")[:80] or "report"
    return f"{stem}.{kind}"


@dataclass(frozen=True, kw_only=True)
class PublicationPage:
    """What the coordinator sees of an organisation."""

    published: str | None
    checked: str | None
    audits: Table | None
    levels: Table
    development: Table | None
    readings: Table | None


def publication_page(
    publication: Publication | None,
    audits: Sequence[PublishedAudit],
    ratings: Iterable[tuple[UUID, str | None, int]],
    counts: Iterable[PublishedCount],
    readings: Sequence[PublishedReading],
) -> PublicationPage:
    """What the coordinator sees, and of when."""
    of_audit: dict[UUID, dict[str, int]] = defaultdict(dict)
    for audit_id, rating, count in ratings:
        of_audit[audit_id][rating or "unrated"] = count
    rows = []
    for audit in audits:
        sums = RatingCounts(**of_audit[audit.audit_id])
        rows.append(
            (
                audit.team_name or "The whole organisation",
                format_date(audit.submitted_at),
                sums.green,
                sums.amber,
                sums.red,
                sums.not_applicable,
                sums.unrated,
                sums.total,
            )
        )
    told = {(count.kind, count.code): count.people for count in counts}
    edition = current_edition()
    levels = tuple((level.name, told.get((CountKind.NEEDED_LEVEL, level.code.value), NOT_SHOWN)) for level in edition.levels)
    development = tuple(
        (_statement(code), people) for (kind, code), people in told.items() if kind == CountKind.DEVELOPMENT_AREA
    )
    return PublicationPage(
        published=format_time(publication.published_at) if publication and publication.published_at else None,
        checked=format_time(publication.checked_at) if publication and publication.checked_at else None,
        audits=Table(
            caption="Your shared audits",
            head=("Audit of", "Submitted", "Green", "Amber", "Red", "Not applicable", "Not rated", "All"),
            rows=tuple(rows),
            numeric=(2, 3, 4, 5, 6, 7),
        )
        if rows
        else None,
        levels=Table(
            caption="People whose agreed form says that they need a level",
            head=("Practice level", "People"),
            rows=levels,
            numeric=(1,),
        ),
        development=Table(
            caption="Development areas that people agreed with their managers",
            head=("Statement", "People"),
            rows=development,
            numeric=(1,),
        )
        if development
        else None,
        readings=Table(
            caption="Your shared indicators",
            head=("Indicator", "Value", "Of"),
            rows=tuple((reading.name, reading.value, format_date(reading.read_on)) for reading in readings),
        )
        if readings
        else None,
    )


def _statement(code: str) -> str:
    try:
        return current_edition().statement(code).text
    except UnknownCode:
        return code

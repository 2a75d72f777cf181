"""Jobs of the room `reports`."""

from datetime import timedelta
from uuid import UUID

from tia_hub.core.clock import now
from tia_hub.core.identity import holds_permission
from tia_hub.core.jobs.runner import Run, job
from tia_hub.core.jobs.types import JobName, RunLater
from tia_hub.core.pdf import PdfUnavailable, render_pdf
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.reports.presenters.paper import render_paper
from tia_hub.reports.presenters.report import make_document
from tia_hub.reports.presenters.workbook import render_workbook
from tia_hub.reports.queries.members import list_colleagues
from tia_hub.reports.queries.publications import see_one_moment
from tia_hub.reports.queries.reports import find_report, get_report
from tia_hub.reports.queries.schedules import get_report_schedule, list_recipients
from tia_hub.reports.services.collecting import collect
from tia_hub.reports.services.compiling import compile_figures, count_waiting
from tia_hub.reports.services.delivering import deliver
from tia_hub.reports.services.publications import publish
from tia_hub.reports.services.reports import keep_report, state_of
from tia_hub.reports.services.schedules import NOT_COMPILED, Turn, end_occasion, request_scheduled_report
from tia_hub.reports.types import FileKind, ReportFigures, ReportState

POLL = 1.0
"""Seconds between two looks at whether the organisations have published."""
LONGEST_WAIT = timedelta(minutes=10)
"""After that a report is compiled from what is there; whose figures are old is said in it."""


@job(JobName.PUBLISH_FIGURES)
def publish_figures(run: Run[OrganisationScope]) -> None:
    """Bring what the coordinator sees of an organisation up to date."""
    with run.finish() as scope:
        publish(scope, collect)


@job(JobName.COMPILE_REPORT)
def compile_report(run: Run[PartnershipScope]) -> None:
    """Wait for the figures that are being published, compile, draw the files, and keep all of it at once."""
    report_id = UUID(str(run.payload["report_id"]))
    with run.open() as scope:
        see_one_moment(scope)
        report, _ = get_report(scope, report_id)
        if report.state != ReportState.COMPILING:
            return
        waiting = count_waiting(scope, report)
        patient = now() - report.created_at < LONGEST_WAIT
        figures = None if waiting.organisations and patient else compile_figures(scope, report)
    if figures is None:
        done = waiting.total - waiting.organisations
        run.progress(done, waiting.total, "Collecting what organisations have published")
        raise RunLater(POLL)
    run.progress(waiting.total, waiting.total, "Drawing the pages")
    document = make_document(figures)
    files = {FileKind.EXCEL: render_workbook(document)}
    pdf_missing = None
    try:
        files[FileKind.PDF] = render_pdf(render_paper(document))
    except PdfUnavailable as error:
        pdf_missing = str(error)
    with run.finish() as scope:
        keep_report(scope, report_id, figures=figures, files=files, pdf_missing=pdf_missing)


@job(JobName.SEND_SCHEDULED_REPORT)
def send_scheduled_report(run: Run[PartnershipScope]) -> None:
    """Have a schedule's report compiled, wait for it, and post it to those who may read it at this moment."""
    schedule_id = UUID(str(run.payload["schedule_id"]))
    occasion = str(run.payload.get("occasion") or run.payload["due_at"])
    token = f"schedule:{schedule_id}:{occasion}"
    with run.open() as scope:
        found = find_report(scope, token)
        state = None
        if found is not None:
            report, compiling = get_report(scope, found.id)
            state = state_of(report.state, compiling.state if compiling else None)
        recipients = [person_id for person_id, _ in list_recipients(scope, schedule_id)]
        colleagues = {colleague.person_id: colleague for colleague in list_colleagues(scope)}
        home_id = scope.home_id
    if found is None:
        with run.open(read_only=False) as scope:
            schedule, _ = get_report_schedule(scope, schedule_id)
            request_scheduled_report(scope, schedule, token)
    if found is None or state is ReportState.COMPILING:
        run.progress(0, len(recipients), "Waiting for the report")
        raise RunLater(POLL)
    if state is not ReportState.READY:
        with run.finish() as scope:
            end_occasion(scope, schedule_id, NOT_COMPILED)
        return
    turns = [
        Turn(
            person_id=person_id,
            colleague=colleagues.get(person_id)
            if holds_permission(person_id, Permission.REPORT_READ, home_id=home_id)
            else None,
        )
        for person_id in recipients
    ]
    headlines = make_document(ReportFigures.model_validate(report.figures)).sections[0].words
    with run.finish() as scope:
        deliver(scope, schedule_id=schedule_id, occasion=occasion, report=report, turns=turns, headlines=headlines)

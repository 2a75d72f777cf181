"""Jobs of the room `reports`."""

from datetime import timedelta
from uuid import UUID

from tia_hub.core.clock import now
from tia_hub.core.jobs.runner import Run, job
from tia_hub.core.jobs.types import JobName, RunLater
from tia_hub.core.pdf import PdfUnavailable, render_pdf
from tia_hub.core.scope import PartnershipScope
from tia_hub.reports.presenters.document import make_document
from tia_hub.reports.presenters.paper import render_paper
from tia_hub.reports.presenters.workbook import render_workbook
from tia_hub.reports.queries.reports import get_report
from tia_hub.reports.services.compiling import compile_figures, count_waiting
from tia_hub.reports.services.reports import keep_report
from tia_hub.reports.types import FileKind, ReportState

POLL = 1.0
"""Seconds between two looks at whether the organisations have published."""
LONGEST_WAIT = timedelta(minutes=10)
"""After that a report is compiled from what is there; whose figures are old is said in it."""


@job(JobName.COMPILE_REPORT)
def compile_report(run: Run[PartnershipScope]) -> None:
    """Wait for the figures that are being published, compile, draw the files, and keep all of it at once."""
    report_id = UUID(str(run.payload["report_id"]))
    with run.open() as scope:
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

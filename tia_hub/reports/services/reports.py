"""Asking for a report, cancelling it, trying again, and keeping what was compiled."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import now
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.jobs.services import cancel_job, enqueue, get_job
from tia_hub.core.jobs.types import JobName, JobState
from tia_hub.core.scope import PartnershipScope
from tia_hub.core.trail import record
from tia_hub.reports.models import Report, ReportFile
from tia_hub.reports.types import FileKind, ReportFigures, ReportState


def request_report(
    scope: PartnershipScope,
    *,
    token: str,
    title: str,
    period_from: date | None = None,
    period_to: date | None = None,
    area_ids: Sequence[UUID] = (),
    sectors: Sequence[str] = (),
) -> UUID:
    """Have a report compiled. Asking again with the same token gives the same report."""
    report_id = uuid4()
    asked = scope.session.execute(
        insert(Report)
        .values(
            id=report_id,
            partnership_id=scope.partnership_id,
            token=token,
            title=title,
            period_from=period_from,
            period_to=period_to,
            area_ids=[str(area_id) for area_id in area_ids],
            sectors=list(sectors),
            requested_by=scope.actor.person_id,
            requested_by_name=scope.actor.name,
            state=ReportState.COMPILING,
        )
        .on_conflict_do_nothing(index_elements=["partnership_id", "token"])
        .returning(Report.id)
    ).scalar_one_or_none()
    if asked is None:
        return scope.session.execute(
            select(Report.id).where(Report.partnership_id == scope.partnership_id, Report.token == token)
        ).scalar_one()
    _compile(scope, _locked(scope, report_id))
    record(scope, "report.requested", f"Asked for the report {title}", target_id=report_id)
    return report_id


def _locked(scope: PartnershipScope, report_id: UUID) -> Report:
    report = scope.session.scalar(
        select(Report)
        .where(Report.partnership_id == scope.partnership_id, Report.id == report_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if report is None:
        raise NotFound("report")
    return report


def _compile(scope: PartnershipScope, report: Report) -> None:
    report.state = ReportState.COMPILING
    report.job_id = enqueue(scope, JobName.COMPILE_REPORT, key=f"report:{report.id}", payload={"report_id": str(report.id)})


def cancel_report(scope: PartnershipScope, report_id: UUID) -> None:
    """Stop compiling a report. Raises Refused where it has ended already."""
    report = _locked(scope, report_id)
    if report.state != ReportState.COMPILING or report.job_id is None or not cancel_job(scope, report.job_id):
        raise Refused("This report is not being compiled any more, so there is nothing to cancel.")
    report.state = ReportState.CANCELLED
    record(scope, "report.cancelled", f"Cancelled the report {report.title}", target_id=report.id)


def try_again(scope: PartnershipScope, report_id: UUID) -> None:
    """Compile a report that failed or was cancelled once more. Raises Refused where it did not."""
    report = _locked(scope, report_id)
    job = get_job(scope, report.job_id) if report.job_id else None
    if state_of(report.state, job.state if job else None) not in (ReportState.FAILED, ReportState.CANCELLED):
        raise Refused("Only a report that failed or was cancelled can be tried again.")
    _compile(scope, report)
    record(scope, "report.requested", f"Asked again for the report {report.title}", target_id=report.id)


def state_of(state: str, job_state: str | None) -> ReportState:
    """What became of a report: one whose job was parked as failed never becomes ready by itself."""
    if state == ReportState.COMPILING and job_state in (None, JobState.FAILED):
        return ReportState.FAILED
    return ReportState(state)


def keep_report(
    scope: PartnershipScope,
    report_id: UUID,
    *,
    figures: ReportFigures,
    files: Mapping[FileKind, bytes],
    pdf_missing: str | None,
) -> None:
    """Keep a report as issued, with its files: all of it or, if the transaction fails, none."""
    report = _locked(scope, report_id)
    report.state = ReportState.READY
    report.figures = figures.model_dump(mode="json")
    report.pdf_missing = pdf_missing
    report.compiled_at = now()
    for kind, content in files.items():
        scope.session.add(ReportFile(report_id=report_id, kind=kind, partnership_id=scope.partnership_id, content=content))
    record(scope, "report.compiled", f"Compiled the report {report.title}", target_id=report_id)

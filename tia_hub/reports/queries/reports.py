"""Reads of reports as they were asked for and issued."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from tia_hub.core.errors import NotFound
from tia_hub.core.jobs.models import Job
from tia_hub.core.scope import PartnershipScope
from tia_hub.reports.models import Report, ReportFile

MOST_LISTED = 100


def get_report(scope: PartnershipScope, report_id: UUID) -> tuple[Report, Job | None]:
    """A report and the job that compiles it. Raises NotFound."""
    row = scope.session.execute(
        select(Report, Job)
        .outerjoin(Job, Job.id == Report.job_id)
        .where(Report.partnership_id == scope.partnership_id, Report.id == report_id)
    ).one_or_none()
    if row is None:
        raise NotFound("report")
    return row[0], row[1]


def find_report(scope: PartnershipScope, token: str) -> Report | None:
    """The report that was asked for with a token."""
    return scope.session.scalar(select(Report).where(Report.partnership_id == scope.partnership_id, Report.token == token))


def list_reports(scope: PartnershipScope) -> list[Row[Any]]:
    """The newest reports, newest first: id, title, state, created_at, compiled_at, requested_by_name and the job's state."""
    return list(
        scope.session.execute(
            select(
                Report.id,
                Report.title,
                Report.state,
                Report.created_at,
                Report.compiled_at,
                Report.requested_by_name,
                Job.state.label("job_state"),
            )
            .outerjoin(Job, Job.id == Report.job_id)
            .where(Report.partnership_id == scope.partnership_id)
            .order_by(Report.created_at.desc(), Report.id)
            .limit(MOST_LISTED)
        )
    )


def list_file_kinds(scope: PartnershipScope, report_id: UUID) -> list[str]:
    """Which files a report has."""
    return list(
        scope.session.scalars(
            select(ReportFile.kind)
            .where(ReportFile.partnership_id == scope.partnership_id, ReportFile.report_id == report_id)
            .order_by(ReportFile.kind)
        )
    )


def get_file(scope: PartnershipScope, report_id: UUID, kind: str) -> tuple[str, bytes]:
    """A report's title and the content of one of its files. Raises NotFound."""
    row = scope.session.execute(
        select(Report.title, ReportFile.content)
        .join(ReportFile, ReportFile.report_id == Report.id)
        .where(
            Report.partnership_id == scope.partnership_id,
            ReportFile.partnership_id == scope.partnership_id,
            Report.id == report_id,
            ReportFile.kind == kind,
        )
    ).one_or_none()
    if row is None:
        raise NotFound("file of a report")
    return row.title, row.content

"""What the room `reports` holds on a person in a coordinator's office: reports that they asked for and were sent."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from tia_hub.core.personal import MOST_ROWS, STEAD, Fact, Holding, Subject, instant
from tia_hub.core.scope import PartnershipScope
from tia_hub.reports.models import Report, ReportRecipient, ReportSchedule, ReportSending


def _reports(scope: PartnershipScope, subject: Subject) -> Sequence[Fact]:
    asked = (
        select(Report.title, Report.created_at)
        .where(Report.partnership_id == scope.partnership_id, Report.requested_by == subject.person_id)
        .order_by(Report.created_at.desc())
        .limit(MOST_ROWS)
    )
    sent = (
        select(ReportSchedule.title, ReportSending.created_at)
        .join(ReportSchedule, ReportSchedule.id == ReportSending.schedule_id)
        .where(ReportSending.partnership_id == scope.partnership_id, ReportSending.person_id == subject.person_id)
        .order_by(ReportSending.created_at.desc())
        .limit(MOST_ROWS)
    )
    receiving = (
        select(ReportSchedule.title)
        .join(ReportRecipient, ReportRecipient.schedule_id == ReportSchedule.id)
        .where(ReportRecipient.partnership_id == scope.partnership_id, ReportRecipient.person_id == subject.person_id)
    )
    return [
        *({"Report that you asked for": row.title, "When": instant(row.created_at)} for row in scope.session.execute(asked)),
        *({"Report that was sent to you": row.title, "When": instant(row.created_at)} for row in scope.session.execute(sent)),
        *({"Schedule that you are a recipient of": title} for title in scope.session.scalars(receiving)),
    ]


def _forget(scope: PartnershipScope, subject: Subject) -> None:
    scope.session.execute(
        delete(ReportRecipient).where(
            ReportRecipient.partnership_id == scope.partnership_id, ReportRecipient.person_id == subject.person_id
        )
    )
    scope.session.execute(
        update(ReportSending)
        .where(ReportSending.partnership_id == scope.partnership_id, ReportSending.person_id == subject.person_id)
        .values(person_name=STEAD)
    )
    scope.session.execute(
        update(Report)
        .where(Report.partnership_id == scope.partnership_id, Report.requested_by == subject.person_id)
        .values(requested_by_name=STEAD)
    )


HOLDINGS = (
    Holding(
        kind="reports",
        title="Reports that you asked for or were sent",
        purpose="So that the office knows who has which report.",
        fate="Stay, as they are the partnership’s, without your name. You are no longer a recipient.",
        scope=PartnershipScope,
        columns=(
            "report.requested_by",
            "report.requested_by_name",
            "report_recipient.person_id",
            "report_sending.person_id",
            "report_sending.person_name",
        ),
        collect=_reports,
        erase=_forget,
    ),
)

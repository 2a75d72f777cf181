"""Reads of schedules, of who gets them, and of what they sent."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from tia_hub.accounts.models import Person
from tia_hub.core.errors import NotFound
from tia_hub.core.mail.models import Email
from tia_hub.core.schedules.models import Schedule
from tia_hub.core.scope import PartnershipScope
from tia_hub.reports.models import Report, ReportRecipient, ReportSchedule, ReportSending

MOST_LISTED = 200


def list_schedules(scope: PartnershipScope) -> list[tuple[ReportSchedule, Schedule, int]]:
    """The partnership's schedules with their times and number of recipients, oldest first."""
    recipients = (
        select(func.count())
        .where(ReportRecipient.schedule_id == ReportSchedule.id, ReportRecipient.partnership_id == scope.partnership_id)
        .scalar_subquery()
    )
    rows = scope.session.execute(
        select(ReportSchedule, Schedule, recipients)
        .join(Schedule, Schedule.id == ReportSchedule.id)
        .where(ReportSchedule.partnership_id == scope.partnership_id, Schedule.home_id == scope.partnership_id)
        .order_by(ReportSchedule.created_at, ReportSchedule.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def get_schedule_id(scope: PartnershipScope, token: str) -> UUID:
    """The schedule that a form's token made."""
    query = select(ReportSchedule.id).where(
        ReportSchedule.partnership_id == scope.partnership_id, ReportSchedule.token == token
    )
    return scope.session.execute(query).scalar_one()


def get_report_schedule(scope: PartnershipScope, schedule_id: UUID) -> tuple[ReportSchedule, Schedule]:
    """A schedule with its times. Raises NotFound."""
    row = scope.session.execute(
        select(ReportSchedule, Schedule)
        .join(Schedule, Schedule.id == ReportSchedule.id)
        .where(
            ReportSchedule.partnership_id == scope.partnership_id,
            Schedule.home_id == scope.partnership_id,
            ReportSchedule.id == schedule_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound("schedule")
    return row[0], row[1]


def list_recipients(scope: PartnershipScope, schedule_id: UUID) -> list[tuple[UUID, str | None]]:
    """Who gets a schedule's reports; the name is None of those who have left the office."""
    rows = scope.session.execute(
        select(ReportRecipient.person_id, Person.name)
        .outerjoin(Person, Person.id == ReportRecipient.person_id)
        .where(ReportRecipient.partnership_id == scope.partnership_id, ReportRecipient.schedule_id == schedule_id)
        .order_by(Person.name, ReportRecipient.person_id)
    )
    return [(row[0], row[1]) for row in rows]


def list_sendings(scope: PartnershipScope, schedule_id: UUID) -> list[Row[Any]]:
    """What a schedule sent to whom, newest first: person_name, created_at, report_id, title, email_id, state, sent_at."""
    return list(
        scope.session.execute(
            select(
                ReportSending.person_name,
                ReportSending.created_at,
                ReportSending.report_id,
                Report.title,
                ReportSending.email_id,
                Email.state,
                Email.sent_at,
            )
            .join(Report, Report.id == ReportSending.report_id)
            .outerjoin(Email, Email.id == ReportSending.email_id)
            .where(ReportSending.partnership_id == scope.partnership_id, ReportSending.schedule_id == schedule_id)
            .order_by(ReportSending.created_at.desc(), ReportSending.person_name, ReportSending.person_id)
            .limit(MOST_LISTED)
        )
    )


def find_email_of(scope: PartnershipScope, schedule_id: UUID, email_id: UUID) -> str | None:
    """To whom a schedule sent a mail."""
    return scope.session.scalar(
        select(ReportSending.person_name).where(
            ReportSending.partnership_id == scope.partnership_id,
            ReportSending.schedule_id == schedule_id,
            ReportSending.email_id == email_id,
        )
    )


def find_last_sent(scope: PartnershipScope, schedule_id: UUID, *, not_report: UUID) -> Report | None:
    """The report that a schedule sent before another one."""
    return scope.session.scalar(
        select(Report)
        .join(ReportSending, ReportSending.report_id == Report.id)
        .where(
            ReportSending.partnership_id == scope.partnership_id,
            ReportSending.schedule_id == schedule_id,
            Report.id != not_report,
        )
        .order_by(ReportSending.created_at.desc(), Report.id)
        .limit(1)
    )

"""Scheduling reports: making a schedule, pausing it, sending now, sending again, and recording each recipient's turn."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import format_date, today
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.mail.services import send_again
from tia_hub.core.schedules.recurrence import Frequency
from tia_hub.core.schedules.services import create_schedule, set_paused
from tia_hub.core.scope import PartnershipScope
from tia_hub.core.trail import record
from tia_hub.reports.models import ReportRecipient, ReportSchedule, ReportSending
from tia_hub.reports.queries.members import Colleague
from tia_hub.reports.queries.schedules import find_email_of, get_report_schedule, get_schedule_id
from tia_hub.reports.services.reports import request_report

NOBODY = "Nobody is left to receive it: none of its recipients may read reports any more. Choose others."
NOT_COMPILED = "The last report could not be compiled, so nothing was sent."


@dataclass(frozen=True, kw_only=True)
class Turn:
    """That a recipient's turn has come, and whether they may still have it."""

    person_id: UUID
    colleague: Colleague | None
    """None where they have lost the right to the report."""


def _refuse_outsiders(recipients: Collection[UUID], colleagues: Sequence[Colleague]) -> None:
    if not recipients or set(recipients) - {colleague.person_id for colleague in colleagues}:
        raise Refused("Reports can be sent to people of the coordinator's office only.")


def _add_recipients(scope: PartnershipScope, schedule_id: UUID, recipients: Collection[UUID]) -> None:
    for person_id in recipients:
        scope.session.add(ReportRecipient(schedule_id=schedule_id, partnership_id=scope.partnership_id, person_id=person_id))


def create_report_schedule(
    scope: PartnershipScope,
    *,
    title: str,
    frequency: Frequency,
    first_on: date,
    local_time: time,
    recipients: Collection[UUID],
    colleagues: Sequence[Colleague],
    token: str | None = None,
) -> UUID:
    """Have a report compiled and sent again and again; with the same token it is the same schedule.

    Raises Refused where a recipient is not in the office.
    """
    _refuse_outsiders(recipients, colleagues)
    token = token or str(uuid4())
    schedule_id = scope.session.execute(
        insert(ReportSchedule)
        .values(id=uuid4(), partnership_id=scope.partnership_id, token=token, title=title)
        .on_conflict_do_nothing(index_elements=["partnership_id", "token"])
        .returning(ReportSchedule.id)
    ).scalar_one_or_none()
    if schedule_id is None:
        return get_schedule_id(scope, token)
    schedule = create_schedule(
        scope, JobName.SEND_SCHEDULED_REPORT, frequency=frequency, first_on=first_on, local_time=local_time
    )
    schedule.id = schedule_id
    schedule.payload = {"schedule_id": str(schedule_id)}
    _add_recipients(scope, schedule_id, recipients)
    record(scope, "schedule.created", f"Scheduled the report {title}", target_id=schedule_id)
    return schedule_id


def choose_recipients(
    scope: PartnershipScope, schedule_id: UUID, recipients: Collection[UUID], colleagues: Sequence[Colleague]
) -> None:
    """Say anew who gets a schedule's reports. Raises Refused where one is not in the office."""
    _refuse_outsiders(recipients, colleagues)
    schedule, _ = get_report_schedule(scope, schedule_id)
    scope.session.execute(
        delete(ReportRecipient).where(
            ReportRecipient.partnership_id == scope.partnership_id, ReportRecipient.schedule_id == schedule_id
        )
    )
    _add_recipients(scope, schedule_id, recipients)
    schedule.trouble = None
    names = ", ".join(colleague.name for colleague in colleagues if colleague.person_id in recipients)
    record(scope, "schedule.recipients", f"Chose who gets {schedule.title}: {names}", target_id=schedule_id)


def pause_schedule(scope: PartnershipScope, schedule_id: UUID, *, paused: bool) -> None:
    """Pause a schedule, or have it go on with the next time that is still to come."""
    report_schedule, schedule = get_report_schedule(scope, schedule_id)
    set_paused(schedule, paused)
    words = f"{'Paused' if paused else 'Went on with'} the schedule of {report_schedule.title}"
    record(scope, "schedule.paused" if paused else "schedule.resumed", words, target_id=schedule_id)


def send_now(scope: PartnershipScope, schedule_id: UUID, *, token: str) -> None:
    """Compile and send a schedule's report now, besides its times. The same token sends it once."""
    report_schedule, _ = get_report_schedule(scope, schedule_id)
    enqueue(
        scope,
        JobName.SEND_SCHEDULED_REPORT,
        key=f"send:{token}",
        payload={"schedule_id": str(schedule_id), "occasion": f"now:{token}"},
    )
    record(scope, "schedule.sent_now", f"Had the report {report_schedule.title} sent now", target_id=schedule_id)


def send_mail_again(scope: PartnershipScope, schedule_id: UUID, email_id: UUID) -> None:
    """Send a mail of a schedule once more. Raises NotFound, or Refused where it was sent or is on its way."""
    name = find_email_of(scope, schedule_id, email_id)
    if name is None:
        raise NotFound("mail of a schedule")
    if not send_again(scope, email_id):
        raise Refused("This mail was sent or is on its way, so it can't be sent again.")
    record(scope, "schedule.sent_again", f"Had the mail to {name} sent again", target_id=schedule_id)


def request_scheduled_report(scope: PartnershipScope, schedule: ReportSchedule, token: str) -> UUID:
    """Have the report of an occasion compiled: once, however often this is called."""
    return request_report(scope, token=token, title=f"{schedule.title}, {format_date(today())}")


def take_turn(
    scope: PartnershipScope, schedule_id: UUID, occasion: str, report_id: UUID, turn: Turn, name: str
) -> ReportSending | None:
    """Record that a recipient's turn came; None where it had come before, so that nothing is sent twice."""
    return scope.session.execute(
        insert(ReportSending)
        .values(
            schedule_id=schedule_id,
            occasion=occasion,
            person_id=turn.person_id,
            partnership_id=scope.partnership_id,
            report_id=report_id,
            person_name=name,
        )
        .on_conflict_do_nothing()
        .returning(ReportSending)
    ).scalar_one_or_none()


def end_occasion(scope: PartnershipScope, schedule_id: UUID, trouble: str | None) -> None:
    """Note what went wrong with a schedule this time, for its page and the trail; None where nothing did."""
    schedule, _ = get_report_schedule(scope, schedule_id)
    schedule.trouble = trouble
    words = f"{schedule.title}: {trouble}" if trouble else f"Sent the report {schedule.title}"
    record(scope, "schedule.trouble" if trouble else "schedule.sent", words, target_id=schedule_id)

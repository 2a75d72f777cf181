"""What the pages of schedules need, already worded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tia_hub.core.clock import format_date, format_time
from tia_hub.core.mail.models import EmailState
from tia_hub.core.schedules.models import Schedule
from tia_hub.core.schedules.recurrence import Frequency
from tia_hub.reports.models import ReportSchedule

STATES = {
    EmailState.QUEUED: "On its way",
    EmailState.SENDING: "On its way",
    EmailState.SENT: "Sent",
    EmailState.FAILED: "Could not be sent",
    EmailState.WITHHELD: "Not sent: no longer has the right to it",
    EmailState.UNCERTAIN: "May not have arrived",
}
AGAIN = frozenset({EmailState.FAILED, EmailState.UNCERTAIN, EmailState.WITHHELD})
"""States in which a mail can be sent again."""


@dataclass(frozen=True, kw_only=True)
class ScheduleLine:
    """A schedule in the list."""

    id: UUID
    title: str
    when: str
    next: str
    recipients: str
    trouble: str | None


@dataclass(frozen=True, kw_only=True)
class SendingLine:
    """What was sent to one person."""

    name: str
    report_id: UUID
    report: str
    state: str
    again: UUID | None
    """The mail, where it can be sent again."""


@dataclass(frozen=True, kw_only=True)
class SchedulePage:
    """One schedule."""

    id: UUID
    title: str
    paused: bool
    trouble: str | None
    facts: tuple[dict[str, str], ...]
    sendings: tuple[SendingLine, ...]


def _when(times: Schedule) -> str:
    return f"{Frequency(times.frequency).words} at {times.local_time:%H:%M}, London time"


def _next(times: Schedule) -> str:
    return "Paused" if times.paused else format_time(times.next_at)


def schedule_lines(rows: Iterable[tuple[ReportSchedule, Schedule, int]]) -> list[ScheduleLine]:
    """The list of schedules."""
    return [
        ScheduleLine(
            id=schedule.id,
            title=schedule.title,
            when=_when(times),
            next=_next(times),
            recipients="1 person" if count == 1 else f"{count} people",
            trouble=schedule.trouble,
        )
        for schedule, times, count in rows
    ]


def schedule_page(
    schedule: ReportSchedule, times: Schedule, recipients: Sequence[tuple[UUID, str | None]], sendings: Iterable[Any]
) -> SchedulePage:
    """One schedule with what it sent."""
    names = [name or "somebody who has left the office" for _, name in recipients]
    facts = (
        {"key": "How often", "value": _when(times)},
        {"key": "Next time", "value": _next(times)},
        {"key": "First day", "value": format_date(times.first_on)},
        {"key": "Who gets it", "value": ", ".join(names) or "Nobody"},
    )
    return SchedulePage(
        id=schedule.id,
        title=schedule.title,
        paused=times.paused,
        trouble=schedule.trouble,
        facts=facts,
        sendings=tuple(_sending(row) for row in sendings),
    )


def _sending(row: Any) -> SendingLine:
    if row.email_id is None:
        words = STATES[EmailState.WITHHELD]
    elif row.state is None:
        words = "Sent, and its record has been deleted since"
    else:
        words = STATES[EmailState(row.state)]
        if row.state == EmailState.SENT and row.sent_at:
            words = f"{words} on {format_time(row.sent_at)}"
    return SendingLine(
        name=row.person_name,
        report_id=row.report_id,
        report=row.title,
        state=words,
        again=row.email_id if row.state in AGAIN else None,
    )

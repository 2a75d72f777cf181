"""Delivering a scheduled report: one mail to each recipient who may read it at this moment, once."""

from collections.abc import Sequence
from uuid import UUID

from tia_hub.core.mail.services import link
from tia_hub.core.notices.services import notify
from tia_hub.core.notices.types import Topic
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import PartnershipScope
from tia_hub.reports.models import Report
from tia_hub.reports.queries.members import Colleague, get_office, list_colleagues
from tia_hub.reports.queries.schedules import find_last_sent
from tia_hub.reports.services.schedules import NOBODY, Turn, end_occasion, take_turn

LEFT = "Somebody who left the office"
OF_THE_DAY = frozenset({"title", "compiled_at"})
"""Parts of a report's figures that differ even where nothing changed."""


def deliver(
    scope: PartnershipScope,
    *,
    schedule_id: UUID,
    occasion: str,
    report: Report,
    turns: Sequence[Turn],
    headlines: Sequence[str],
) -> None:
    """Post a report's mails. Where nobody is left to receive it, the rest of the office is told."""
    office = get_office(scope)
    address = link("reports.show", partnership=office.slug, report_id=report.id)
    before = find_last_sent(scope, schedule_id, not_report=report.id)
    for turn in turns:
        sending = take_turn(scope, schedule_id, occasion, report.id, turn, turn.colleague.name if turn.colleague else LEFT)
        if sending is None or turn.colleague is None:
            continue
        sending.email_id = notify(
            scope,
            topic=Topic.REPORTS,
            recipient_id=turn.person_id,
            to=turn.colleague.email,
            permission=Permission.REPORT_READ,
            subject=report.title,
            address=address,
            template="report_ready",
            context={
                "name": turn.colleague.name,
                "title": report.title,
                "partnership": office.name,
                "headlines": headlines,
                "unchanged": before is not None and not _changed(before, report),
                "link": address,
            },
        )
    nobody = not any(turn.colleague for turn in turns)
    if nobody:
        _tell_the_office(scope, schedule_id, report, list_colleagues(scope), office.slug)
    end_occasion(scope, schedule_id, NOBODY if nobody else None)


def _changed(before: Report, report: Report) -> bool:
    return any(
        (before.figures or {}).get(name) != value for name, value in (report.figures or {}).items() if name not in OF_THE_DAY
    )


def _tell_the_office(
    scope: PartnershipScope, schedule_id: UUID, report: Report, colleagues: Sequence[Colleague], slug: str
) -> None:
    for colleague in colleagues:
        address = link("reports.schedule", partnership=slug, schedule_id=schedule_id)
        notify(
            scope,
            topic=Topic.REPORTS,
            recipient_id=colleague.person_id,
            to=colleague.email,
            permission=Permission.REPORT_READ,
            subject=f"Nobody receives {report.title}",
            address=address,
            template="report_nobody",
            context={"name": colleague.name, "title": report.title, "link": address},
        )

"""The daily mail: what a person did not want to be told at once, in one mail at seven in the morning."""

from uuid import UUID

from flask import render_template
from sqlalchemy import func, select, update

from tia_hub.core.identity import holds_permission
from tia_hub.core.mail.models import Email, EmailState
from tia_hub.core.mail.services import full_address, link, post_to_person
from tia_hub.core.notices.models import Notice
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import DispatchScope, transaction

SWEEP_LIMIT = 200


def send_digests() -> int:
    """Write the daily mail of everybody for whom something waits that is due; how many mails."""
    with transaction(DispatchScope(), read_only=True) as scope:
        waiting = (
            select(Email.recipient_id)
            .where(Email.state == EmailState.DIGEST, Email.due_at <= func.now(), Email.recipient_id.is_not(None))
            .distinct()
            .limit(SWEEP_LIMIT)
        )
        people = [person_id for person_id in scope.session.scalars(waiting) if person_id is not None]
    return sum(_send_digest(person_id) for person_id in people)


def _send_digest(person_id: UUID) -> bool:
    """One person's daily mail, in the transaction in which what it tells of stops waiting: two sweeps write one."""
    with transaction(DispatchScope()) as scope:
        emails = scope.session.scalars(
            select(Email)
            .where(Email.recipient_id == person_id, Email.state == EmailState.DIGEST, Email.due_at <= func.now())
            .order_by(Email.created_at, Email.id)
            .with_for_update(skip_locked=True)
        ).all()
        unread = scope.session.scalars(
            select(Notice).where(Notice.email_id.in_([email.id for email in emails]), Notice.read_at.is_(None))
        )
        notices = {notice.email_id: notice for notice in unread}
        told = [(email, notices[email.id]) for email in emails if email.id in notices and _may_know(email)]
        told_ids = [email.id for email, _ in told]
        _settle(scope, told_ids, EmailState.SENT)
        _settle(scope, [email.id for email in emails if email.id not in told_ids], EmailState.WITHHELD)
        if told:
            context = {
                "notices": [(notice.title, full_address(notice.path)) for _, notice in told],
                "wishes_link": link("notices.wishes"),
                "subject": "Your day on TIA Hub",
            }
            post_to_person(
                scope,
                person_id=person_id,
                to=told[-1][0].to_address,
                subject=str(context["subject"]),
                bodies=(render_template("mail/digest.txt", **context), render_template("mail/digest.html", **context)),
                purpose="digest",
            )
    return bool(told)


def _may_know(email: Email) -> bool:
    return email.permission is None or holds_permission(email.recipient_id, Permission[email.permission], home_id=email.home_id)


def _settle(scope: DispatchScope, email_ids: list[UUID], state: EmailState) -> None:
    if not email_ids:
        return
    error = "read before, or no longer theirs to know" if state is EmailState.WITHHELD else None
    scope.session.execute(
        update(Email)
        .where(Email.id.in_(email_ids))
        .values(
            state=state,
            text_body="",
            html_body="",
            error=error,
            sent_at=func.now() if state is EmailState.SENT else None,
        )
    )

"""Handing mails to the SMTP server: claimed by a lease, with no transaction open meanwhile.

A worker that is killed between the server's "250" and our commit leaves a mail in doubt. It is tried once more with the same
Message-ID, and after that it is parked as uncertain: better one repeat than one lost, and never a stream of them.
"""

import logging
import smtplib
import ssl
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import case, func, or_, select, update

from tia_hub.core import bell
from tia_hub.core.clock import now
from tia_hub.core.identity import holds_permission
from tia_hub.core.mail.models import Email, EmailState
from tia_hub.core.notices.types import Wish
from tia_hub.core.notices.wishes import find_wish, next_daily_mail
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import DispatchScope, transaction
from tia_hub.settings import Settings

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
MOST_REPEATS = 1
BACK_OFF = (30, 60, 120, 300, 600, 1200, 1800, 3600)
"""Seconds before each further try; the last holds until the mail's day is over."""
SWEEP_LIMIT = 2000


@dataclass(frozen=True)
class _Outcome:
    state: EmailState
    error: str | None = None


class _InDoubt(Exception):
    """The connection broke after the text was sent and before the server answered."""


def _claim(email_id: UUID) -> Email | None:
    lost = Email.state == EmailState.SENDING
    with transaction(DispatchScope()) as scope:
        email = scope.session.execute(
            update(Email)
            .where(
                Email.id == email_id,
                Email.due_at <= func.now(),
                or_(Email.state == EmailState.QUEUED, lost & (Email.lease_until < func.now())),
            )
            .values(
                state=case((lost & (Email.repeats >= MOST_REPEATS), EmailState.UNCERTAIN), else_=EmailState.SENDING),
                error=case((lost & (Email.repeats >= MOST_REPEATS), "its worker died while sending it"), else_=None),
                repeats=case((lost & (Email.repeats < MOST_REPEATS), Email.repeats + 1), else_=Email.repeats),
                tries=Email.tries + 1,
                lease_token=uuid4(),
                lease_until=func.now() + LEASE,
            )
            .returning(Email)
        ).scalar_one_or_none()
    return email if email is not None and email.state == EmailState.SENDING else None


def _message(email: Email, settings: Settings) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = email.to_address
    message["Subject"] = email.subject
    message["Date"] = format_datetime(email.created_at)
    message["Message-ID"] = email.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(email.text_body)
    message.add_alternative(email.html_body, subtype="html")
    return message


class _Client(smtplib.SMTP):
    """An SMTP client that can tell "never handed over" from "handed over, no answer"."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.putcmd("data")
        code, answer = self.getreply()
        if code != 354:
            raise smtplib.SMTPDataError(code, answer)
        try:
            text = smtplib._quote_periods(  # type: ignore[attr-defined]
                msg.encode("ascii") if isinstance(msg, str) else msg
            )
            self.send(text if text.endswith(b"\r\n") else text + b"\r\n")
            self.send(b".\r\n")
            return self.getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise _InDoubt(str(error)) from error


def _hand_over(email: Email, settings: Settings) -> None:
    with _Client(settings.smtp_host, settings.smtp_port, timeout=settings.smtp_timeout) as client:
        if settings.smtp_starttls:
            client.starttls(context=ssl.create_default_context())
        if settings.smtp_user and settings.smtp_password:
            client.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        client.send_message(_message(email, settings))


def _wish(email: Email) -> Wish:
    if email.topic is None or email.recipient_id is None:
        return Wish.AT_ONCE
    with transaction(DispatchScope(), read_only=True) as scope:
        return find_wish(scope, email.recipient_id, email.topic)


def _due_at(email: Email, outcome: _Outcome) -> Any:
    """When a mail is looked at next."""
    match outcome.state:
        case EmailState.QUEUED:
            return func.now() + timedelta(seconds=BACK_OFF[min(email.tries - 1, len(BACK_OFF) - 1)])
        case EmailState.DIGEST:
            return next_daily_mail()
        case _:
            return Email.due_at


def _deliver(email: Email, settings: Settings) -> _Outcome:
    if email.permission and not holds_permission(email.recipient_id, Permission[email.permission], home_id=email.home_id):
        return _Outcome(EmailState.WITHHELD, "the recipient no longer has the right to what it tells of")
    match _wish(email):
        case Wish.OFF:
            return _Outcome(EmailState.WITHHELD, "the recipient wishes no mail of this topic")
        case Wish.DAILY:
            return _Outcome(EmailState.DIGEST)
    try:
        _hand_over(email, settings)
    except _InDoubt as error:
        return _Outcome(EmailState.UNCERTAIN, f"the connection broke after the text was handed over: {error}")
    except smtplib.SMTPRecipientsRefused as refused:
        code, answer = next(iter(refused.recipients.values()))
        return _Outcome(
            EmailState.FAILED if code >= 500 else EmailState.QUEUED,
            f"{code} {answer.decode(errors='replace')}",
        )
    except smtplib.SMTPResponseException as refused:
        words = f"{refused.smtp_code} {refused.smtp_error!r}"
        return _Outcome(EmailState.FAILED if 500 <= refused.smtp_code < 600 else EmailState.QUEUED, words)
    except (smtplib.SMTPException, OSError) as error:
        return _Outcome(EmailState.QUEUED, f"{type(error).__name__}: {error}")
    return _Outcome(EmailState.SENT)


def send_email(email_id: UUID) -> EmailState | None:
    """Claim a mail and hand it over; its new state, or None where there was nothing to do."""
    email = _claim(email_id)
    if email is None:
        return None
    outcome = _deliver(email, current_app.extensions["settings"])
    if outcome.state is EmailState.QUEUED and now() >= email.give_up_at:
        outcome = _Outcome(EmailState.FAILED, outcome.error)
    # The links in a mail open things: they are not kept once it is on its way.
    bodies = {"text_body": "", "html_body": ""} if outcome.state is EmailState.SENT else {}
    with transaction(DispatchScope()) as scope:
        scope.session.execute(
            update(Email)
            .where(Email.id == email.id, Email.lease_token == email.lease_token)
            .values(
                state=outcome.state,
                error=outcome.error[:1000] if outcome.error else None,
                sent_at=func.now() if outcome.state is EmailState.SENT else None,
                due_at=_due_at(email, outcome),
                lease_token=None,
                **bodies,
            )
        )
    if outcome.state not in (EmailState.SENT, EmailState.DIGEST):
        log.warning("mail %s: %s, %s", email.id, outcome.state, outcome.error)
    return outcome.state


def sweep_emails() -> int:
    """Announce every mail that is due, and those whose worker died; how many."""
    with transaction(DispatchScope(), read_only=True) as scope:
        due = scope.session.scalars(
            select(Email.id)
            .where(
                or_(
                    (Email.state == EmailState.QUEUED) & (Email.due_at <= func.now()),
                    (Email.state == EmailState.SENDING) & (Email.lease_until < func.now()),
                )
            )
            .order_by(Email.due_at, Email.id)
            .limit(SWEEP_LIMIT)
        ).all()
    for email_id in due:
        bell.ring_email(email_id)
    return len(due)

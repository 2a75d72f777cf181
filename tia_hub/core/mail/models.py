"""The table of mails. The row is the mail; the queue carries only its identifier."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, Identified


class EmailState(StrEnum):
    """What became of a mail."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    """The server refused it for good, or a day of tries was not enough."""
    WITHHELD = "withheld"
    """The recipient no longer has the right to what it tells of, or wishes no mail of its topic."""
    DIGEST = "digest"
    """It waits for the recipient's daily mail."""
    UNCERTAIN = "uncertain"
    """The connection broke after the text was handed over: it may have arrived."""


class Email(Identified, Base):
    """One mail to one person."""

    __tablename__ = "email"
    __table_args__ = (
        Index("ix_email_due", "due_at", postgresql_where=text("state IN ('queued', 'sending')")),
        Index("ix_email_home_id_created_at", "home_id", "created_at"),
        Index("ix_email_digest", "recipient_id", "due_at", postgresql_where=text("state = 'digest'")),
    )
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012
    # Nothing is read back when a mail is written: sign-in may write mails, and may read none.

    home_kind: Mapped[str]
    home_id: Mapped[UUID]
    purpose: Mapped[str]
    recipient_id: Mapped[UUID | None]
    """The person it is for, where there is an account."""
    permission: Mapped[str | None]
    """The permission the recipient must have in the mail's home at the moment of sending."""
    topic: Mapped[str | None]
    """What it is about (`core.notices`), where the recipient may choose how to be told."""
    to_address: Mapped[str]
    subject: Mapped[str]
    text_body: Mapped[str]
    """Empty once it was sent, as is `html_body`: what links lead to is not for who reads tables or backups."""
    html_body: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)
    """Fixed at birth, so that a repeat can be recognised."""
    state: Mapped[str] = mapped_column(default=EmailState.QUEUED)
    due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    give_up_at: Mapped[datetime] = mapped_column(server_default=text("now() + interval '24 hours'"))
    tries: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=0)
    """How often it was tried again without knowing whether it had been handed over."""
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]

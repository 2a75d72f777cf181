"""The tables of notices and of how people wish to be told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, Identified


class Notice(Identified, Base):
    """One thing that a person was told by a place."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_recipient_id_created_at", "recipient_id", "created_at"),
        Index("ix_notice_home_id_recipient_id", "home_id", "recipient_id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notice_email_id", "email_id"),
    )
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012
    # Nothing is read back when a notice is written: it is for its recipient's eyes, not for its writer's.

    home_kind: Mapped[str]
    home_id: Mapped[UUID]
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    topic: Mapped[str]
    permission: Mapped[str]
    """The permission the recipient must have in the notice's home to see it, at every look."""
    title: Mapped[str]
    path: Mapped[str]
    """The page it leads to, without the host."""
    email_id: Mapped[UUID]
    """The mail that tells of the same; mails go before notices do."""
    read_at: Mapped[datetime | None]


class NoticeWish(Base):
    """How a person wishes to be told of a topic; without a row at once."""

    __tablename__ = "notice_wish"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    wish: Mapped[str]

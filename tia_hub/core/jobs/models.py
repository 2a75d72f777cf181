"""The table of jobs. A job belongs to its home: the organisation, partnership or provider that caused it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, Identified


class Job(Identified, Base):
    """Something that must happen, written in the transaction of what caused it."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "uq_job_home_id_key_queued",
            "home_id",
            "key",
            unique=True,
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_job_due", "due_at", postgresql_where=text("state IN ('queued', 'running')")),
        Index("ix_job_partnership_id_name", "partnership_id", "name", postgresql_where=text("state <> 'done'")),
    )

    home_kind: Mapped[str]
    home_id: Mapped[UUID]
    partnership_id: Mapped[UUID]
    name: Mapped[str]
    key: Mapped[str]
    """Two jobs of one home with the same key never wait at the same time."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    state: Mapped[str] = mapped_column(default="queued")
    due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    tries: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    progress_words: Mapped[str] = mapped_column(default="")
    error: Mapped[str | None]
    finished_at: Mapped[datetime | None]

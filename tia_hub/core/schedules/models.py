"""The table of schedules."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, Identified


class Schedule(Identified, Base):
    """A job that falls due again and again, at a local time."""

    __tablename__ = "schedule"
    __table_args__ = (Index("ix_schedule_due", "next_at", postgresql_where=text("NOT paused")),)

    home_kind: Mapped[str]
    home_id: Mapped[UUID]
    partnership_id: Mapped[UUID]
    job_name: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    frequency: Mapped[str]
    first_on: Mapped[date]
    """The day of the first time; later ones keep its weekday, or its day of the month."""
    local_time: Mapped[time]
    zone: Mapped[str] = mapped_column(default="Europe/London")
    next_at: Mapped[datetime]
    """The next instant, in UTC."""
    last_at: Mapped[datetime | None]
    paused: Mapped[bool] = mapped_column(default=False)

"""Tables of the room `outcomes`: indicators of the outcomes model, and their readings."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, OfOrganisation


class Indicator(OfOrganisation, Base):
    """Something that an organisation measures to see whether an element of the outcomes model changes."""

    __tablename__ = "indicator"
    __table_args__ = (UniqueConstraint("organisation_id", "token"),)

    token: Mapped[str]
    """Given by the form that added it: two clicks add one indicator."""
    edition: Mapped[str]
    element: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    """What is counted, or what the ends of the scale mean."""
    source: Mapped[str] = mapped_column(default="")
    frequency: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every change of the description, so that nobody overwrites what they have not seen."""
    changed_by: Mapped[str]
    shared_at: Mapped[datetime | None]
    """Since when the coordinator may see it; None where it is the organisation's own."""
    shared_by: Mapped[str | None]


class Reading(OfOrganisation, Base):
    """What an indicator was on a day: a number or words, by its kind."""

    __tablename__ = "reading"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "indicator_id"], ["indicator.organisation_id", "indicator.id"]),
        UniqueConstraint("organisation_id", "indicator_id", "read_on"),
        CheckConstraint("num_nonnulls(number, words) = 1", name="one_value"),
    )

    indicator_id: Mapped[UUID]
    read_on: Mapped[date]
    number: Mapped[Decimal | None] = mapped_column(Numeric(15, 3))
    words: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[str]

"""Partnerships, their areas and their office."""

from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    UniqueConstraint,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tia_hub.accounts.models import Person
from tia_hub.core.db import Base, Identified


class Partnership(Identified, Base):
    """The regional body that rolls the framework out."""

    __tablename__ = "partnership"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    small_number: Mapped[int] = mapped_column(default=7)
    """Counts of people under this are never shown."""
    takes_requests: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether organisations may ask to join by themselves: a public page says so then, with the partnership's name."""


class Area(Identified, Base):
    """A part of the region."""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("partnership_id", "id"), UniqueConstraint("partnership_id", "name"))

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"))
    name: Mapped[str]


class Coordinator(Identified, Base):
    """A person in the partnership's office."""

    __tablename__ = "coordinator"
    __table_args__ = (
        UniqueConstraint("partnership_id", "person_id"),
        Index("ix_coordinator_person_id", "person_id"),
    )

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(lazy="raise")

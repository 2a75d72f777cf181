"""What people ask of the product about their own data, and what organisations decide about keeping it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, Identified, OfOrganisation


class PersonalCopy(Base):
    """The copy of all that is held on somebody, made when they ask for it; a new one takes its place."""

    __tablename__ = "personal_copy"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    job_id: Mapped[UUID | None]
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    data: Mapped[bytes | None] = mapped_column(deferred=True)
    """JSON, in UTF-8."""
    pdf: Mapped[bytes | None] = mapped_column(deferred=True)
    pdf_missing: Mapped[str | None]
    """Why there is no PDF."""


class Erasure(Identified, Base):
    """Somebody's wish to be erased. Once done, the row is what is kept of them: an identifier and the hash of an address."""

    __tablename__ = "erasure"
    __table_args__ = (Index("uq_erasure_person_id_open", "person_id", unique=True, postgresql_where="withdrawn_at IS NULL"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    due_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    address_hash: Mapped[str]
    """A keyed hash of the e-mail address, to find it again in a backup that is older than the erasure."""


class RetentionPeriod(Base):
    """How long an organisation keeps one kind of record, where it has chosen that itself."""

    __tablename__ = "retention_period"
    __table_args__ = (CheckConstraint("days > 0", name="days"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]


class AccessReview(OfOrganisation, Base):
    """That somebody looked through who has access to an organisation, and on which day."""

    __tablename__ = "access_review"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reviewer: Mapped[str]
    reviewed_on: Mapped[date]
    people: Mapped[int]
    """How many had access then."""
    note: Mapped[str] = mapped_column(default="")

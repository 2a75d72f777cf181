"""Tables of the room `reports`: what organisations published, reports as issued, and who gets them when."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, Identified
from tia_hub.reports.types import ReportState

OF_PARTNERSHIP = ["organisation.partnership_id", "organisation.id"]
OF_PUBLICATION = ["publication.partnership_id", "publication.organisation_id"]


class Publication(Base):
    """That an organisation published, when, and what state of its figures."""

    __tablename__ = "publication"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "organisation_id"], OF_PARTNERSHIP),
        UniqueConstraint("partnership_id", "organisation_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=0)
    """Grows by one with every change; 0 before anything was published."""
    fingerprint: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None]
    """When the figures last changed."""
    checked_at: Mapped[datetime | None]
    """When they were last computed, changed or not."""


class PublishedAudit(Base):
    """An audit that the organisation shares with the coordinator."""

    __tablename__ = "published_audit"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "organisation_id"], OF_PUBLICATION),
        UniqueConstraint("organisation_id", "partnership_id", "audit_id"),
        Index("ix_published_audit_partnership_id_submitted_at", "partnership_id", "submitted_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    audit_id: Mapped[UUID] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]
    scope_kind: Mapped[str]
    team_name: Mapped[str | None]
    edition: Mapped[str]
    started_on: Mapped[date]
    submitted_at: Mapped[datetime]


class PublishedRating(Base):
    """The rating of a criterion in a published audit; without one it is not rated."""

    __tablename__ = "published_rating"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "partnership_id", "audit_id"],
            ["published_audit.organisation_id", "published_audit.partnership_id", "published_audit.audit_id"],
        ),
        Index("ix_published_rating_partnership_id", "partnership_id", "audit_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    audit_id: Mapped[UUID] = mapped_column(primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]
    rating: Mapped[str | None]


class PublishedCount(Base):
    """A count of people that may be told. Too few people and none at all look alike: there is no row."""

    __tablename__ = "published_count"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "organisation_id"], OF_PUBLICATION),
        CheckConstraint("people > 0", name="people"),
        Index("ix_published_count_partnership_id", "partnership_id", "kind", "code"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]
    people: Mapped[int]


class PublishedReading(Base):
    """What an indicator of outcomes that the organisation shares was on a day."""

    __tablename__ = "published_reading"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "organisation_id"], OF_PUBLICATION),
        Index("ix_published_reading_partnership_id", "partnership_id", "organisation_id", "indicator_id", "read_on"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    indicator_id: Mapped[UUID] = mapped_column(primary_key=True)
    read_on: Mapped[date] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]
    edition: Mapped[str]
    element: Mapped[str]
    name: Mapped[str]
    value: Mapped[str]
    """Number and unit, or words."""
    source: Mapped[str]


class Report(Identified, Base):
    """A report of the partnership: what was asked for, and what was issued."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("partnership_id", "id"),
        UniqueConstraint("partnership_id", "token"),
        Index("ix_report_partnership_id_created_at", "partnership_id", "created_at"),
    )

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"))
    token: Mapped[str]
    """Given by the form or the schedule that asked: two clicks make one report."""
    title: Mapped[str]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    area_ids: Mapped[list[str]] = mapped_column(JSONB, default=list)
    """The areas it is limited to; none means all."""
    sectors: Mapped[list[str]] = mapped_column(JSONB, default=list)
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str]
    job_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default=ReportState.COMPILING)
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    pdf_missing: Mapped[str | None]
    """Why there is no PDF, in words."""
    compiled_at: Mapped[datetime | None]


class ReportFile(Base):
    """A file of a report, whole: it is written in the transaction that makes the report ready."""

    __tablename__ = "report_file"
    __table_args__ = (ForeignKeyConstraint(["partnership_id", "report_id"], ["report.partnership_id", "report.id"]),)

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]
    content: Mapped[bytes]


class ReportSchedule(Base):
    """What a schedule compiles and sends. Its times are in the row of `schedule` with the same id."""

    __tablename__ = "report_schedule"
    __table_args__ = (UniqueConstraint("partnership_id", "id"), UniqueConstraint("partnership_id", "token"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"))
    token: Mapped[str]
    """Given by the form: two clicks make one schedule."""
    title: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    trouble: Mapped[str | None]
    """What went wrong the last time, in words; None where nothing did."""


class ReportRecipient(Base):
    """Somebody in the coordinator's office who gets a schedule's reports."""

    __tablename__ = "report_recipient"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "schedule_id"], ["report_schedule.partnership_id", "report_schedule.id"]),
    )

    schedule_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    partnership_id: Mapped[UUID]


class ReportSending(Base):
    """That a recipient's turn came: once for every occasion of a schedule, whatever happens."""

    __tablename__ = "report_sending"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "schedule_id"], ["report_schedule.partnership_id", "report_schedule.id"]),
        ForeignKeyConstraint(["partnership_id", "report_id"], ["report.partnership_id", "report.id"]),
    )

    schedule_id: Mapped[UUID] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(primary_key=True)
    """The instant at which it fell due, or the click that asked for it now."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    partnership_id: Mapped[UUID]
    report_id: Mapped[UUID]
    person_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    email_id: Mapped[UUID | None]
    """The mail; None where the recipient had lost the right to the report."""

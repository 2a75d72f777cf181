"""Staff lists that were uploaded."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, OfOrganisation


class StaffUpload(OfOrganisation, Base):
    """A staff list that a lead uploaded. What is in it is forgotten when it is done with, at the latest after a week."""

    __tablename__ = "staff_upload"
    __table_args__ = (
        UniqueConstraint("organisation_id", "token"),
        Index("ix_staff_upload_organisation_id_created_at", "organisation_id", "created_at"),
    )

    token: Mapped[str]
    """The form it was sent by: a form sent twice is one upload."""
    file_name: Mapped[str]
    uploaded_by: Mapped[UUID]
    uploaded_by_name: Mapped[str]
    state: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    preview: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """The headings and a few rows, to be shown while its letters and columns are looked at."""
    columns: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    """Which of its columns is which, by key and place."""
    make_teams: Mapped[bool] = mapped_column(default=False)
    new_teams: Mapped[list[str]] = mapped_column(JSONB, default=list)
    """Paths of teams that are to be made."""
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    problem: Mapped[str | None]
    """Why it could not be read."""
    job_id: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    finished_at: Mapped[datetime | None]


class StaffUploadRow(Base):
    """A row of a staff list that is to be imported or can't be."""

    __tablename__ = "staff_upload_row"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "upload_id"], ["staff_upload.organisation_id", "staff_upload.id"]),
        ForeignKeyConstraint(
            ["organisation_id", "membership_id"], ["membership.organisation_id", "membership.id"], ondelete="CASCADE"
        ),
        Index("ix_staff_upload_row_organisation_id_membership_id", "organisation_id", "membership_id"),
        Index("ix_staff_upload_row_verdict", "organisation_id", "upload_id", "verdict", "step", "number"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    upload_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """As a spreadsheet shows it."""
    verdict: Mapped[str]
    step: Mapped[int]
    """Rows are imported in this order: a manager before those whom they are to manage."""
    email: Mapped[str]
    name: Mapped[str]
    membership_id: Mapped[UUID | None]
    """Whose place changes; None for somebody new."""
    entry: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What is to be: role, job title, team and line manager; for a row at fault, its cells as they are in the file."""
    words: Mapped[list[str]] = mapped_column(JSONB)
    """What is wrong and what to do, or what changes."""
    outcome: Mapped[str | None]
    outcome_words: Mapped[str | None]


class StaffUploadLeaver(Base):
    """A present member who is not in a staff list, or is marked in it as leaving."""

    __tablename__ = "staff_upload_leaver"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "upload_id"], ["staff_upload.organisation_id", "staff_upload.id"]),
        ForeignKeyConstraint(
            ["organisation_id", "membership_id"], ["membership.organisation_id", "membership.id"], ondelete="CASCADE"
        ),
        Index("ix_staff_upload_leaver_organisation_id_membership_id", "organisation_id", "membership_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    upload_id: Mapped[UUID] = mapped_column(primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(primary_key=True)
    marked: Mapped[bool]
    """Whether the list says that they leave; else they are just not in it."""

"""Tables of the room `leaving`: exports that were asked for, their files in parts, certificates of deletion."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, Identified, OfOrganisation
from tia_hub.leaving.types import ExportState


class OrganisationExport(OfOrganisation, Base):
    """An export that a lead or the operator asked for."""

    __tablename__ = "organisation_export"
    __table_args__ = (UniqueConstraint("organisation_id", "token"),)

    token: Mapped[str]
    """Given by the form that asked: two clicks make one export."""
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str]
    job_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default=ExportState.WAITING)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    """Bytes of the file."""
    sha256: Mapped[str] = mapped_column(default="")
    manifest_sha256: Mapped[str] = mapped_column(default="")
    contents: Mapped[list[list[Any]]] = mapped_column(JSONB, default=list)
    """What is in it, as the manifest tells: pairs of a table and its number of rows."""
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]


class OrganisationExportPart(Base):
    """A piece of an export's file. All pieces are written in the transaction that makes the export ready."""

    __tablename__ = "organisation_export_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "export_id"],
            ["organisation_export.organisation_id", "organisation_export.id"],
            ondelete="CASCADE",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    export_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class DeletionCertificate(Identified, Base):
    """What was deleted of an organisation that is gone: numbers and names of acts, nothing of what it wrote."""

    __tablename__ = "deletion_certificate"
    __table_args__ = (
        UniqueConstraint("partnership_id", "former_id"),
        Index("ix_deletion_certificate_partnership_id_deleted_at", "partnership_id", "deleted_at"),
    )

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"))
    former_id: Mapped[UUID]
    """What the organisation's identifier was."""
    organisation_name: Mapped[str]
    asked_by: Mapped[str]
    deleted_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The certificate itself, as its JSON file says it."""
    sha256: Mapped[str]
    pdf: Mapped[bytes | None]
    people_left: Mapped[list[str]] = mapped_column(JSONB, default=list)
    """Identifiers of people whose accounts are still to be looked at; empty once the deletion is complete."""

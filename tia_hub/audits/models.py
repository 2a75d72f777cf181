"""Tables of the room `audits`."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tia_hub.audits.types import AuditState, Disclosure, Rating
from tia_hub.core.db import Base, OfOrganisation
from tia_hub.tenants.models.people import Team


class Audit(OfOrganisation, Base):
    """An audit of the whole organisation, or of one team."""

    __tablename__ = "audit"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "team_id"], ["team.organisation_id", "team.id"]),
        Index(
            "uq_audit_in_progress",
            "organisation_id",
            "team_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where="state = 'in_progress'",
        ),
        CheckConstraint("disclosure = 'private' OR state = 'submitted'", name="disclosure"),
    )

    team_id: Mapped[UUID | None]
    """The team that is audited; None for the whole organisation."""
    team_name: Mapped[str | None]
    """What the team was called when the audit began."""
    edition: Mapped[str]
    title: Mapped[str]
    started_on: Mapped[date]
    started_by: Mapped[str]
    state: Mapped[str] = mapped_column(default=AuditState.IN_PROGRESS)
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None]
    reopened_reason: Mapped[str] = mapped_column(default="")
    """Why it was last taken back to work on; empty if it never was."""
    disclosure: Mapped[str] = mapped_column(default=Disclosure.PRIVATE)
    shared_at: Mapped[datetime | None]
    shared_by: Mapped[str | None]

    team: Mapped[Team | None] = relationship(lazy="raise", viewonly=True)
    """The team as it is now: renamed perhaps, or the one that it was merged into."""


class AuditEntry(OfOrganisation, Base):
    """What an audit says under one code: of a criterion, or as the summary of a principle or of the whole.

    All entries of an audit are made with it, so that saving one is always an update of its version.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "audit_id"], ["audit.organisation_id", "audit.id"]),
        UniqueConstraint("organisation_id", "audit_id", "code"),
    )

    audit_id: Mapped[UUID]
    code: Mapped[str]
    """A criterion's code, a principle's, or `overall`."""
    rating: Mapped[str | None]
    """A criterion's rating; None where it is not rated."""
    reason: Mapped[str] = mapped_column(default="")
    """Why the criterion is not applicable."""
    journey: Mapped[str] = mapped_column(default="")
    """Where in the journey one is; of a principle or the whole, its summary."""
    evidence: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_by: Mapped[str | None]
    """Who changed it last; None where nobody has."""

    @property
    def rated(self) -> Rating | None:
        """The rating that counts: a criterion is not applicable only once the reason is given."""
        if self.rating is None or (self.rating == Rating.NOT_APPLICABLE and not self.reason):
            return None
        return Rating(self.rating)


class AuditRequest(OfOrganisation, Base):
    """Somebody was asked about parts of an audit."""

    __tablename__ = "audit_request"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "audit_id"], ["audit.organisation_id", "audit.id"]),
        ForeignKeyConstraint(["organisation_id", "member_id"], ["membership.organisation_id", "membership.id"]),
        Index("ix_audit_request_organisation_id_audit_id", "organisation_id", "audit_id"),
        Index("ix_audit_request_organisation_id_member_id", "organisation_id", "member_id"),
    )

    audit_id: Mapped[UUID]
    member_id: Mapped[UUID]
    """The membership of who was asked."""
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The codes of the criteria, in the edition's order."""
    note: Mapped[str] = mapped_column(default="")
    """What the lead said about it."""
    due_on: Mapped[date | None]
    shows_ours: Mapped[bool] = mapped_column(default=False)
    """Whether they see what the organisation wrote under these criteria."""
    asked_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    """When it was withdrawn."""


class AuditContribution(OfOrganisation, Base):
    """What somebody who was asked says about one criterion. It stands beside the organisation's own rating, never in it.

    All of a request's are made with it, so that saving one is always an update of its version.
    """

    __tablename__ = "audit_contribution"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "request_id"], ["audit_request.organisation_id", "audit_request.id"]),
        UniqueConstraint("organisation_id", "request_id", "code"),
        Index("ix_audit_contribution_organisation_id_audit_id", "organisation_id", "audit_id"),
    )

    request_id: Mapped[UUID]
    audit_id: Mapped[UUID]
    member_id: Mapped[UUID]
    """The membership of its author, who alone writes it."""
    code: Mapped[str]
    rating: Mapped[str | None]
    comment: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def says_something(self) -> bool:
        """Whether anything was written or rated."""
        return bool(self.comment or self.rating)

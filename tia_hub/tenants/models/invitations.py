"""Invitations, and links by which people ask for one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    false,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.clock import now
from tia_hub.core.db import Base, OfOrganisation
from tia_hub.tenants.types.invitations import InvitationState


class Invitation(OfOrganisation, Base):
    """An invitation into an organisation, bound to an address. Its token is known by its hash alone."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        ForeignKeyConstraint(["organisation_id", "team_id"], ["team.organisation_id", "team.id"]),
        ForeignKeyConstraint(["organisation_id", "manager_id"], ["membership.organisation_id", "membership.id"]),
        ForeignKeyConstraint(["partnership_id", "organisation_id"], ["organisation.partnership_id", "organisation.id"]),
        Index("ix_invitation_organisation_id_manager_id", "organisation_id", "manager_id"),
        Index(
            "uq_invitation_open",
            "organisation_id",
            "email",
            unique=True,
            postgresql_where="accepted_at IS NULL AND revoked_at IS NULL",
        ),
        Index(
            "ix_invitation_waiting",
            "organisation_id",
            "created_at",
            postgresql_where="token_hash IS NULL AND accepted_at IS NULL AND revoked_at IS NULL",
        ),
        Index("ix_invitation_organisation_id_created_at", "organisation_id", "created_at"),
    )

    partnership_id: Mapped[UUID]
    by_partnership: Mapped[bool] = mapped_column(default=False)
    """Whether the coordinator's office sent it; that office sees these and no others."""
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    job_title: Mapped[str] = mapped_column(default="")
    team_id: Mapped[UUID | None]
    manager_id: Mapped[UUID | None]
    manager_email: Mapped[str | None]
    """The address of the line manager where that was all that was known; whose membership it is shows when they have joined."""
    invited_by: Mapped[str] = mapped_column(default="")
    """The name of who invited them; empty where they asked for it by the organisation's link."""
    token_hash: Mapped[str | None]
    """Nothing until its mail is written: the token is made at that moment, and stands in the mail alone."""
    email_id: Mapped[UUID | None]
    """The mail that it was last sent by, for as long as that is on record."""
    expires_at: Mapped[datetime] = mapped_column(server_default=func.now())
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    awaits_lead: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a present lead has to confirm it before it is sent: the coordinator's office invites another lead."""
    lead_confirmed_at: Mapped[datetime | None]

    @property
    def state(self) -> InvitationState:
        """What became of it, at this moment."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        if self.awaits_lead:
            return InvitationState.WAITING if self.expires_at > now() else InvitationState.EXPIRED
        if self.token_hash is None:
            return InvitationState.UNSENT
        return InvitationState.SENT if self.expires_at > now() else InvitationState.EXPIRED


class JoiningLink(OfOrganisation, Base):
    """A link by which people of the organisation's e-mail domains ask to join. Its token is known by its hash alone."""

    __tablename__ = "joining_link"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("uq_joining_link_live", "organisation_id", unique=True, postgresql_where="ended_at IS NULL"),
        CheckConstraint("uses >= 0 AND uses <= most_uses", name="uses"),
    )

    token_hash: Mapped[str]
    made_by: Mapped[str]
    expires_at: Mapped[datetime]
    most_uses: Mapped[int]
    uses: Mapped[int] = mapped_column(default=0)
    """How many people were invited through it."""
    ended_at: Mapped[datetime | None]

    @property
    def works(self) -> bool:
        """Whether somebody can still ask to join by it."""
        return self.ended_at is None and self.expires_at > now() and self.uses < self.most_uses


class LinkRequest(OfOrganisation, Base):
    """Somebody asked to join by a link; kept for a day, so that nobody is flooded with mails. It names nobody."""

    __tablename__ = "link_request"
    __table_args__ = (
        Index("ix_link_request_subject", "organisation_id", "subject", "created_at"),
        Index("ix_link_request_address", "organisation_id", "address", "created_at"),
    )

    subject: Mapped[str]
    """The hash of the e-mail address."""
    address: Mapped[str]
    """The network address."""

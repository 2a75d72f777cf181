"""Organisations with their areas and logos, and the requests and lists by which they come."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tia_hub.core.db import Base, Identified
from tia_hub.tenants.models.partnerships import Area
from tia_hub.tenants.types.organisations import Life, ListedOrganisation, OrganisationState, RequestState, RowFault


class Organisation(Identified, Base):
    """A tenant: police, NHS trust, council, school, charity, …"""

    __tablename__ = "organisation"
    __table_args__ = (
        UniqueConstraint("partnership_id", "id"),
        CheckConstraint("headcount >= 0", name="headcount"),
        CheckConstraint("idle_minutes IN (15, 30)", name="idle_minutes"),
        CheckConstraint(
            "(state = 'closing') = (closing_on IS NOT NULL) AND (state = 'closing') = (resumes_as IS NOT NULL)",
            name="closing",
        ),
        Index("ix_organisation_partnership_id_name", "partnership_id", "name"),
        Index("ix_organisation_closing_on", "closing_on", postgresql_where=text("closing_on IS NOT NULL")),
    )

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    sector: Mapped[str]
    headcount: Mapped[int] = mapped_column(default=0)
    second_factor: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether nobody comes in here without a second factor, also where the installation asks for none."""
    idle_minutes: Mapped[int | None]
    """After how many minutes without use its members sign in again; None: after the installation's."""
    entry_checked_at: Mapped[datetime | None]
    """When a lead last said that the entry is right."""
    logo_version: Mapped[str | None]
    """What the address of its logo ends with; None where it has none."""
    state: Mapped[str] = mapped_column(default=OrganisationState.ACTIVE, server_default="active")
    state_reason: Mapped[str] = mapped_column(default="", server_default="")
    """Why it is suspended or archived, in words for its members."""
    state_contact: Mapped[str] = mapped_column(default="", server_default="")
    """Whom its members can ask about it."""
    state_changed_at: Mapped[datetime | None]
    resumes_as: Mapped[str | None]
    """The state it returns to should its deletion be stopped."""
    closing_on: Mapped[date | None]
    """The day from which it is deleted."""
    closing_by_partnership: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the coordinator's office asked for its deletion, and so may stop it too."""

    @property
    def life(self) -> Life:
        """Where it is in its life."""
        return Life(OrganisationState(self.state), OrganisationState(self.resumes_as) if self.resumes_as else None)

    areas: Mapped[list[Area]] = relationship(
        secondary="organisation_area",
        primaryjoin="Organisation.id == organisation_area.c.organisation_id",
        secondaryjoin="organisation_area.c.area_id == Area.id",
        order_by="Area.name",
        lazy="raise",
        viewonly=True,
    )


class OrganisationArea(Base):
    """An area that an organisation serves. It counts once in the region however many it serves."""

    __tablename__ = "organisation_area"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "organisation_id"], ["organisation.partnership_id", "organisation.id"]),
        ForeignKeyConstraint(["partnership_id", "area_id"], ["area.partnership_id", "area.id"]),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]


class OrganisationLogo(Base):
    """An organisation's logo: a PNG that we drew anew from what was uploaded."""

    __tablename__ = "organisation_logo"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "organisation_id"], ["organisation.partnership_id", "organisation.id"]),
        CheckConstraint("octet_length(content) <= 524288", name="size"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]
    version: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class JoiningRequest(Identified, Base):
    """An organisation that asks to join a partnership by itself."""

    __tablename__ = "joining_request"
    __table_args__ = (
        UniqueConstraint("partnership_id", "form_token"),
        UniqueConstraint("token_hash"),
        CheckConstraint("headcount >= 0", name="headcount"),
        Index("ix_joining_request_partnership_id_state", "partnership_id", "state", "confirmed_at"),
    )
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012
    # Nothing is read back when one is written: who writes it may read it only by the token that was mailed.

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"))
    form_token: Mapped[str]
    """What the form was sent with: sent twice, it makes one request."""
    state: Mapped[str] = mapped_column(default=RequestState.UNCONFIRMED)
    name: Mapped[str]
    sector: Mapped[str]
    headcount: Mapped[int]
    area_ids: Mapped[list[str]] = mapped_column(JSONB)
    asker_name: Mapped[str]
    asker_job: Mapped[str]
    asker_email: Mapped[str]
    why: Mapped[str]
    token_hash: Mapped[str]
    """Of the token in the last mail: it confirms the address, and later answers a question; each once, by the state."""
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    question: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="")
    made_id: Mapped[UUID | None]
    """The organisation that it became; that may be gone since."""


class JoiningTry(Identified, Base):
    """One request to join that was sent, counted before it is known what becomes of it. Kept for a day."""

    __tablename__ = "joining_try"
    __table_args__ = (Index("ix_joining_try_partnership_id_created_at", "partnership_id", "created_at"),)
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"))
    address: Mapped[str]
    """The network address it came from."""
    recipient: Mapped[str]
    """A hash of the e-mail address that would get the mail."""


class OrganisationList(Identified, Base):
    """A spreadsheet of organisations that was read and checked, for a look before anything is added. Kept for a week."""

    __tablename__ = "organisation_list"
    __table_args__ = (Index("ix_organisation_list_partnership_id_created_at", "partnership_id", "created_at"),)

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"))
    file_name: Mapped[str]
    is_doubtful: Mapped[bool]
    """Whether the letters of the file are a guess."""
    unused: Mapped[list[str]] = mapped_column(JSONB)
    """Headings that mean nothing here."""
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    added_at: Mapped[datetime | None]
    added: Mapped[int] = mapped_column(default=0)

    def read_rows(self) -> list[ListedOrganisation]:
        """The rows that can be added."""
        return [ListedOrganisation.model_validate(row) for row in self.rows]

    def read_faults(self) -> list[RowFault]:
        """The rows that can't be."""
        return [RowFault.model_validate(fault) for fault in self.faults]

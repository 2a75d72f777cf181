"""Partnerships and their areas; organisations, their teams and people; invitations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tia_hub.accounts.models import Person
from tia_hub.core.clock import now
from tia_hub.core.db import Base, Identified, OfOrganisation
from tia_hub.tenants.types import (
    InvitationState,
    Life,
    ListedOrganisation,
    Newcomers,
    OrganisationState,
    OwnSignIn,
    RequestState,
    RowFault,
    SecondFactor,
)


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


class Team(OfOrganisation, Base):
    """A service within an organisation, in a tree."""

    __tablename__ = "team"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "parent_id"], ["team.organisation_id", "team.id"]),
        ForeignKeyConstraint(["organisation_id", "merged_into_id"], ["team.organisation_id", "team.id"]),
        Index(
            "uq_team_organisation_id_parent_id_name",
            "organisation_id",
            "parent_id",
            "name",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where="closed_at IS NULL",
        ),
    )

    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    """Used once among the open teams of one parent."""
    remit: Mapped[str] = mapped_column(default="")
    """What the team does for people affected by trauma, in its own words."""
    expected_level: Mapped[str | None]
    """The code of the practice level that its remit asks for."""
    level_basis: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What the level finder was answered when the level was set, and what it suggested (`LevelBasis`)."""
    level_note: Mapped[str] = mapped_column(default="")
    """Why this level, above all where it is not the suggested one."""
    level_set_by: Mapped[str | None]
    level_set_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None]
    """The team that took over everything of this closed one."""


class Membership(OfOrganisation, Base):
    """A person in an organisation."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id"),
        ForeignKeyConstraint(["organisation_id", "team_id"], ["team.organisation_id", "team.id"]),
        ForeignKeyConstraint(["organisation_id", "manager_id"], ["membership.organisation_id", "membership.id"]),
        CheckConstraint("manager_id <> id", name="own_manager"),
        Index("ix_membership_person_id", "person_id"),
        Index(
            "ix_membership_organisation_id_awaited_manager",
            "organisation_id",
            "awaited_manager",
            postgresql_where="awaited_manager IS NOT NULL",
        ),
        Index("ix_membership_lead", "organisation_id", postgresql_where=text("role = 'lead' AND ended_at IS NULL")),
        Index("ix_membership_organisation_id_manager_id", "organisation_id", "manager_id"),
        Index("ix_membership_organisation_id_team_id", "organisation_id", "team_id"),
        Index("ix_membership_organisation_id_listing_id", "organisation_id", "listing", "id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    job_title: Mapped[str] = mapped_column(default="")
    team_id: Mapped[UUID | None]
    manager_id: Mapped[UUID | None]
    """The membership of the line manager."""
    awaited_manager: Mapped[str | None]
    """The address of a line manager who has not joined yet, or may not manage yet; they are linked as soon as they may."""
    ended_at: Mapped[datetime | None]
    steps_dismissed_at: Mapped[datetime | None]
    """When the person put the first steps away."""
    listing: Mapped[str] = mapped_column(Text(collation="C"), server_default="")
    """The person's name and address in small letters without accents, to search and list by. PostgreSQL writes it, also when
    they change (`fold_text`)."""
    forms_removed_at: Mapped[datetime | None]
    """When the retention rule looked after what they wrote, once they had left."""

    person: Mapped[Person] = relationship(lazy="raise")
    team: Mapped[Team | None] = relationship(lazy="raise", viewonly=True)
    manager: Mapped["Membership | None"] = relationship(
        lazy="raise",
        viewonly=True,
        remote_side="[Membership.organisation_id, Membership.id]",
        foreign_keys="[Membership.organisation_id, Membership.manager_id]",
    )


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


class OrganisationDomain(OfOrganisation, Base):
    """An e-mail domain of an organisation. It counts once the coordinator's office has confirmed it."""

    __tablename__ = "organisation_domain"
    __table_args__ = (
        UniqueConstraint("organisation_id", "domain"),
        ForeignKeyConstraint(["partnership_id", "organisation_id"], ["organisation.partnership_id", "organisation.id"]),
        Index("ix_organisation_domain_domain", "domain"),
    )

    partnership_id: Mapped[UUID]
    domain: Mapped[str]
    """In lower case, as it stands behind the @ (punycode for other scripts)."""
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    """The person who confirmed it."""


class IdentityProvider(Base):
    """An organisation's own OpenID Connect provider."""

    __tablename__ = "identity_provider"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    state: Mapped[str] = mapped_column(default=OwnSignIn.OFF)
    issuer: Mapped[str]
    client_id: Mapped[str]
    client_secret: Mapped[str]
    """Sealed (`core.sealing`)."""
    second_factor: Mapped[str] = mapped_column(default=SecondFactor.HUB)
    newcomers: Mapped[str] = mapped_column(default=Newcomers.INVITED)
    proven_at: Mapped[datetime | None]
    """When somebody first came in by it as it is set up now; without that nothing can be enforced."""


class VouchedPerson(OfOrganisation, Base):
    """Who is who at an organisation's provider: bound at the first sign-in, by the provider's own identifier from then on."""

    __tablename__ = "vouched_person"
    __table_args__ = (
        UniqueConstraint("organisation_id", "issuer", "subject"),
        UniqueConstraint("organisation_id", "issuer", "person_id"),
    )

    issuer: Mapped[str]
    subject: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))

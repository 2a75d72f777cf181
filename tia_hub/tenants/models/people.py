"""Teams, and people in organisations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tia_hub.accounts.models import Person
from tia_hub.core.db import Base, OfOrganisation


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

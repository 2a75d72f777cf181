"""The partnership's registry of training: providers and who speaks for them, courses, and organisations' scores."""

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tia_hub.accounts.models import Person
from tia_hub.core.db import Base, Identified, OfOrganisation
from tia_hub.tenants.models.partnerships import Area


class Provider(Identified, Base):
    """A training provider in a partnership's registry."""

    __tablename__ = "provider"
    __table_args__ = (UniqueConstraint("partnership_id", "id"),)

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    about: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    """Where organisations can write to."""
    version: Mapped[int] = mapped_column(server_default="1")
    """Counts the changes: whoever edits an older one is told."""

    areas: Mapped[list[Area]] = relationship(
        secondary="provider_area",
        primaryjoin="Provider.id == provider_area.c.provider_id",
        secondaryjoin="provider_area.c.area_id == Area.id",
        order_by="Area.name",
        lazy="raise",
        viewonly=True,
    )


class ProviderArea(Base):
    """An area that a provider works in."""

    __tablename__ = "provider_area"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "provider_id"], ["provider.partnership_id", "provider.id"]),
        ForeignKeyConstraint(["partnership_id", "area_id"], ["area.partnership_id", "area.id"]),
    )

    provider_id: Mapped[UUID] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]


class ProviderUser(Identified, Base):
    """A person who speaks for a provider."""

    __tablename__ = "provider_user"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "provider_id"], ["provider.partnership_id", "provider.id"]),
        UniqueConstraint("provider_id", "person_id"),
        Index("ix_provider_user_person_id", "person_id"),
    )

    partnership_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(lazy="raise")


class ProviderInvitation(Identified, Base):
    """An invitation to speak for a provider, bound to an address. Its token is known by its hash alone."""

    __tablename__ = "provider_invitation"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "provider_id"], ["provider.partnership_id", "provider.id"]),
        UniqueConstraint("token_hash"),
        Index(
            "uq_provider_invitation_open",
            "provider_id",
            "email",
            unique=True,
            postgresql_where="accepted_at IS NULL AND revoked_at IS NULL",
        ),
    )

    partnership_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    email: Mapped[str]
    token_hash: Mapped[str]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Course(Identified, Base):
    """A course that a provider lists."""

    __tablename__ = "course"
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "provider_id"], ["provider.partnership_id", "provider.id"]),
        UniqueConstraint("partnership_id", "provider_id", "id"),
        CheckConstraint("hours > 0", name="hours"),
        CheckConstraint("places > 0", name="places"),
        CheckConstraint("cost >= 0", name="cost"),
        Index("ix_course_partnership_id_state_title", "partnership_id", "state", "title"),
    )

    partnership_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
    """Counts the changes: whoever edits an older one is told."""
    state: Mapped[str]
    state_reason: Mapped[str] = mapped_column(default="")
    """Why it was withdrawn."""
    edition: Mapped[str]
    """The framework's edition that level and statements are of."""
    title: Mapped[str]
    level: Mapped[str]
    audiences: Mapped[list[str]] = mapped_column(ARRAY(Text))
    statements: Mapped[list[str]] = mapped_column(ARRAY(Text))
    aims: Mapped[str]
    hours: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    mode: Mapped[str]
    places: Mapped[int | None]
    cost: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    """Pounds for one place; 0 is free of charge, None is not said."""
    transfer: Mapped[str]
    accessibility: Mapped[str]
    content_warning: Mapped[str]

    provider: Mapped[Provider] = relationship(lazy="raise", viewonly=True)
    dates: Mapped[list["CourseDate"]] = relationship(
        lazy="raise", viewonly=True, order_by="CourseDate.day, CourseDate.starts_at, CourseDate.id"
    )


class CourseDate(Identified, Base):
    """A day on which a course is held. The time is the clock's in Europe/London."""

    __tablename__ = "course_date"
    __table_args__ = (
        ForeignKeyConstraint(
            ["partnership_id", "provider_id", "course_id"],
            ["course.partnership_id", "course.provider_id", "course.id"],
        ),
        UniqueConstraint("provider_id", "course_id", "day", "starts_at", "place", "link"),
    )

    partnership_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    course_id: Mapped[UUID]
    day: Mapped[date]
    starts_at: Mapped[time]
    place: Mapped[str]
    link: Mapped[str]


class CourseScore(OfOrganisation, Base):
    """An organisation's score of a course: its own, notes and all."""

    __tablename__ = "course_score"
    __table_args__ = (
        UniqueConstraint("organisation_id", "course_id"),
        ForeignKeyConstraint(
            ["partnership_id", "provider_id", "course_id"],
            ["course.partnership_id", "course.provider_id", "course.id"],
        ),
        ForeignKeyConstraint(["partnership_id", "organisation_id"], ["organisation.partnership_id", "organisation.id"]),
    )

    partnership_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    course_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=0)
    edition: Mapped[str]
    """The framework's edition that the questions are of."""
    state: Mapped[str]
    interest: Mapped[str] = mapped_column(default="")
    """The interest that the organisation declared; empty where it has none."""
    finalised_at: Mapped[datetime | None]

    answers: Mapped[list["SelectionAnswer"]] = relationship(lazy="raise", order_by="SelectionAnswer.question")
    course: Mapped[Course] = relationship(
        lazy="raise", viewonly=True, primaryjoin="foreign(CourseScore.course_id) == Course.id"
    )


class SelectionAnswer(OfOrganisation, Base):
    """An organisation's answer to one of the selection questions."""

    __tablename__ = "selection_answer"
    __table_args__ = (
        UniqueConstraint("organisation_id", "score_id", "question"),
        ForeignKeyConstraint(["organisation_id", "score_id"], ["course_score.organisation_id", "course_score.id"]),
    )

    score_id: Mapped[UUID]
    question: Mapped[str]
    met: Mapped[str | None]
    note: Mapped[str]
    evidence: Mapped[str]


class CourseRating(Base):
    """A final rating that an organisation gave to the registry. Read by nobody but its organisation: others get figures."""

    __tablename__ = "course_rating"
    __table_args__ = (
        ForeignKeyConstraint(
            ["partnership_id", "provider_id", "course_id"],
            ["course.partnership_id", "course.provider_id", "course.id"],
        ),
        ForeignKeyConstraint(["partnership_id", "organisation_id"], ["organisation.partnership_id", "organisation.id"]),
        CheckConstraint("rating BETWEEN 0 AND 3", name="rating"),
        CheckConstraint("owner IN ('provider', 'course')", name="owner"),
        Index("ix_course_rating_course_id", "course_id"),
        Index("ix_course_rating_provider_id", "provider_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    course_id: Mapped[UUID] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    owner: Mapped[str]
    """Whose score the question is part of: the provider's or the course's."""
    rating: Mapped[int] = mapped_column(SmallInteger)
    """`Met.points`."""
    interest: Mapped[bool]
    """Whether the organisation declared an interest."""
    rated_at: Mapped[datetime]

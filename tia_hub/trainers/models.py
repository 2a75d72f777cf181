"""The partnership's registry of training: providers and the people who speak for them."""

from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tia_hub.accounts.models import Person
from tia_hub.core.db import Base, Identified


class Provider(Identified, Base):
    """A training provider in a partnership's registry."""

    __tablename__ = "provider"
    __table_args__ = (UniqueConstraint("partnership_id", "id"),)

    partnership_id: Mapped[UUID] = mapped_column(ForeignKey("partnership.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


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

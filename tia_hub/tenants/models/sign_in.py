"""An organisation's own way of having its people sign in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, OfOrganisation
from tia_hub.tenants.types.sign_in import Newcomers, OwnSignIn, SecondFactor


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

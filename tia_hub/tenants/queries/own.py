"""Reads of the places that the signed-in person belongs to."""

from sqlalchemy import Select, func, select

from tia_hub.accounts.models import Person
from tia_hub.core.scope import IdentityScope
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.models.partnerships import Coordinator, Partnership
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.models.sign_in import IdentityProvider
from tia_hub.tenants.types.sign_in import OwnSignIn


def _own_memberships(scope: IdentityScope) -> Select[Organisation, Membership, str]:
    return (
        select(Organisation, Membership, func.coalesce(IdentityProvider.state, OwnSignIn.OFF))
        .join(Membership, Membership.organisation_id == Organisation.id)
        .outerjoin(IdentityProvider, IdentityProvider.organisation_id == Organisation.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.fs_uniquifier == scope.settings()["person_key"], Membership.ended_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )


def _own_offices(scope: IdentityScope) -> Select[Partnership]:
    return (
        select(Partnership)
        .join(Coordinator, Coordinator.partnership_id == Partnership.id)
        .join(Person, Person.id == Coordinator.person_id)
        .where(Person.fs_uniquifier == scope.settings()["person_key"])
        .order_by(Partnership.name, Partnership.id)
    )


def find_own_membership(scope: IdentityScope, slug: str) -> tuple[Organisation, Membership, OwnSignIn] | None:
    """The organisation with this slug, the signed-in person's membership in it, and how far it signs people in itself."""
    row = scope.session.execute(_own_memberships(scope).where(Organisation.slug == slug)).one_or_none()
    return (row[0], row[1], OwnSignIn(row[2])) if row else None


def list_own_memberships(scope: IdentityScope) -> list[tuple[Organisation, Membership, OwnSignIn]]:
    """The organisations of the signed-in person, by name, with what `find_own_membership` tells of each."""
    return [(row[0], row[1], OwnSignIn(row[2])) for row in scope.session.execute(_own_memberships(scope))]


def find_own_office(scope: IdentityScope, slug: str) -> Partnership | None:
    """The partnership with this slug, if the signed-in person is in its office."""
    office: Partnership | None = scope.session.scalar(_own_offices(scope).where(Partnership.slug == slug))
    return office


def list_own_offices(scope: IdentityScope) -> list[Partnership]:
    """The partnerships in whose office the signed-in person is, by name."""
    return list(scope.session.scalars(_own_offices(scope)))

"""Reads of who can be turned to: the leads of an organisation, and the people of the coordinator's office."""

from uuid import UUID

from sqlalchemy import Select, select

from tia_hub.accounts.models import Person
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.tenants.models.partnerships import Coordinator
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.types.organisations import Contact
from tia_hub.tenants.types.roles import Role


def _contacts(scope: OrganisationScope | PartnershipScope, query: Select[UUID, str, str]) -> list[Contact]:
    rows = scope.session.execute(query.where(Person.active.is_(True)).order_by(Person.name, Person.id))
    return [Contact(person_id=row[0], name=row[1], email=row[2]) for row in rows]


def list_leads(scope: OrganisationScope | PartnershipScope, organisation_id: UUID) -> list[Contact]:
    """The present leads of an organisation, by name."""
    query = (
        select(Person.id, Person.name, Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.role == Role.LEAD, Membership.ended_at.is_(None))
    )
    return _contacts(scope, query)


def list_office(scope: OrganisationScope | PartnershipScope) -> list[Contact]:
    """The people of the partnership's office, by name."""
    query = (
        select(Person.id, Person.name, Person.email)
        .join(Coordinator, Coordinator.person_id == Person.id)
        .where(Coordinator.partnership_id == scope.partnership_id)
    )
    return _contacts(scope, query)

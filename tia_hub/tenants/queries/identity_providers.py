"""Reads of organisations' own identity providers: who has one, what it may vouch for, and who is who there."""

from uuid import UUID

from sqlalchemy import select

from tia_hub.core.errors import NotFound
from tia_hub.core.scope import OrganisationScope, PartnershipScope, WayInScope
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.models.sign_in import IdentityProvider, OrganisationDomain, VouchedPerson
from tia_hub.tenants.types.organisations import OrganisationState
from tia_hub.tenants.types.sign_in import OwnSignIn, WayIn

AT_WORK = (OrganisationState.ACTIVE, OrganisationState.CLOSING)
"""Where somebody can still come in."""


def list_ways_in(scope: WayInScope) -> list[WayIn]:
    """The organisations that the scope's slug or domain names and that sign people in by their own provider, by name."""
    rows = scope.session.execute(
        select(Organisation.id, Organisation.partnership_id, Organisation.slug, Organisation.name)
        .join(IdentityProvider, IdentityProvider.organisation_id == Organisation.id)
        .where(IdentityProvider.state != OwnSignIn.OFF, Organisation.state.in_(AT_WORK))
        .order_by(Organisation.name, Organisation.id)
    )
    return [WayIn(organisation_id=row[0], partnership_id=row[1], slug=row[2], name=row[3]) for row in rows]


def find_identity_provider(scope: OrganisationScope) -> IdentityProvider | None:
    """The organisation's own identity provider, as far as it was set up."""
    return scope.session.scalar(select(IdentityProvider).where(IdentityProvider.organisation_id == scope.organisation_id))


def list_email_domains(
    scope: OrganisationScope | PartnershipScope, organisation_id: UUID, *, confirmed_only: bool = False
) -> list[OrganisationDomain]:
    """The e-mail domains of an organisation, by name."""
    query = select(OrganisationDomain).where(OrganisationDomain.organisation_id == organisation_id)
    if confirmed_only:
        query = query.where(OrganisationDomain.confirmed_at.is_not(None))
    return list(scope.session.scalars(query.order_by(OrganisationDomain.domain)))


def get_email_domain(scope: OrganisationScope | PartnershipScope, domain_id: UUID) -> OrganisationDomain:
    """An e-mail domain of an organisation. Raises NotFound."""
    query = select(OrganisationDomain).where(OrganisationDomain.id == domain_id)
    if isinstance(scope, PartnershipScope):
        query = query.where(OrganisationDomain.partnership_id == scope.partnership_id)
    else:
        query = query.where(OrganisationDomain.organisation_id == scope.organisation_id)
    found = scope.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def find_vouched(scope: OrganisationScope, *, issuer: str, subject: str) -> UUID | None:
    """The person who is bound to somebody at the organisation's provider."""
    return scope.session.scalar(
        select(VouchedPerson.person_id).where(
            VouchedPerson.organisation_id == scope.organisation_id,
            VouchedPerson.issuer == issuer,
            VouchedPerson.subject == subject,
        )
    )

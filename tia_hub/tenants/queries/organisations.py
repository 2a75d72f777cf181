"""Reads of organisations, their areas and their partnership."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from tia_hub.core.errors import NotFound
from tia_hub.core.scope import OperatorScope, OrganisationScope, PartnershipScope
from tia_hub.tenants.models.organisations import Organisation, OrganisationLogo
from tia_hub.tenants.models.partnerships import Area, Partnership
from tia_hub.tenants.queries.pages import read_page
from tia_hub.tenants.types.lists import Slice


def list_areas(scope: PartnershipScope) -> list[Area]:
    """The areas of the partnership, by name."""
    return list(scope.session.scalars(select(Area).where(Area.partnership_id == scope.partnership_id).order_by(Area.name)))


def search_organisations(scope: PartnershipScope, *, search: str = "", page: int = 1) -> Slice[Organisation]:
    """The partnership's organisations whose name holds some text, by name, with their `areas`."""
    found = select(Organisation).where(Organisation.partnership_id == scope.partnership_id)
    if search:
        found = found.where(Organisation.name.icontains(search, autoescape=True))
    ordered = found.options(selectinload(Organisation.areas)).order_by(Organisation.name, Organisation.id)
    return read_page(scope, ordered, page)


def get_own_organisation(scope: OrganisationScope) -> Organisation:
    """The organisation of the scope itself, with its `areas`."""
    query = select(Organisation).options(selectinload(Organisation.areas)).where(Organisation.id == scope.organisation_id)
    return scope.session.scalars(query).one()


def get_logo(scope: OrganisationScope | PartnershipScope, organisation_id: UUID, version: str) -> bytes:
    """A version of an organisation's logo, a PNG. Raises NotFound, also for one that was replaced."""
    content = scope.session.scalar(
        select(OrganisationLogo.content).where(
            OrganisationLogo.organisation_id == organisation_id,
            OrganisationLogo.partnership_id == scope.partnership_id,
            OrganisationLogo.version == version,
        )
    )
    if content is None:
        raise NotFound
    return content


def get_organisation(scope: PartnershipScope, organisation_id: UUID) -> Organisation:
    """One of the partnership's organisations, with its `areas`. Raises NotFound."""
    organisation = scope.session.scalar(
        select(Organisation)
        .options(selectinload(Organisation.areas))
        .where(Organisation.partnership_id == scope.partnership_id, Organisation.id == organisation_id)
    )
    if organisation is None:
        raise NotFound
    return organisation


def find_organisation_named(scope: PartnershipScope, name: str) -> Organisation | None:
    """The partnership's organisation of a name, however it is capitalised."""
    return scope.session.scalar(
        select(Organisation).where(
            Organisation.partnership_id == scope.partnership_id, func.lower(Organisation.name) == name.lower()
        )
    )


def get_small_number(scope: OrganisationScope) -> int:
    """The threshold of the organisation's partnership: counts of people under it are never shown."""
    query = select(Partnership.small_number).where(Partnership.id == scope.partnership_id)
    return scope.session.execute(query).scalar_one()


def list_partnerships(scope: OperatorScope) -> list[Partnership]:
    """Every partnership of the installation, by name."""
    return list(scope.session.scalars(select(Partnership).order_by(Partnership.name, Partnership.id)))


def list_organisations(scope: PartnershipScope) -> list[Organisation]:
    """All of the partnership's organisations, by name, with their `areas`."""
    return list(
        scope.session.scalars(
            select(Organisation)
            .options(selectinload(Organisation.areas))
            .where(Organisation.partnership_id == scope.partnership_id)
            .order_by(Organisation.name, Organisation.id)
        )
    )


def find_organisation_at(scope: PartnershipScope, slug: str) -> Organisation | None:
    """The partnership's organisation with a part of addresses, with its `areas`."""
    return scope.session.scalar(
        select(Organisation)
        .options(selectinload(Organisation.areas))
        .where(Organisation.partnership_id == scope.partnership_id, Organisation.slug == slug)
    )

"""Reads of lists of organisations that were uploaded."""

from uuid import UUID

from sqlalchemy import select

from tia_hub.core.errors import NotFound
from tia_hub.core.scope import PartnershipScope
from tia_hub.tenants.models.organisations import OrganisationList


def get_organisation_list(scope: PartnershipScope, list_id: UUID, *, lock: bool = False) -> OrganisationList:
    """A list that was uploaded; with `lock` nobody else adds or forgets it meanwhile. Raises NotFound."""
    query = select(OrganisationList).where(
        OrganisationList.partnership_id == scope.partnership_id, OrganisationList.id == list_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    kept = scope.session.scalar(query)
    if kept is None:
        raise NotFound
    return kept

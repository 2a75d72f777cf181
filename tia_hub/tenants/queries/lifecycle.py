"""Reads of where organisations are in their life."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select

from tia_hub.core.errors import NotFound
from tia_hub.core.scope import DispatchScope, OrganisationScope, PartnershipScope
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.types.organisations import Due, OrganisationState


def lock_organisation(scope: OrganisationScope | PartnershipScope, organisation_id: UUID) -> Organisation:
    """An organisation, whose state nobody else changes until the transaction ends. Raises NotFound."""
    organisation = scope.session.scalar(
        select(Organisation)
        .where(Organisation.id == organisation_id, Organisation.partnership_id == scope.partnership_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if organisation is None:
        raise NotFound
    return organisation


def list_at_rest(scope: OrganisationScope | DispatchScope, organisation_ids: Collection[UUID], *, hold: bool) -> set[UUID]:
    """Those of some organisations that are not active. With `hold` their state stays until the transaction ends."""
    query = select(Organisation.id, Organisation.state).where(Organisation.id.in_(organisation_ids))
    if hold:
        query = query.with_for_update(read=True)
    return {row.id for row in scope.session.execute(query) if row.state != OrganisationState.ACTIVE}


def list_due_for_deletion(scope: DispatchScope | PartnershipScope, today: date) -> list[Due]:
    """The organisations whose deletion was asked for and has waited long enough, those that wait longest first."""
    query = select(Organisation.id, Organisation.partnership_id, Organisation.closing_on).where(
        Organisation.state == OrganisationState.CLOSING, Organisation.closing_on <= today
    )
    if isinstance(scope, PartnershipScope):
        query = query.where(Organisation.partnership_id == scope.partnership_id)
    rows = scope.session.execute(query.order_by(Organisation.closing_on, Organisation.id))
    return [
        Due(organisation_id=row.id, partnership_id=row.partnership_id, closing_on=row.closing_on)
        for row in rows
        if row.closing_on is not None
    ]

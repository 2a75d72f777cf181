"""An organisation's logo."""

import hashlib

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.pictures import draw_anew
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.tenants.models.organisations import OrganisationLogo
from tia_hub.tenants.queries.lifecycle import lock_organisation

WIDTH, HEIGHT = 480, 160
"""Pixels at most: sharp on the best screens in the head of a page, and no more."""


def change_logo(scope: OrganisationScope, content: bytes) -> None:
    """Take a picture as the organisation's logo. Raises BadPicture."""
    drawn = draw_anew(content, width=WIDTH, height=HEIGHT)
    organisation = lock_organisation(scope, scope.organisation_id)
    version = hashlib.sha256(drawn).hexdigest()[:16]
    values = {"content": drawn, "version": version}
    scope.session.execute(
        insert(OrganisationLogo)
        .values(organisation_id=scope.organisation_id, partnership_id=scope.partnership_id, **values)
        .on_conflict_do_update(index_elements=["organisation_id"], set_=values)
    )
    if organisation.logo_version != version:
        organisation.logo_version = version
        record(scope, "organisation.logo", "Changed the logo")


def remove_logo(scope: OrganisationScope) -> None:
    """Take the organisation's logo away."""
    organisation = lock_organisation(scope, scope.organisation_id)
    scope.session.execute(delete(OrganisationLogo).where(OrganisationLogo.organisation_id == scope.organisation_id))
    if organisation.logo_version is not None:
        organisation.logo_version = None
        record(scope, "organisation.logo_removed", "Removed the logo")

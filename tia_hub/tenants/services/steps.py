"""A member's first steps, as far as they are their own choice."""

from sqlalchemy import update

from tia_hub.core.clock import now
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.models.people import Membership


def show_first_steps(scope: OrganisationScope, *, shown: bool) -> None:
    """Put one's own first steps away from "My work", or have them there again. A matter of one's own: not on the trail."""
    scope.session.execute(
        update(Membership)
        .where(Membership.organisation_id == scope.organisation_id, Membership.id == scope.membership_id)
        .values(steps_dismissed_at=None if shown else now())
    )

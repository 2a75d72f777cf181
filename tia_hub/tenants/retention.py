"""How long organisations keep invitations."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func

from tia_hub.core.retention import Rule, delete_rule
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.models import Invitation


def _closed(scope: OrganisationScope, before: datetime) -> ColumnElement[bool]:
    closed_at = func.coalesce(Invitation.accepted_at, Invitation.revoked_at, Invitation.expires_at)
    return and_(Invitation.organisation_id == scope.organisation_id, closed_at < before)


RULES: tuple[Rule, ...] = (
    delete_rule(
        kind="invitations",
        words="Invitations that were accepted or withdrawn, or are too old",
        days=90,
        why="So that whoever invited somebody can see what became of it.",
        scopes=(OrganisationScope,),
        bounds=(30, 365),
        model=Invitation,
        old=_closed,
    ),
)

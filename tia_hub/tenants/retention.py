"""How long invitations and requests to join are kept."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func

from tia_hub.core.retention import YEAR, Rule, delete_rule
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.tenants.models import Invitation, JoiningRequest


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
    delete_rule(
        kind="joining_requests",
        words="Requests to join that were decided",
        days=YEAR,
        why="So that the coordinator’s office can show how it decided.",
        scopes=(PartnershipScope,),
        model=JoiningRequest,
        old=lambda scope, before: and_(
            JoiningRequest.partnership_id == scope.partnership_id, JoiningRequest.decided_at < before
        ),
    ),
)

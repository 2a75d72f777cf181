"""How long the registry keeps invitations."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func

from tia_hub.core.retention import Rule, delete_rule
from tia_hub.core.scope import PartnershipScope
from tia_hub.trainers.models import ProviderInvitation


def _closed(scope: PartnershipScope, before: datetime) -> ColumnElement[bool]:
    closed_at = func.coalesce(ProviderInvitation.accepted_at, ProviderInvitation.revoked_at, ProviderInvitation.expires_at)
    return and_(ProviderInvitation.partnership_id == scope.partnership_id, closed_at < before)


RULES: tuple[Rule, ...] = (
    delete_rule(
        kind="provider_invitations",
        words="Invitations to speak for a training provider that were accepted or withdrawn, or are too old",
        days=90,
        why="So that whoever invited somebody can see what became of it.",
        scopes=(PartnershipScope,),
        model=ProviderInvitation,
        old=_closed,
    ),
)

"""What teams have of this room: their audits, which go along when teams are merged and keep the name they were begun for."""

from uuid import UUID

from flask import url_for
from sqlalchemy import select, update

from tia_hub.audits.models import Audit
from tia_hub.audits.presenters import state_words
from tia_hub.audits.queries import find_open_audit
from tia_hub.audits.types import AuditState
from tia_hub.core.clock import format_date
from tia_hub.core.errors import Refused
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.types.teams import HeldThing


class AuditsOfTeams:
    """Audits, as `tenants.types.HeldByTeams` wants them."""

    words = "audits"

    def list_held(self, scope: OrganisationScope, team_id: UUID) -> list[HeldThing]:
        """A team's audits, newest first."""
        query = (
            select(Audit)
            .where(Audit.organisation_id == scope.organisation_id, Audit.team_id == team_id)
            .order_by(Audit.started_on.desc(), Audit.created_at.desc(), Audit.id)
        )
        return [
            HeldThing(
                title=audit.title,
                words=f"{state_words(audit)}, started on {format_date(audit.started_on)}",
                href=url_for("audits.show", organisation=scope.slug, audit_id=audit.id),
                begun_as=audit.team_name,
                unfinished=audit.state == AuditState.IN_PROGRESS,
            )
            for audit in scope.session.scalars(query)
        ]

    def move(self, scope: OrganisationScope, team_id: UUID, into_id: UUID) -> int:
        """Give a team's audits to another. Raises Refused where both have one in progress: there is one at a time."""
        both = [find_open_audit(scope, each) for each in (team_id, into_id)]
        if all(both):
            raise Refused("Both teams have an audit in progress. Submit one of them first.")
        moved = scope.session.execute(
            update(Audit)
            .where(Audit.organisation_id == scope.organisation_id, Audit.team_id == team_id)
            .values(team_id=into_id)
            .returning(Audit.id)
        )
        return len(moved.all())

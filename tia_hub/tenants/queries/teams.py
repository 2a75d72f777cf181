"""Reads of the teams of an organisation."""

from uuid import UUID

from sqlalchemy import func, select

from tia_hub.core.errors import NotFound
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.models import Membership, Team


def list_teams(scope: OrganisationScope) -> list[Team]:
    """The organisation's teams, by name."""
    return list(
        scope.session.scalars(select(Team).where(Team.organisation_id == scope.organisation_id).order_by(Team.name, Team.id))
    )


def get_team(scope: OrganisationScope, team_id: UUID) -> Team:
    """A team of the organisation. Raises NotFound."""
    team = scope.session.scalar(select(Team).where(Team.organisation_id == scope.organisation_id, Team.id == team_id))
    if team is None:
        raise NotFound
    return team


def count_people_by_team(scope: OrganisationScope) -> dict[UUID, int]:
    """How many present members each team has, without those of teams within it."""
    rows = scope.session.execute(
        select(Membership.team_id, func.count())
        .where(
            Membership.organisation_id == scope.organisation_id,
            Membership.ended_at.is_(None),
            Membership.team_id.is_not(None),
        )
        .group_by(Membership.team_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}

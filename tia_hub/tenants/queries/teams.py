"""Reads of the teams of an organisation."""

from uuid import UUID

from sqlalchemy import func, select

from tia_hub.core.errors import NotFound
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.people import Membership, Team
from tia_hub.tenants.types.teams import TeamContents


def list_teams(scope: OrganisationScope, *, closed: bool = False) -> list[Team]:
    """The organisation's open teams by name, as they stand now; or those that were closed, the last one first."""
    query = select(Team).where(Team.organisation_id == scope.organisation_id).execution_options(populate_existing=True)
    if closed:
        query = query.where(Team.closed_at.is_not(None)).order_by(Team.closed_at.desc(), Team.id)
    else:
        query = query.where(Team.closed_at.is_(None)).order_by(Team.name, Team.id)
    return list(scope.session.scalars(query))


def get_team(scope: OrganisationScope, team_id: UUID, *, closed: bool = False, hold: bool = False) -> Team:
    """An open team of the organisation; with `closed` one that was closed too. Raises NotFound.

    With `hold` nothing is put into it until the transaction ends, and what others just put into it is there.
    """
    query = select(Team).where(Team.organisation_id == scope.organisation_id, Team.id == team_id)
    if hold:
        query = query.with_for_update()
    team = scope.session.scalar(query.execution_options(populate_existing=True))
    if team is None or (team.closed_at is not None and not closed):
        raise NotFound
    return team


def find_open_team(scope: OrganisationScope, team_id: UUID | None) -> UUID | None:
    """The team itself, or the one that everything of it went to; None where it is closed."""
    while team_id is not None:
        team = get_team(scope, team_id, closed=True)
        if team.closed_at is None:
            break
        team_id = team.merged_into_id
    return team_id


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


def count_contents(scope: OrganisationScope, team_id: UUID) -> TeamContents:
    """What belongs to a team itself: one statement."""
    of_team = (Membership.organisation_id == scope.organisation_id, Membership.team_id == team_id)
    below = (Team.organisation_id == scope.organisation_id, Team.parent_id == team_id)
    row = scope.session.execute(
        select(
            select(func.count()).where(*of_team, Membership.ended_at.is_(None)).scalar_subquery(),
            select(func.count()).where(*of_team, Membership.ended_at.is_not(None)).scalar_subquery(),
            select(func.count())
            .where(
                Invitation.organisation_id == scope.organisation_id,
                Invitation.team_id == team_id,
                Invitation.accepted_at.is_(None),
                Invitation.revoked_at.is_(None),
            )
            .scalar_subquery(),
            select(func.count()).where(*below, Team.closed_at.is_(None)).scalar_subquery(),
            select(func.count())
            .where(
                Team.organisation_id == scope.organisation_id,
                Team.closed_at.is_not(None),
                (Team.parent_id == team_id) | (Team.merged_into_id == team_id),
            )
            .scalar_subquery(),
        )
    ).one()
    return TeamContents(people=row[0], former=row[1], invited=row[2], teams=row[3], closed_teams=row[4])

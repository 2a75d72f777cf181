"""Reads of how far an organisation, and a member in it, have come since they joined."""

from sqlalchemy import func, select, true

from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.models.people import Membership, Team
from tia_hub.tenants.types.invitations import Joining
from tia_hub.tenants.types.organisations import Beginnings
from tia_hub.tenants.types.roles import Role


def summarise_beginnings(scope: OrganisationScope) -> Beginnings:
    """Who joined and who was invited, and what the acting member's first steps depend on: one statement."""
    own, present = Membership.id == scope.membership_id, Membership.ended_at.is_(None)
    # One whose mail is still to be written has all its time before it.
    unsent = Invitation.token_hash.is_(None) & Invitation.awaits_lead.is_(False)
    in_time = unsent | (Invitation.expires_at > func.now())
    invitations = (
        select(
            func.count().filter(in_time, Invitation.awaits_lead.is_(False)).label("invited"),
            func.count().filter(~in_time, Invitation.awaits_lead.is_(False)).label("expired"),
            func.count().filter(in_time, Invitation.awaits_lead.is_(True)).label("to_confirm"),
        )
        .where(
            Invitation.organisation_id == scope.organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .subquery()
    )
    row = scope.session.execute(
        select(
            select(Organisation.entry_checked_at)
            .where(Organisation.id == scope.organisation_id)
            .scalar_subquery()
            .label("checked"),
            select(func.count()).where(Team.organisation_id == scope.organisation_id).scalar_subquery().label("teams"),
            func.count().filter(present).label("members"),
            func.count()
            .filter(present, Membership.role.not_in([Role.LEAD, Role.CONTRIBUTOR]), Membership.manager_id.is_(None))
            .label("unmanaged"),
            func.count().filter(present, Membership.manager_id == scope.membership_id).label("managed_by_me"),
            func.bool_or(Membership.manager_id.is_not(None)).filter(own).label("has_manager"),
            func.max(Membership.steps_dismissed_at).filter(own).label("dismissed_at"),
            invitations.c.invited,
            invitations.c.expired,
            invitations.c.to_confirm,
        )
        .select_from(Membership)
        .join(invitations, true())
        .where(Membership.organisation_id == scope.organisation_id)
        .group_by(*invitations.c)
    ).one()
    return Beginnings(
        entry_checked=row.checked is not None,
        teams=row.teams,
        unmanaged=row.unmanaged,
        managed_by_me=row.managed_by_me,
        has_manager=bool(row.has_manager),
        dismissed=row.dismissed_at is not None,
        joining=Joining(members=row.members, invited=row.invited, expired=row.expired, to_confirm=row.to_confirm),
    )

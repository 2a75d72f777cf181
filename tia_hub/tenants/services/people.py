"""Members of an organisation: their role, team and manager, and their leaving."""

from uuid import UUID

from sqlalchemy import func, select, update

from tia_hub.core.errors import Refused
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.tenants.models import Membership
from tia_hub.tenants.queries.people import get_member, list_managers_above, list_members_with_role
from tia_hub.tenants.queries.teams import get_team
from tia_hub.tenants.types import Role

MAY_MANAGE = frozenset({Role.MANAGER, Role.LEAD})


def one_at_a_time(scope: OrganisationScope) -> None:
    """Let nobody else change who leads, manages or belongs to what in this organisation until the transaction ends."""
    scope.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(scope.organisation_id), 0))))


def _keep_a_lead(scope: OrganisationScope, member: Membership) -> None:
    others = [lead for lead in list_members_with_role(scope, [Role.LEAD]) if lead.id != member.id]
    if member.role == Role.LEAD and not others:
        raise Refused(f"{member.person.name} is the only lead. Make somebody else a lead first.")


def check_manager(scope: OrganisationScope, manager_id: UUID) -> Membership:
    """The member who is to manage somebody. Raises NotFound, and Refused for who may not manage or has left."""
    manager = get_member(scope, manager_id)
    if manager.ended_at is not None or manager.role not in MAY_MANAGE:
        raise Refused(f"{manager.person.name} can’t be a line manager here. Give them the role of manager first.")
    return manager


def change_member(
    scope: OrganisationScope,
    membership_id: UUID,
    *,
    role: Role,
    job_title: str,
    team_id: UUID | None,
    manager_id: UUID | None,
) -> None:
    """Change a member's role, job title, team and line manager. Raises NotFound and Refused (the last lead, a circle)."""
    one_at_a_time(scope)
    member = get_member(scope, membership_id)
    if member.ended_at is not None:
        raise Refused(f"{member.person.name} has left.")
    if role is not Role.LEAD:
        _keep_a_lead(scope, member)
    if team_id is not None:
        get_team(scope, team_id)
    if manager_id is not None and manager_id != member.manager_id:
        check_manager(scope, manager_id)
        if member.id in list_managers_above(scope, manager_id):
            raise Refused(f"{member.person.name} would then be their own manager, directly or through others.")
    was = member.role
    member.role, member.job_title, member.team_id, member.manager_id = role, job_title, team_id, manager_id
    if manager_id is not None:
        member.awaited_manager = None
    if role in MAY_MANAGE and was not in MAY_MANAGE:
        link_awaited(scope, manager_id=member.id, email=member.person.email)
    if role not in MAY_MANAGE and was in MAY_MANAGE:
        _let_go_of_reports(scope, member)
    words = f"Changed the entry of {member.person.name}"
    if was != role:
        words = f"Made {member.person.name} {role.words.lower()} (was {Role(was).words.lower()})"
    record(scope, "member.changed", words, target_id=member.id)


def _let_go_of_reports(scope: OrganisationScope, member: Membership) -> None:
    scope.session.execute(
        update(Membership)
        .where(Membership.organisation_id == scope.organisation_id, Membership.manager_id == member.id)
        .values(manager_id=None)
    )


def link_awaited(scope: OrganisationScope, *, manager_id: UUID, email: str) -> None:
    """Make somebody who may manage by now the line manager of those who waited for them by their address.

    Whoever manages them already (through others too) goes on waiting, so that nobody becomes their own manager. A line manager
    reads no form by being one: each form names the manager whom its worker shared it with.
    """
    scope.session.execute(
        update(Membership)
        .where(
            Membership.organisation_id == scope.organisation_id,
            Membership.awaited_manager == email,
            Membership.manager_id.is_(None),
            Membership.ended_at.is_(None),
            Membership.id.not_in(list_managers_above(scope, manager_id)),
        )
        .values(manager_id=manager_id, awaited_manager=None)
    )


def end_membership(scope: OrganisationScope, membership_id: UUID) -> str:
    """Close a member's access from the next request on; their name. Those they managed have no manager then.

    Raises NotFound, and Refused for the last lead.
    """
    one_at_a_time(scope)
    member = get_member(scope, membership_id)
    if member.ended_at is None:
        _keep_a_lead(scope, member)
        scope.session.execute(
            update(Membership)
            .where(Membership.organisation_id == scope.organisation_id, Membership.id == member.id)
            .values(ended_at=func.now())
        )
        _let_go_of_reports(scope, member)
        record(scope, "member.ended", f"Closed the access of {member.person.name}", target_id=member.id)
    return member.person.name

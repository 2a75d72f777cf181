"""Members of an organisation: their role, team and manager, and their leaving."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select, update

from tia_hub.core.errors import Refused
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.mail.services import link, post
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.queries.people import (
    get_member,
    hold_members,
    list_awaiting,
    list_managers_above,
    list_members_with_role,
    list_named_members,
    list_reports,
)
from tia_hub.tenants.queries.teams import get_team
from tia_hub.tenants.types.roles import Role

MAY_MANAGE = frozenset(role for role in Role if Permission.ASSESSMENT_MANAGE in role.permissions)


class StillManages(Refused):
    """Who manages people can't lose the role for it before somebody else manages them."""


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
    """Change a member's role, job title, team and line manager.

    Raises NotFound and Refused (the last lead, a circle), and StillManages where they would manage nobody any more.
    """
    one_at_a_time(scope)
    member = get_member(scope, membership_id)
    if member.ended_at is not None:
        raise Refused(f"{member.person.name} has left.")
    if role is not Role.LEAD:
        _keep_a_lead(scope, member)
    if team_id is not None and team_id != member.team_id:
        get_team(scope, team_id)
    if role not in MAY_MANAGE and list_reports(scope, member.id):
        raise StillManages(f"{member.person.name} manages people. Hand them over to somebody else first.")
    if manager_id != member.manager_id:
        _set_manager(scope, [member], check_manager(scope, manager_id) if manager_id else None)
    was = member.role
    member.role, member.job_title, member.team_id = role, job_title, team_id
    if role in MAY_MANAGE and was not in MAY_MANAGE:
        link_awaited(scope, member)
    words = f"Changed the entry of {member.person.name}"
    if was != role:
        words = f"Made {member.person.name} {role.words.lower()} (was {Role(was).words.lower()})"
    record(scope, "member.changed", words, target_id=member.id)


def link_awaited(scope: OrganisationScope, manager: Membership) -> None:
    """Make somebody who may manage by now the line manager of those who waited for them by their address.

    Whoever manages them already (through others too) goes on waiting, so that nobody becomes their own manager. A line manager
    reads no form by being one: each form names the manager whom its worker shared it with.
    """
    above = list_managers_above(scope, manager.id)
    waiting = list_awaiting(scope, manager.person.email)
    _set_manager(scope, [member for member in waiting if member.id not in above], manager)


def hand_over(
    scope: OrganisationScope, membership_id: UUID, *, report_ids: Collection[UUID], manager_id: UUID | None
) -> list[str]:
    """Give some of the people whom a member manages to another manager, or leave them without one for now; their names.

    Whoever is not, or no longer, managed by the member is left as they are. Raises NotFound, and Refused for somebody who may
    not manage or would then manage themselves.
    """
    one_at_a_time(scope)
    get_member(scope, membership_id)
    reports = [report for report in list_reports(scope, membership_id) if report.id in report_ids]
    _set_manager(scope, reports, check_manager(scope, manager_id) if manager_id else None)
    return [report.person.name for report in reports]


def end_membership(scope: OrganisationScope, membership_id: UUID, *, successor_id: UUID | None = None) -> str:
    """Close a member's access from the next request on; their name.

    Those they managed, and those invited to be managed by them, get the successor, or no manager for now. A successor from
    among them takes the member's own place. Raises NotFound, and Refused for the last lead or for who can't take over.
    """
    one_at_a_time(scope)
    member = get_member(scope, membership_id)
    if member.ended_at is None:
        _keep_a_lead(scope, member)
        _succeed(scope, member, successor_id)
        scope.session.execute(
            update(Membership)
            .where(Membership.organisation_id == scope.organisation_id, Membership.id == member.id)
            .values(ended_at=func.now())
        )
        enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")
        record(scope, "member.ended", f"Closed the access of {member.person.name}", target_id=member.id)
    return member.person.name


def _succeed(scope: OrganisationScope, member: Membership, successor_id: UUID | None) -> None:
    if successor_id == member.id:
        raise Refused(f"{member.person.name} is leaving, and can’t take over from themselves.")
    successor = check_manager(scope, successor_id) if successor_id else None
    reports = list_reports(scope, member.id)
    _set_manager(scope, [report for report in reports if report.id == successor_id], member.manager)
    _set_manager(scope, [report for report in reports if report.id != successor_id], successor)
    scope.session.execute(
        update(Invitation)
        .where(
            Invitation.organisation_id == scope.organisation_id,
            Invitation.manager_id == member.id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(manager_id=successor_id)
    )


def _set_manager(scope: OrganisationScope, members: Sequence[Membership], manager: Membership | None) -> None:
    """Give members a manager or none, and tell everybody whom it concerns. What they had shared goes back to them by the
    database's own rule (docs/adr/0023)."""
    if not members:
        return
    if manager is not None:
        above = list_managers_above(scope, manager.id)
        for member in members:
            if member.id in above:
                raise Refused(f"{member.person.name} would then be their own manager, directly or through others.")
    ids = [member.id for member in members]
    hold_members(scope, ids)
    had = {member.id: member.manager_id for member in members if member.manager_id is not None}
    scope.session.execute(
        update(Membership)
        .where(Membership.organisation_id == scope.organisation_id, Membership.id.in_(ids))
        .values(manager_id=manager.id if manager else None, awaited_manager=None)
    )
    enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")
    former = {each.id: each for each in list_named_members(scope, set(had.values()))}
    for member in members:
        was = former[had[member.id]].person.name if member.id in had else "nobody"
        words = f"{member.person.name} is now managed by {manager.person.name if manager else 'nobody'} (was {was})"
        record(scope, "member.manager_changed", words, target_id=member.id)
    _tell_workers(scope, [member for member in members if member.id in had], manager)
    for each in former.values():
        _tell_manager(scope, each, [member for member in members if had.get(member.id) == each.id], taken_over=False)
    if manager is not None and had:
        _tell_manager(scope, manager, [member for member in members if member.id in had], taken_over=True)


def _tell_workers(scope: OrganisationScope, members: Sequence[Membership], manager: Membership | None) -> None:
    """The same words to each, whether they wrote a form or not: who reads of a mail learns nothing of a draft."""
    for member in members:
        post(
            scope,
            to=member.person.email,
            subject=f"Your line manager at {scope.name} has changed",
            template="manager_changed",
            context={
                "name": member.person.name,
                "organisation": scope.name,
                "manager": manager.person.name if manager else None,
                "address": link("training.mine", organisation=scope.slug),
            },
            recipient_id=member.person_id,
            permission=Permission.ASSESSMENT_OWN,
        )


def _tell_manager(scope: OrganisationScope, manager: Membership, reports: Sequence[Membership], *, taken_over: bool) -> None:
    post(
        scope,
        to=manager.person.email,
        subject=f"Whom you manage at {scope.name} has changed",
        template="reports_changed",
        context={
            "name": manager.person.name,
            "organisation": scope.name,
            "reports": [report.person.name for report in reports],
            "taken_over": taken_over,
            "address": link("training.team", organisation=scope.slug),
        },
        recipient_id=manager.person_id,
        permission=Permission.ASSESSMENT_MANAGE,
    )

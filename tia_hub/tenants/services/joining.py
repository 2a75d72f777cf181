"""Joining: an invitation becomes a membership, once; and those who waited for a line manager get them."""

from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import now
from tia_hub.core.errors import NotFound
from tia_hub.core.mail.services import link, post
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.queries.invitations import get_invitation
from tia_hub.tenants.queries.lifecycle import list_at_rest
from tia_hub.tenants.queries.organisations import get_own_organisation
from tia_hub.tenants.queries.people import find_member_by_email, get_member, list_members_with_role
from tia_hub.tenants.queries.teams import find_open_team
from tia_hub.tenants.services.people import MAY_MANAGE, link_awaited, one_at_a_time
from tia_hub.tenants.types.invitations import InvitationState
from tia_hub.tenants.types.roles import Role


def _find_manager(scope: OrganisationScope, invitation: Invitation) -> UUID | None:
    """The line manager that an invitation names, if they are here and may manage by now."""
    if invitation.manager_id is not None:
        manager = get_member(scope, invitation.manager_id)
    elif invitation.manager_email and invitation.manager_email != invitation.email:
        found = find_member_by_email(scope, invitation.manager_email)
        if found is None:
            return None
        manager = found
    else:
        return None
    return manager.id if manager.ended_at is None and manager.role in MAY_MANAGE else None


def accept_invitation(scope: OrganisationScope, *, token_hash: str | None, invitation_id: UUID, person_id: UUID) -> None:
    """Make the person whose invitation it is a member; once, however often and by however many tabs it is asked.

    The token is nothing where the organisation's own provider vouches for the address of one whose mail was not written yet.
    Raises NotFound where it was used, withdrawn or re-sent meanwhile, is too old, or its organisation is not active.
    """
    one_at_a_time(scope)
    if list_at_rest(scope, [scope.organisation_id], hold=True):
        raise NotFound
    invitation = get_invitation(scope, invitation_id)
    # Who is known by their organisation's provider needs no letter: one that is not written yet has no token.
    if invitation.state not in (InvitationState.SENT, InvitationState.UNSENT) or invitation.token_hash != token_hash:
        raise NotFound
    invitation.accepted_at = now()
    manager_id = _find_manager(scope, invitation)
    entry = {
        "role": invitation.role,
        "team_id": find_open_team(scope, invitation.team_id),
        "manager_id": manager_id,
        "awaited_manager": None if manager_id else invitation.manager_email,
        "ended_at": None,
    }
    if invitation.job_title:
        entry["job_title"] = invitation.job_title
    membership_id = scope.session.scalar(
        insert(Membership)
        .values(
            **{"organisation_id": scope.organisation_id, "id": uuid4(), "person_id": person_id, "job_title": ""} | entry,
        )
        .on_conflict_do_update(
            index_elements=["organisation_id", "person_id"], set_=entry, where=Membership.ended_at.is_not(None)
        )
        .returning(Membership.id)
    )
    record(scope, "invitation.accepted", f"{invitation.name} accepted the invitation", target_id=membership_id)
    if membership_id is not None and invitation.role in MAY_MANAGE:
        link_awaited(scope, get_member(scope, membership_id))
    if invitation.role == Role.LEAD:
        _tell_the_other_leads(scope, invitation)


def _tell_the_other_leads(scope: OrganisationScope, invitation: Invitation) -> None:
    """Nobody comes to lead an organisation unseen, whoever invited them."""
    organisation = get_own_organisation(scope)
    for lead in list_members_with_role(scope, [Role.LEAD]):
        if lead.person.email != invitation.email:
            post(
                scope,
                to=lead.person.email,
                recipient_id=lead.person_id,
                permission=Permission.PEOPLE_MANAGE,
                subject=f"{invitation.name} is now a lead of {organisation.name}",
                template="lead_joined",
                context={
                    "name": lead.person.name,
                    "newcomer": invitation.name,
                    "address": invitation.email,
                    "organisation": organisation.name,
                    "inviter": "the coordinator of your partnership" if invitation.by_partnership else "your organisation",
                    "link": link("tenants.people", organisation=organisation.slug),
                },
            )

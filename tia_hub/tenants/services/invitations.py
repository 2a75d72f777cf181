"""Invitations: a token by mail, known to us by its hash, bound to an address, good once and for a week."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.mail.services import link, post
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.core.tokens import hash_token, new_token
from tia_hub.core.trail import record
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.queries.contacts import list_leads
from tia_hub.tenants.queries.invitations import get_invitation
from tia_hub.tenants.queries.organisations import get_organisation
from tia_hub.tenants.queries.people import find_member_by_email
from tia_hub.tenants.queries.teams import get_team
from tia_hub.tenants.services.people import check_manager
from tia_hub.tenants.types.invitations import InvitationState
from tia_hub.tenants.types.organisations import ListedOrganisation, OrganisationState
from tia_hub.tenants.types.roles import Role

GOOD_FOR = timedelta(days=7)
MAIL = "invitation"
"""The template of the mail, by which it is on record."""
OPEN = text("accepted_at IS NULL AND revoked_at IS NULL")
"""What the index of open invitations holds: one an address in each organisation."""


class AlreadyInvited(Refused):
    """The address has an invitation that is still open, or is a member's."""


def mail_invitation(scope: OrganisationScope | PartnershipScope, invitation: Invitation, organisation_name: str) -> None:
    """Write the mail of an invitation, with a new token that is good for a week from now; one before it is dead.

    Both are in the scope's transaction: there is no token without its mail, and no mail without its token.
    """
    token = new_token()
    invitation.token_hash, invitation.expires_at = hash_token(token), now() + GOOD_FOR
    inviter = invitation.invited_by
    invitation.email_id = post(
        scope,
        to=invitation.email,
        subject=f"{inviter} invites you to join {organisation_name} on TIA Hub"
        if inviter
        else f"Join {organisation_name} on TIA Hub",
        template=MAIL,
        context={
            "name": invitation.name,
            "inviter": inviter,
            "organisation": organisation_name,
            "role": Role(invitation.role).words.lower(),
            "link": link("tenants.invitation", token=token),
            "expires_at": invitation.expires_at,
        },
    )


def _write(
    scope: OrganisationScope | PartnershipScope,
    *,
    organisation_id: UUID,
    organisation_name: str,
    email: str,
    name: str,
    role: Role,
    team_id: UUID | None = None,
    manager_id: UUID | None = None,
    awaits_lead: bool = False,
) -> UUID:
    invitation: Invitation | None = scope.session.scalar(
        insert(Invitation)
        .values(
            organisation_id=organisation_id,
            id=uuid4(),
            partnership_id=scope.partnership_id,
            by_partnership=isinstance(scope, PartnershipScope),
            email=email,
            name=name,
            role=role,
            team_id=team_id,
            manager_id=manager_id,
            invited_by=scope.actor.name,
            expires_at=now() + GOOD_FOR,
            awaits_lead=awaits_lead,
        )
        .on_conflict_do_nothing(index_elements=["organisation_id", "email"], index_where=OPEN)
        .returning(Invitation)
    )
    if invitation is None:
        raise AlreadyInvited(f"{email} has an invitation already. You can send it again from the list of invitations.")
    if isinstance(scope, PartnershipScope) and awaits_lead:
        _ask_the_leads(scope, invitation, organisation_name)
    else:
        mail_invitation(scope, invitation, organisation_name)
    record(scope, "invitation.sent", f"Invited {name} as {role.words.lower()} of {organisation_name}", target_id=invitation.id)
    return invitation.id


def invite_lead(scope: PartnershipScope, organisation_id: UUID, *, email: str, name: str) -> UUID:
    """Invite a lead of an organisation. Where it has leads, one of them has to confirm that before anything is sent.

    Raises NotFound, AlreadyInvited, and Refused where the organisation is not active.
    """
    organisation = _get_active(scope, organisation_id)
    return _write(
        scope,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        email=email,
        name=name,
        role=Role.LEAD,
        awaits_lead=bool(list_leads(scope, organisation_id)),
    )


def invite_first_leads(scope: PartnershipScope, leads: Mapping[UUID, ListedOrganisation]) -> None:
    """Invite the leads of organisations that were just made, by the organisation: nobody has to confirm these."""
    if not leads:
        return
    invitations = scope.session.scalars(
        insert(Invitation)
        .values(
            [
                {
                    "organisation_id": organisation_id,
                    "id": uuid4(),
                    "partnership_id": scope.partnership_id,
                    "by_partnership": True,
                    "email": listed.lead_email,
                    "name": listed.lead_name,
                    "role": Role.LEAD,
                    "invited_by": scope.actor.name,
                    "awaits_lead": False,
                }
                for organisation_id, listed in leads.items()
            ]
        )
        .returning(Invitation)
    ).all()
    for invitation in invitations:
        name = leads[invitation.organisation_id].name
        mail_invitation(scope, invitation, name)
        record(scope, "invitation.sent", f"Invited {invitation.name} as lead of {name}", target_id=invitation.id)


def _get_active(scope: PartnershipScope, organisation_id: UUID) -> Organisation:
    organisation = get_organisation(scope, organisation_id)
    if organisation.state != OrganisationState.ACTIVE:
        raise Refused(f"{organisation.name} is {organisation.life.state.words.lower()}: nobody can be invited.")
    return organisation


def _ask_the_leads(scope: PartnershipScope, invitation: Invitation, organisation_name: str) -> None:
    """Whoever leads reads all that the organisation wrote: that the office invites one more is not enough."""
    for lead in list_leads(scope, invitation.organisation_id):
        post(
            scope,
            to=lead.email,
            recipient_id=lead.person_id,
            subject=f"Shall {invitation.name} become a lead of {organisation_name}?",
            template="lead_confirm",
            context={
                "name": lead.name,
                "newcomer": invitation.name,
                "address": invitation.email,
                "organisation": organisation_name,
                "inviter": scope.actor.name,
                "expires_at": invitation.expires_at,
                "link": link("home.places"),
            },
        )


def confirm_lead(scope: OrganisationScope, invitation_id: UUID) -> Invitation:
    """Confirm a further lead whom the coordinator's office invites: now it is sent. Raises NotFound, Refused."""
    invitation = _open(scope, invitation_id)
    if invitation.state is not InvitationState.WAITING:
        raise Refused(f"The invitation of {invitation.name} does not wait to be confirmed.")
    invitation.awaits_lead, invitation.lead_confirmed_at = False, now()
    invitation.invited_by = scope.actor.name
    mail_invitation(scope, invitation, scope.name)
    record(scope, "invitation.confirmed", f"Confirmed {invitation.name} as a new lead", target_id=invitation.id)
    return invitation


def invite_member(
    scope: OrganisationScope,
    *,
    email: str,
    name: str,
    role: Role,
    team_id: UUID | None = None,
    manager_id: UUID | None = None,
) -> UUID:
    """Invite somebody into the scope's organisation. Raises AlreadyInvited, NotFound, Refused (a manager who may not)."""
    if find_member_by_email(scope, email) is not None:
        raise AlreadyInvited(f"{email} is the address of somebody who belongs to {scope.name} already.")
    if team_id is not None:
        get_team(scope, team_id)
    if manager_id is not None:
        check_manager(scope, manager_id)
    return _write(
        scope,
        organisation_id=scope.organisation_id,
        organisation_name=scope.name,
        email=email,
        name=name,
        role=role,
        team_id=team_id,
        manager_id=manager_id,
    )


def _open(scope: OrganisationScope | PartnershipScope, invitation_id: UUID) -> Invitation:
    invitation = get_invitation(scope, invitation_id)
    if invitation.state in (InvitationState.ACCEPTED, InvitationState.REVOKED):
        raise Refused(f"The invitation of {invitation.name} is {invitation.state.words.lower()} already.")
    return invitation


def resend_invitation(scope: OrganisationScope | PartnershipScope, invitation_id: UUID) -> Invitation:
    """Send an invitation again with a new token, good for a week more; the old one is dead. Raises NotFound, Refused.

    One of the coordinator's office that no lead confirmed waits for a lead (again) where the organisation has any by now.
    """
    invitation = _open(scope, invitation_id)
    if isinstance(scope, PartnershipScope):
        organisation_name = _get_active(scope, invitation.organisation_id).name
        leads = list_leads(scope, invitation.organisation_id)
        invitation.awaits_lead = bool(leads) and invitation.lead_confirmed_at is None
    elif invitation.awaits_lead:
        raise Refused(f"The coordinator’s office invited {invitation.name}, and has to ask again.")
    else:
        organisation_name = scope.name
    invitation.invited_by = scope.actor.name
    if isinstance(scope, PartnershipScope) and invitation.awaits_lead:
        invitation.token_hash, invitation.expires_at = None, now() + GOOD_FOR
        _ask_the_leads(scope, invitation, organisation_name)
    else:
        mail_invitation(scope, invitation, organisation_name)
    record(scope, "invitation.sent_again", f"Sent the invitation of {invitation.name} again", target_id=invitation.id)
    return invitation


def revoke_invitation(scope: OrganisationScope | PartnershipScope, invitation_id: UUID) -> Invitation:
    """Withdraw an invitation; its link leads nowhere. Raises NotFound, Refused."""
    invitation = _open(scope, invitation_id)
    invitation.revoked_at = now()
    record(scope, "invitation.revoked", f"Withdrew the invitation of {invitation.name}", target_id=invitation.id)
    return invitation

"""Inviting many at once."""

from collections.abc import Iterable

from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.services.invitations import AlreadyInvited, invite_member
from tia_hub.tenants.types import InvitedMany, Invitee


def invite_many(scope: OrganisationScope, invitees: Iterable[Invitee]) -> InvitedMany:
    """Invite people into the scope's organisation; who has an invitation, or is a member, is left as they are."""
    made, already = [], []
    for each in invitees:
        try:
            with scope.session.begin_nested():
                invite_member(scope, email=each.email, name=each.name, role=each.role, team_id=each.team_id)
            made.append(each.email)
        except AlreadyInvited:
            already.append(each.email)
    return InvitedMany(made=tuple(made), already_invited=tuple(already), already_members=())

"""The list of people."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.people import Membership, Team
from tia_hub.tenants.types.lists import Slice
from tia_hub.tenants.types.roles import Role


@dataclass(frozen=True)
class PersonRow:
    """Somebody in the list of people: a member, or somebody who was invited."""

    name: str
    href: str
    role: str
    team: str
    email: str


def present_people(found: Slice[Membership], *, organisation: str) -> list[PersonRow]:
    """Members with their `person` and `team`."""
    return [
        PersonRow(
            name=member.person.name,
            href=url_for("tenants.person", organisation=organisation, membership_id=member.id),
            role=Role(member.role).words,
            team=member.team.name if member.team else "None",
            email=member.person.email,
        )
        for member in found.items
    ]


def present_invited(found: Slice[Invitation], teams: Sequence[Team], *, organisation: str) -> list[PersonRow]:
    """Invitations that are open; each leads to the list where it can be sent again or withdrawn."""
    names = {team.id: team.name for team in teams}
    return [
        PersonRow(
            name=invitation.name,
            href=url_for("tenants.invitations", organisation=organisation),
            role=Role(invitation.role).words,
            team=names.get(invitation.team_id, "None") if invitation.team_id else "None",
            email=invitation.email,
        )
        for invitation in found.items
    ]

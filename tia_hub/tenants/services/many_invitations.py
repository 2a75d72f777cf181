"""Inviting many at once: the invitations are written at once, their mails little by little.

An invitation without a token is one whose mail has not been written. Token and mail are written in one transaction, so the
table itself says what is left to do, whatever happens to workers and broker; and how much was mailed of late is read from the
mails.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from tia_hub.accounts.models import Person
from tia_hub.core.errors import NotFound
from tia_hub.core.jobs.services import enqueue, find_live_job
from tia_hub.core.jobs.types import JobName, RunLater
from tia_hub.core.mail.services import count_emails
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.people import Membership, Team
from tia_hub.tenants.queries.organisations import get_own_organisation
from tia_hub.tenants.services.invitations import MAIL, OPEN, mail_invitation
from tia_hub.tenants.types.invitations import InvitedMany, Invitee

ROWS = 1000
"""Invitations written by one statement."""
MAILS = 100
"""Mails written in one transaction."""
WINDOW = timedelta(seconds=10)
"""The limit of a minute is kept in shares of this length, so that no other letter waits behind a minute's worth."""


def invite_many(scope: OrganisationScope, invitees: Iterable[Invitee]) -> InvitedMany:
    """Invite people into the scope's organisation; their mails follow, so many a minute. The first entry of an address counts.

    Who is a member, or has an invitation that is open, is left as they are: the same list again changes nothing.
    Raises NotFound for a team that is not the organisation's.
    """
    wanted: dict[str, Invitee] = {}
    for invitee in invitees:
        wanted.setdefault(invitee.email.strip().lower(), invitee)
    _check_teams(scope, {each.team_id for each in wanted.values() if each.team_id is not None})
    made: list[str] = []
    members: list[str] = []
    addresses = list(wanted)
    for start in range(0, len(addresses), ROWS):
        batch = addresses[start : start + ROWS]
        found = set(_list_members(scope, batch))
        members += [email for email in batch if email in found]
        made += _write(scope, {email: wanted[email] for email in batch if email not in found})
    if made:
        record(scope, "invitation.many", f"Invited {len(made):,} {'person' if len(made) == 1 else 'people'} at once")
        send_waiting(scope)
    settled = {*made, *members}
    return InvitedMany(
        made=tuple(made),
        already_invited=tuple(email for email in addresses if email not in settled),
        already_members=tuple(members),
    )


def look_up(scope: OrganisationScope, emails: Sequence[str]) -> InvitedMany:
    """What would become of invitations to some addresses, without making any."""
    members = _list_members(scope, emails)
    waiting = select(Invitation.email).where(
        Invitation.organisation_id == scope.organisation_id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.email.in_(emails),
    )
    invited = [email for email in scope.session.scalars(waiting.order_by(Invitation.email)) if email not in members]
    settled = {*members, *invited}
    return InvitedMany(
        made=tuple(email for email in emails if email not in settled),
        already_invited=tuple(invited),
        already_members=tuple(members),
    )


def _check_teams(scope: OrganisationScope, team_ids: Collection[UUID]) -> None:
    found = select(func.count()).where(Team.organisation_id == scope.organisation_id, Team.id.in_(team_ids))
    if team_ids and scope.session.execute(found).scalar_one() != len(team_ids):
        raise NotFound


def _list_members(scope: OrganisationScope, emails: Sequence[str]) -> list[str]:
    """Those of some addresses that are a present member's."""
    query = (
        select(Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == scope.organisation_id, Membership.ended_at.is_(None), Person.email.in_(emails))
    )
    return list(scope.session.scalars(query))


def _write(scope: OrganisationScope, invitees: dict[str, Invitee]) -> list[str]:
    """Write invitations, all by one statement; the addresses that had none open."""
    if not invitees:
        return []
    rows = [
        {
            "organisation_id": scope.organisation_id,
            "id": uuid4(),
            "partnership_id": scope.partnership_id,
            "by_partnership": False,
            "email": email,
            "name": each.name,
            "role": each.role,
            "job_title": each.job_title,
            "team_id": each.team_id,
            "manager_email": each.manager_email.strip().lower() if each.manager_email else None,
            "invited_by": scope.actor.name,
        }
        for email, each in invitees.items()
    ]
    statement = (
        insert(Invitation)
        .on_conflict_do_nothing(index_elements=["organisation_id", "email"], index_where=OPEN)
        .returning(Invitation.email)
    )
    return list(scope.session.scalars(statement, rows))


def send_waiting(scope: OrganisationScope) -> None:
    """Have the mails of all invitations written that have none yet."""
    enqueue(scope, JobName.SEND_INVITATIONS, key=JobName.SEND_INVITATIONS)


def is_sending(scope: OrganisationScope) -> bool:
    """Whether the mails of waiting invitations are being written, or will be by themselves."""
    return find_live_job(scope, JobName.SEND_INVITATIONS) is not None


def mail_waiting(scope: OrganisationScope, *, per_minute: int) -> bool:
    """Write the mails of the next few invitations that have none, the oldest first; whether there may be more.

    Raises RunLater where the organisation's limit is met.
    """
    # Two at once would each find the limit not reached yet.
    key = func.hashtextextended(f"invitation mails of {scope.organisation_id}", 0)
    scope.session.execute(select(func.pg_advisory_xact_lock(key)))
    share = max(1, int(per_minute * WINDOW.total_seconds() / 60))
    room = share - count_emails(scope, purpose=MAIL, within=WINDOW)
    if room <= 0:
        raise RunLater(WINDOW.total_seconds())
    waiting = list(
        scope.session.scalars(
            select(Invitation)
            .where(
                Invitation.organisation_id == scope.organisation_id,
                Invitation.token_hash.is_(None),
                Invitation.accepted_at.is_(None),
                Invitation.revoked_at.is_(None),
                Invitation.awaits_lead.is_(False),
            )
            .order_by(Invitation.created_at, Invitation.id)
            .limit(min(room, MAILS))
            .with_for_update()
        )
    )
    if waiting:
        organisation = get_own_organisation(scope)
        for invitation in waiting:
            mail_invitation(scope, invitation, organisation.name)
    return bool(waiting)

"""What an organisation can hand to its auditor: who has access, how they sign in, and that somebody looks at it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Boolean, DateTime, Uuid, column, func, select

from tia_hub.accounts.models import Person
from tia_hub.core.clock import now, today
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.home.models import AccessReview
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.people import Membership

MOST_LISTED = 20_000
"""Rows of a list; organisations are smaller."""


@dataclass(frozen=True)
class Access:
    """Somebody's access to the organisation, present or ended."""

    name: str
    email: str
    role: str
    since: datetime
    ended_at: datetime | None
    second_factor: bool
    last_signed_in_at: datetime | None


@dataclass(frozen=True)
class Waiting:
    """An invitation that somebody can still accept."""

    name: str
    email: str
    role: str
    sent_at: datetime
    expires_at: datetime


def list_access(scope: OrganisationScope) -> list[Access]:
    """Everybody who has or had access, those who have it first, by name."""
    evidence = (
        func.sign_in_evidence()
        .table_valued(
            column("person_id", Uuid),
            column("second_factor", Boolean),
            column("last_signed_in_at", DateTime(timezone=True)),
        )
        .alias("evidence")
    )
    query = (
        select(
            Person.name,
            Person.email,
            Membership.role,
            Membership.created_at,
            Membership.ended_at,
            evidence.c.second_factor,
            evidence.c.last_signed_in_at,
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(evidence, evidence.c.person_id == Membership.person_id)
        .where(Membership.organisation_id == scope.organisation_id)
        .order_by(Membership.ended_at.is_not(None), Person.name, Membership.id)
        .limit(MOST_LISTED)
    )
    return [Access(*row) for row in scope.session.execute(query)]


def list_open_invitations(scope: OrganisationScope) -> list[Waiting]:
    """The invitations that are neither accepted nor withdrawn nor too old, the oldest first."""
    query = (
        select(Invitation.name, Invitation.email, Invitation.role, Invitation.created_at, Invitation.expires_at)
        .where(
            Invitation.organisation_id == scope.organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now(),
        )
        .order_by(Invitation.created_at, Invitation.id)
        .limit(MOST_LISTED)
    )
    return [Waiting(*row) for row in scope.session.execute(query)]


def list_reviews(scope: OrganisationScope, *, limit: int = 10) -> list[AccessReview]:
    """The latest access reviews, newest first."""
    query = (
        select(AccessReview)
        .where(AccessReview.organisation_id == scope.organisation_id)
        .order_by(AccessReview.created_at.desc(), AccessReview.id)
        .limit(limit)
    )
    return list(scope.session.scalars(query))


def record_review(scope: OrganisationScope, note: str) -> None:
    """Write down that the acting person looked through who has access today."""
    people = scope.session.execute(
        select(func.count())
        .select_from(Membership)
        .where(Membership.organisation_id == scope.organisation_id, Membership.ended_at.is_(None))
    ).scalar_one()
    if scope.actor.person_id is None:
        raise ValueError("nobody acts")
    scope.session.add(
        AccessReview(
            organisation_id=scope.organisation_id,
            id=uuid4(),
            person_id=scope.actor.person_id,
            reviewer=scope.actor.name,
            reviewed_on=today(),
            people=people,
            note=note,
        )
    )
    noun = "person" if people == 1 else "people"
    record(scope, "review.made", f"Reviewed who has access: {people:,} {noun}")

"""Reads for the pages about personal data: all the places of one person, whatever state they are in."""

import re
from uuid import UUID

from sqlalchemy import select

from tia_hub.accounts.models import Person
from tia_hub.accounts.types import SecurityEvent
from tia_hub.core.scope import IdentityScope, PersonScope
from tia_hub.core.trail import TrailEvent
from tia_hub.home.models import Erasure, PersonalCopy
from tia_hub.home.types import Belonging, Office
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.models.partnerships import Coordinator, Partnership
from tia_hub.tenants.models.people import Membership
from tia_hub.trainers.models import Provider, ProviderInvitation, ProviderUser

NAME_CHANGED = "personal.name_changed"


def find_any_key(scope: IdentityScope, person_id: UUID) -> str | None:
    """Somebody's sign-in key, whether or not they may sign in; None where there is nobody."""
    return scope.session.scalar(select(Person.fs_uniquifier).where(Person.id == person_id))


def list_belongings(scope: IdentityScope, person_id: UUID) -> list[Belonging]:
    """Every membership of the person whose key the scope holds, ended ones included, by organisation."""
    query = (
        select(Organisation, Membership)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id)
        .order_by(Organisation.name, Organisation.id)
    )
    return [
        Belonging(
            organisation_id=organisation.id,
            partnership_id=organisation.partnership_id,
            name=organisation.name,
            slug=organisation.slug,
            membership_id=membership.id,
            role=membership.role,
            ended=membership.ended_at is not None,
        )
        for organisation, membership in scope.session.execute(query)
    ]


def list_offices(scope: IdentityScope, person_id: UUID) -> list[Office]:
    """The partnerships whose office they are in, and the providers they speak for."""
    partnerships = (
        select(Partnership.id, Partnership.name)
        .join(Coordinator, Coordinator.partnership_id == Partnership.id)
        .where(Coordinator.person_id == person_id)
        .order_by(Partnership.name)
    )
    providers = (
        select(Provider.id, Provider.name, Provider.partnership_id)
        .join(ProviderUser, ProviderUser.provider_id == Provider.id)
        .where(ProviderUser.person_id == person_id)
        .order_by(Provider.name)
    )
    return [
        *(Office(row.id, None, row.name) for row in scope.session.execute(partnerships)),
        *(Office(row.partnership_id, row.id, row.name) for row in scope.session.execute(providers)),
    ]


def list_inviting_homes(scope: IdentityScope, email: str) -> set[UUID]:
    """The places that ever invited an address."""
    rows = scope.session.execute(
        select(Invitation.organisation_id, Invitation.partnership_id)
        .where(Invitation.email == email)
        .union(
            select(ProviderInvitation.provider_id, ProviderInvitation.partnership_id).where(ProviderInvitation.email == email)
        )
    )
    return {home for row in rows for home in row}


def list_invited_names(scope: IdentityScope, email: str) -> set[str]:
    """The names that an address was invited under."""
    return set(scope.session.scalars(select(Invitation.name).where(Invitation.email == email)))


def list_former_names(scope: IdentityScope, person_id: UUID) -> set[str]:
    """The names that somebody had before they corrected them, as their own trail has it."""
    words = scope.session.scalars(
        select(TrailEvent.words).where(TrailEvent.home_id == person_id, TrailEvent.action == NAME_CHANGED)
    )
    return {name for each in words for name in re.findall("“(.+?)”", each)}


def list_former_emails(scope: IdentityScope, person_id: UUID) -> set[str]:
    """The addresses that somebody had before they changed them, as their own trail has it."""
    words = scope.session.scalars(
        select(TrailEvent.words).where(TrailEvent.home_id == person_id, TrailEvent.action == SecurityEvent.ADDRESS_CHANGED.code)
    )
    return {email for each in words for email in re.findall(r"from (\S+@\S+) to ", each)}


def find_copy(scope: PersonScope) -> PersonalCopy | None:
    """The copy that somebody asked for last, without its files."""
    return scope.session.get(PersonalCopy, scope.person_id)


def get_copy_file(scope: PersonScope, kind: str) -> bytes | None:
    """A file of the copy, `json` or `pdf`."""
    column = PersonalCopy.data if kind == "json" else PersonalCopy.pdf
    return scope.session.scalar(select(column).where(PersonalCopy.person_id == scope.person_id))


def find_erasure(scope: PersonScope) -> Erasure | None:
    """The erasure that somebody asked for and has not withdrawn."""
    return scope.session.scalar(select(Erasure).where(Erasure.person_id == scope.person_id, Erasure.withdrawn_at.is_(None)))

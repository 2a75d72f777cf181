"""Reads of people, before it is known where they go."""

from uuid import UUID

from sqlalchemy import select

from tia_hub.accounts.models import Person
from tia_hub.core.scope import IdentityScope


def find_person(scope: IdentityScope, email: str) -> Person | None:
    """The person with an address."""
    return scope.session.scalar(select(Person).where(Person.email == email.strip().lower()))


def find_key(scope: IdentityScope, person_id: UUID) -> str | None:
    """The sign-in key of an active person."""
    return scope.session.scalar(select(Person.fs_uniquifier).where(Person.id == person_id, Person.active.is_(True)))

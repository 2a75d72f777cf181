"""Reads of people, before it is known where they go."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import undefer_group

from tia_hub.accounts.models import SECRETS, EndedSession, Person, SignInTry
from tia_hub.core.scope import IdentityScope


def find_person(scope: IdentityScope, email: str) -> Person | None:
    """The person with an address."""
    return scope.session.scalar(select(Person).where(Person.email == email.strip().lower()).options(undefer_group(SECRETS)))


def find_person_by_id(scope: IdentityScope, person_id: UUID) -> Person | None:
    """The person with an identifier."""
    return scope.session.scalar(select(Person).where(Person.id == person_id).options(undefer_group(SECRETS)))


def find_key(scope: IdentityScope, person_id: UUID) -> str | None:
    """The sign-in key of an active person."""
    return scope.session.scalar(select(Person.fs_uniquifier).where(Person.id == person_id, Person.active.is_(True)))


def find_person_by_key(scope: IdentityScope, key: str, session_key: str | None = None) -> Person | None:
    """The person with a sign-in key; None where the session that brings it has ended."""
    query = select(Person).where(Person.fs_uniquifier == key).options(undefer_group(SECRETS))
    if session_key is not None:
        ended = select(EndedSession.session_key).where(EndedSession.session_key == session_key)
        query = query.where(~ended.exists())
    return scope.session.scalar(query)


def count_tries(scope: IdentityScope, *, subject: str, address: str, since: datetime) -> tuple[int, int]:
    """Tries since an instant: at this account, and from this network address."""
    row = scope.session.execute(
        select(
            select(func.count())
            .select_from(SignInTry)
            .where(SignInTry.subject == subject, SignInTry.created_at > since)
            .scalar_subquery(),
            select(func.count())
            .select_from(SignInTry)
            .where(SignInTry.address == address, SignInTry.created_at > since)
            .scalar_subquery(),
        )
    ).one()
    return row[0], row[1]

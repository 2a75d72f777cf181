"""Reads of people, before it is known where they go."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Load, undefer_group

from tia_hub.accounts.models import (
    SECRETS,
    EndedSession,
    KnownBrowser,
    MailedLink,
    Passkey,
    Person,
    PersonSession,
    SignInTry,
)
from tia_hub.accounts.types import LinkPurpose
from tia_hub.core.clock import now
from tia_hub.core.errors import NotFound
from tia_hub.core.scope import IdentityScope
from tia_hub.core.tokens import hash_token


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


def knows_browser(scope: IdentityScope, *, email: str, token_hash: str) -> bool:
    """Whether the person with an address has signed in with a browser before."""
    query = (
        select(KnownBrowser.person_id)
        .join(Person, Person.id == KnownBrowser.person_id)
        .where(Person.email == email.strip().lower(), KnownBrowser.token_hash == token_hash)
    )
    return scope.session.scalar(query) is not None


def list_sessions(scope: IdentityScope, person_id: UUID, *, since: datetime) -> list[PersonSession]:
    """The sessions of a person that were in use since an instant, the last used first."""
    query = select(PersonSession).where(PersonSession.person_id == person_id, PersonSession.seen_at > since)
    return list(scope.session.scalars(query.order_by(PersonSession.seen_at.desc(), PersonSession.id)))


def get_session(scope: IdentityScope, person_id: UUID, session_id: UUID) -> PersonSession:
    """One session of a person. Raises NotFound."""
    query = select(PersonSession).where(PersonSession.person_id == person_id, PersonSession.id == session_id)
    found = scope.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def find_link(scope: IdentityScope, token: str, purpose: LinkPurpose) -> tuple[MailedLink, Person] | None:
    """A mailed link that still works, and whom it was mailed to; locked until the transaction ends."""
    row = scope.session.execute(
        select(MailedLink, Person)
        .join(Person, Person.id == MailedLink.person_id)
        .where(MailedLink.token_hash == hash_token(token), MailedLink.purpose == purpose, MailedLink.expires_at > now())
        .options(Load(Person).undefer_group(SECRETS))
        .with_for_update(of=MailedLink)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def list_passkeys(scope: IdentityScope, person_id: UUID) -> list[Passkey]:
    """A person's passkeys, the oldest first."""
    query = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.created_at, Passkey.id)
    return list(scope.session.scalars(query))


def get_passkey(scope: IdentityScope, person_id: UUID, passkey_id: UUID) -> Passkey:
    """One passkey of a person. Raises NotFound."""
    found = scope.session.scalar(select(Passkey).where(Passkey.person_id == person_id, Passkey.id == passkey_id))
    if found is None:
        raise NotFound
    return found


def find_passkey(scope: IdentityScope, credential_id: bytes) -> tuple[Passkey, Person] | None:
    """The passkey with an identifier of its device's making, and whose it is; locked until the transaction ends."""
    row = scope.session.execute(
        select(Passkey, Person)
        .join(Person, Person.id == Passkey.person_id)
        .where(Passkey.credential_id == credential_id)
        .options(Load(Person).undefer_group(SECRETS))
        .with_for_update(of=Passkey)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def count_passkeys(scope: IdentityScope, person_id: UUID) -> int:
    """How many passkeys a person has."""
    query = select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id)
    return scope.session.execute(query).scalar_one()

"""What happens to people and their sign-ins."""

import hashlib
from datetime import timedelta
from uuid import uuid4

from flask_security import hash_password
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer_group

from tia_hub.accounts.models import SECRETS, EndedSession, Person, SignInTry
from tia_hub.accounts.passwords import normalise
from tia_hub.accounts.queries import count_tries
from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.scope import IdentityScope, OperatorScope

TRIES_PERIOD = timedelta(minutes=15)
MOST_TRIES = 10
"""Tries at one account in a period. Those refused don't count, so that nobody is shut out for good."""
MOST_TRIES_FROM_ADDRESS = 100
"""Tries from one network address in a period: a whole office may come from one."""
TRIES_KEPT = timedelta(days=1)
SESSION_KEPT = timedelta(hours=13)
"""A little longer than any session lives."""


def register_person(scope: IdentityScope, *, email: str, name: str, password: str | None) -> Person:
    """Make an account whose address is known to be its owner's. Raises Refused where there is one already.

    Without a password it is opened by an organisation's own provider, until its owner chooses one.
    """
    person_id = scope.session.scalar(
        insert(Person)
        .values(
            id=uuid4(),
            email=email.strip().lower(),
            name=name,
            password=hash_password(normalise(password)) if password is not None else None,
            active=True,
            fs_uniquifier=uuid4().hex,
            confirmed_at=func.now(),
        )
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(Person.id)
    )
    if person_id is None:
        raise Refused("There is an account with this email address already. Sign in with it.")
    return _whole(scope, Person.id == person_id)


def ensure_person(scope: OperatorScope, *, email: str, name: str) -> Person:
    """The person with an address; made without a password where there is none, to be chosen by a link."""
    email = email.strip().lower()
    scope.session.execute(
        insert(Person)
        .values(id=uuid4(), email=email, name=name, active=True, fs_uniquifier=uuid4().hex)
        .on_conflict_do_nothing(index_elements=["email"])
    )
    return _whole(scope, Person.email == email)


def _whole(scope: IdentityScope | OperatorScope, condition: ColumnElement[bool]) -> Person:
    """A person with what signing in needs."""
    return scope.session.scalars(select(Person).where(condition).options(undefer_group(SECRETS))).one()


def _subject(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode(errors="replace")).hexdigest()


def take_try(scope: IdentityScope, *, email: str, address: str) -> bool:
    """Count a try at an account before it is made; False where there were too many, and this one may not be made."""
    subject = _subject(email)
    # Tries at one account go one after the other, so that fifty at once are not ten.
    scope.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))
    instant = now()
    at_account, from_address = count_tries(scope, subject=subject, address=address, since=instant - TRIES_PERIOD)
    if at_account >= MOST_TRIES or from_address >= MOST_TRIES_FROM_ADDRESS:
        return False
    scope.session.execute(delete(SignInTry).where(SignInTry.created_at < instant - TRIES_KEPT))
    scope.session.add(SignInTry(subject=subject, address=address))
    return True


def forget_tries(scope: IdentityScope, *, email: str) -> None:
    """Forget the tries at an account, once its owner has signed in."""
    scope.session.execute(delete(SignInTry).where(SignInTry.subject == _subject(email)))


def end_session(scope: IdentityScope, *, session_key: str) -> None:
    """Remember that a session has ended, and forget those whose cookies no longer open anything."""
    instant = now()
    scope.session.execute(delete(EndedSession).where(EndedSession.ended_at < instant - SESSION_KEPT))
    scope.session.execute(insert(EndedSession).values(session_key=session_key, ended_at=instant).on_conflict_do_nothing())

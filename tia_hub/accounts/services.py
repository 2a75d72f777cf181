"""What happens to people and their sign-ins."""

import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

from flask_security import hash_password
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer_group

from tia_hub.accounts.models import (
    SECRETS,
    EndedSession,
    KnownBrowser,
    MailedLink,
    Person,
    PersonSession,
    SignInTry,
    SpentChallenge,
)
from tia_hub.accounts.passwords import normalise
from tia_hub.accounts.queries import count_tries, knows_browser
from tia_hub.accounts.types import Guess, LinkPurpose, Try
from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.scope import IdentityScope, OperatorScope
from tia_hub.core.tokens import hash_token, new_token

TRIES_PERIOD = timedelta(minutes=15)
MOST_TRIES = 10
"""Tries of a kind at one account in a period. Those refused don't count, so that nobody is shut out for good."""
MOST_TRIES_FROM_ADDRESS = 100
"""Tries from one network address in a period: a whole office may come from one."""
TRIES_KEPT = timedelta(days=1)
SESSION_KEPT = timedelta(hours=13)
"""A little longer than any session lives."""
BROWSER_KEPT = timedelta(days=400)
CHALLENGE_KEPT = timedelta(hours=1)
"""Longer than any challenge can be answered."""


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


def _subject(kind: Guess, email: str, browser: str | None = None) -> str:
    name = f"{kind}:{email.strip().lower()}"
    return hashlib.sha256((f"{name}:{browser}" if browser else name).encode(errors="replace")).hexdigest()


def take_try(scope: IdentityScope, kind: Guess, *, email: str, address: str, browser: str | None = None) -> Try:
    """Count a try at an account before it is made, from a network address and the browser of a hash.

    A browser that its owner has signed in with has an allowance of its own, so that nobody else can use it up.
    """
    known = browser if browser and knows_browser(scope, email=email, token_hash=browser) else None
    subject = _subject(kind, email, known)
    # Tries at one account go one after the other, so that fifty at once are not ten.
    scope.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))
    instant = now()
    at_account, from_address = count_tries(scope, subject=subject, address=address, since=instant - TRIES_PERIOD)
    if at_account >= MOST_TRIES or from_address >= MOST_TRIES_FROM_ADDRESS:
        return Try.REFUSED
    scope.session.execute(delete(SignInTry).where(SignInTry.created_at < instant - TRIES_KEPT))
    scope.session.add(SignInTry(subject=subject, address=address))
    return Try.LAST if at_account == MOST_TRIES - 1 else Try.GRANTED


def is_news(scope: IdentityScope, email: str) -> bool:
    """Whether somebody was not told of too many tries for a day; they are now."""
    subject = _subject(Guess.TOLD, email)
    told, _ = count_tries(scope, subject=subject, address="", since=now() - TRIES_KEPT)
    if not told:
        scope.session.add(SignInTry(subject=subject, address=""))
    return not told


def forget_tries(scope: IdentityScope, *, email: str, browser: str | None = None) -> None:
    """Forget the tries at an account, once its owner has signed in."""
    subjects = {_subject(kind, email, of) for kind in (Guess.FIRST_FACTOR, Guess.CODE) for of in (None, browser)}
    scope.session.execute(delete(SignInTry).where(SignInTry.subject.in_(subjects)))


def start_session(scope: IdentityScope, *, person_id: UUID, session_key: str, address: str, browser: str) -> None:
    """Write down a session that begins, and forget those that are too old to be one."""
    instant = now()
    scope.session.execute(delete(PersonSession).where(PersonSession.began_at < instant - SESSION_KEPT))
    scope.session.add(
        PersonSession(
            person_id=person_id,
            session_key=session_key,
            began_at=instant,
            seen_at=instant,
            address=address,
            browser=browser,
        )
    )


def note_use(scope: IdentityScope, *, session_key: str) -> None:
    """Note that a session is in use now."""
    scope.session.execute(update(PersonSession).where(PersonSession.session_key == session_key).values(seen_at=now()))


def rename_session(scope: IdentityScope, *, old: str, new: str) -> None:
    """Let a session go on under another key; the one before opens nothing any more."""
    scope.session.execute(update(PersonSession).where(PersonSession.session_key == old).values(session_key=new))
    _bury(scope, old)


def end_session(scope: IdentityScope, *, session_key: str) -> None:
    """Remember that a session has ended, and forget those whose cookies no longer open anything."""
    scope.session.execute(delete(PersonSession).where(PersonSession.session_key == session_key))
    _bury(scope, session_key)


def _bury(scope: IdentityScope, session_key: str) -> None:
    instant = now()
    scope.session.execute(delete(EndedSession).where(EndedSession.ended_at < instant - SESSION_KEPT))
    scope.session.execute(insert(EndedSession).values(session_key=session_key, ended_at=instant).on_conflict_do_nothing())


def forget_sessions(scope: IdentityScope, person_id: UUID, *, but: str | None = None) -> None:
    """Take a person's sessions off the list, once a new sign-in key has ended them; all but one."""
    query = delete(PersonSession).where(PersonSession.person_id == person_id)
    scope.session.execute(query.where(PersonSession.session_key != but) if but else query)


def know_browser(scope: IdentityScope, *, person_id: UUID, token_hash: str) -> bool:
    """Remember that somebody signed in with a browser; whether it is another one than those they are known with."""
    instant = now()
    scope.session.execute(delete(KnownBrowser).where(KnownBrowser.seen_at < instant - BROWSER_KEPT))
    known = set(scope.session.scalars(select(KnownBrowser.token_hash).where(KnownBrowser.person_id == person_id)))
    scope.session.execute(
        insert(KnownBrowser)
        .values(person_id=person_id, token_hash=token_hash, seen_at=instant)
        .on_conflict_do_update(index_elements=["person_id", "token_hash"], set_={"seen_at": instant})
    )
    return bool(known) and token_hash not in known


def make_link(scope: IdentityScope, person_id: UUID, purpose: LinkPurpose, *, address: str, lives: timedelta) -> str:
    """The token of a link that is about to be mailed to an address; one of the same purpose from before is dead."""
    token = new_token()
    values = {"token_hash": hash_token(token), "address": address, "expires_at": now() + lives}
    scope.session.execute(
        insert(MailedLink)
        .values(person_id=person_id, purpose=purpose, **values)
        .on_conflict_do_update(index_elements=["person_id", "purpose"], set_=values)
    )
    return token


def use_link(scope: IdentityScope, token: str, purpose: LinkPurpose) -> MailedLink | None:
    """The link of a token, used up by this; None where there is none (any more). Of two at once, one gets it."""
    return scope.session.scalar(
        delete(MailedLink)
        .where(MailedLink.token_hash == hash_token(token), MailedLink.purpose == purpose, MailedLink.expires_at > now())
        .returning(MailedLink)
    )


def kill_links(scope: IdentityScope, person_id: UUID) -> None:
    """No link that was mailed to somebody before works any more."""
    scope.session.execute(delete(MailedLink).where(MailedLink.person_id == person_id))


def spend_challenge(scope: IdentityScope, challenge: bytes) -> bool:
    """Use a challenge up; False where it was used before."""
    instant = now()
    scope.session.execute(delete(SpentChallenge).where(SpentChallenge.spent_at < instant - CHALLENGE_KEPT))
    spent = scope.session.scalar(
        insert(SpentChallenge)
        .values(digest=hashlib.sha256(challenge).hexdigest(), spent_at=instant)
        .on_conflict_do_nothing()
        .returning(SpentChallenge.digest)
    )
    return spent is not None

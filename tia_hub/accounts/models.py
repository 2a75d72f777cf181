"""People: one human, one e-mail address, one way to sign in, whatever organisations they belong to."""

from datetime import datetime
from uuid import UUID

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, Identified

_NO_ROLES: list[RoleMixin] = []

SECRETS = "secrets"
"""The columns that signing in alone reads: no scope of a place may select them (migration 0001)."""


class Person(Identified, Base, UserMixin):  # type: ignore[misc]
    """Somebody who can sign in. The names of columns that Flask-Security reads are its own."""

    __tablename__ = "person"

    email: Mapped[str] = mapped_column(unique=True)
    """In lower case."""
    name: Mapped[str]
    password: Mapped[str | None] = mapped_column(deferred=True, deferred_group=SECRETS)
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, deferred=True, deferred_group=SECRETS)
    """What the session cookie holds; a new one ends every session."""
    confirmed_at: Mapped[datetime | None] = mapped_column(deferred=True, deferred_group=SECRETS)
    tf_primary_method: Mapped[str | None] = mapped_column(deferred=True, deferred_group=SECRETS)
    tf_totp_secret: Mapped[str | None] = mapped_column(deferred=True, deferred_group=SECRETS)
    tf_last_counter: Mapped[int | None] = mapped_column(deferred=True, deferred_group=SECRETS)
    """The time step of the last code that was accepted: no code is accepted twice."""
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(
        MutableList.as_mutable(AsaList()), deferred=True, deferred_group=SECRETS
    )

    roles = _NO_ROLES
    """Flask-Security's own roles are not used: what somebody may do depends on the place."""


class SignInTry(Identified, Base):
    """One try at a password, a code or a reset, counted before it is known how it ends. Kept for a day."""

    __tablename__ = "sign_in_try"
    __table_args__ = (
        Index("ix_sign_in_try_subject_created_at", "subject", "created_at"),
        Index("ix_sign_in_try_address_created_at", "address", "created_at"),
        Index("ix_sign_in_try_created_at", "created_at"),
    )

    subject: Mapped[str]
    """Whose account was tried: a hash of the address, so that no list of addresses grows here."""
    address: Mapped[str]
    """The network address it came from."""


class EndedSession(Base):
    """A session whose owner signed out: a copy of its cookie opens nothing. Kept until the cookie is too old anyway."""

    __tablename__ = "ended_session"
    __table_args__ = (Index("ix_ended_session_ended_at", "ended_at"),)

    session_key: Mapped[str] = mapped_column(primary_key=True)
    """A hash of the key that the cookie holds."""
    ended_at: Mapped[datetime]


class PersonSession(Identified, Base):
    """A session that is open: where somebody is signed in. Gone when it ends; kept a little longer than it can live."""

    __tablename__ = "person_session"
    __table_args__ = (Index("ix_person_session_began_at", "began_at"), Index("ix_person_session_person_id", "person_id"))

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    session_key: Mapped[str] = mapped_column(unique=True)
    """A hash of the key that the cookie holds."""
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """The last use, to the minute."""
    address: Mapped[str]
    """The network address that signed in."""
    browser: Mapped[str]
    """In words: "Firefox on Windows"."""


class KnownBrowser(Base):
    """A browser that somebody signed in with: no mail is sent about it, and others' wrong tries don't shut it out."""

    __tablename__ = "known_browser"
    __table_args__ = (Index("ix_known_browser_seen_at", "seen_at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    """A hash of what the browser's cookie holds."""
    seen_at: Mapped[datetime]


class Passkey(Identified, Base):
    """A key pair that somebody's device holds: it signs in by itself, or instead of the authenticator app's code."""

    __tablename__ = "passkey"
    __table_args__ = (Index("ix_passkey_person_id", "person_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """How often the device says that it has signed; 0 where it does not count."""
    name: Mapped[str]
    """Its owner's name for it."""
    used_at: Mapped[datetime | None]


class MailedLink(Base):
    """A link that was mailed to somebody: of each purpose there is one at a time, and its use removes it."""

    __tablename__ = "mailed_link"
    __table_args__ = (UniqueConstraint("person_id", "purpose"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    address: Mapped[str]
    """Where it was mailed to."""
    expires_at: Mapped[datetime]


class SpentChallenge(Base):
    """A challenge that a passkey has answered: no answer is taken twice. Kept while it could still be used."""

    __tablename__ = "spent_challenge"
    __table_args__ = (Index("ix_spent_challenge_spent_at", "spent_at"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    spent_at: Mapped[datetime]

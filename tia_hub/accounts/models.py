"""People: one human, one e-mail address, one way to sign in, whatever organisations they belong to."""

from datetime import datetime

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import Index
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

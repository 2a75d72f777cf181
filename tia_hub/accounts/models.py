"""People: one human, one e-mail address, one way to sign in, whatever organisations they belong to."""

from datetime import datetime
from typing import ClassVar

from flask_security import AsaList, UserMixin
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.db import Base, Identified


class Person(Identified, Base, UserMixin):  # type: ignore[misc]
    """Somebody who can sign in. The names of columns that Flask-Security reads are its own."""

    __tablename__ = "person"

    email: Mapped[str] = mapped_column(unique=True)
    """In lower case."""
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    """What the session cookie holds; a new one ends every session."""
    confirmed_at: Mapped[datetime | None]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))

    roles: ClassVar[list[str]] = []
    """Flask-Security's own roles are not used: what somebody may do depends on the place."""

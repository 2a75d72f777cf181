"""Signing in: Flask-Security, told how this product wants it."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_security import MailUtil, Security, SQLAlchemyUserDatastore
from sqlalchemy import select
from wtforms import Form as WTForm

from tia_hub.accounts.models import Person
from tia_hub.accounts.queries import find_person
from tia_hub.core.db import db
from tia_hub.core.mail.services import post_to_person
from tia_hub.core.scope import IdentityScope
from tia_hub.settings import Settings

SHORTEST_PASSWORD = 12


class _NoRoles(WTForm):  # type: ignore[misc]
    """Stands where Flask-Security wants a model of roles; what somebody may do depends on the place (`core.policy`)."""

    name = "none"


class Datastore(SQLAlchemyUserDatastore):  # type: ignore[misc]
    """Flask-Security's store of people: without its roles, and its commits also announce the mails they wrote."""

    def find_user(self, case_insensitive: bool = False, **criteria: Any) -> Person | None:
        """The person with one attribute of a value; addresses are kept in lower case, so case never matters."""
        ((name, value),) = criteria.items()
        value = value.lower() if name == "email" else value
        return db.session.scalar(select(Person).where(getattr(Person, name) == value))

    def commit(self) -> None:
        """Commit, then ring for what was written."""
        session = db.session()
        announcements = session.info.pop("after_commit", ())
        super().commit()
        for announce in announcements:
            announce()


class Mail(MailUtil):  # type: ignore[misc]
    """Flask-Security's mails go where all mails go: into the table."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str,
        sender: Any,
        body: str,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Write the mail in the transaction of what it tells of."""
        scope = IdentityScope.of_request()
        person = kwargs.get("user") or find_person(scope, recipient)
        if person is not None:
            post_to_person(
                scope,
                person_id=person.id,
                to=recipient,
                subject=str(subject),
                bodies=(body, html or f"<p>{body}</p>"),
                purpose=template,
            )


def _derived(settings: Settings, purpose: str) -> str:
    """A secret of its own for one purpose, made from the installation's secret."""
    digest = hashlib.blake2b(
        settings.secret_key.get_secret_value().encode(), person=purpose.encode()[:16], digest_size=32
    ).digest()
    return base64.urlsafe_b64encode(digest).decode()


def register(app: Flask, settings: Settings) -> None:
    """Set up sign-in: passwords by argon2, a second factor by TOTP with recovery codes, neutral answers."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SALT=_derived(settings, "password-salt"),
        SECURITY_PASSWORD_LENGTH_MIN=SHORTEST_PASSWORD,
        SECURITY_PASSWORD_NORMALIZE_FORM="NFKD",
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/places",
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_RECOVERABLE=True,
        SECURITY_RESET_URL="/forgotten-password",
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(hours=1),
        SECURITY_CHANGEABLE=True,
        SECURITY_CHANGE_URL="/account/password",
        SECURITY_POST_CHANGE_VIEW="/account",
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_REQUIRED=settings.two_factor_required,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_SETUP_URL="/account/second-factor",
        SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL="/sign-in/second-factor",
        SECURITY_TWO_FACTOR_RESCUE_URL="/sign-in/second-factor/help",
        SECURITY_TWO_FACTOR_ALWAYS_VALIDATE=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL="/account/recovery-codes",
        SECURITY_MULTI_FACTOR_RECOVERY_URL="/sign-in/recovery-code",
        SECURITY_TOTP_SECRETS={"1": _derived(settings, "totp")},
        SECURITY_TOTP_ISSUER="TIA Hub",
        SECURITY_FRESHNESS_GRACE_PERIOD=None,
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"email": {"mapper": _address, "case_insensitive": True}}],
        SECURITY_EMAIL_SENDER=settings.mail_from,
        SECURITY_EMAIL_SUBJECT_PASSWORD_RESET="Choose a new password for TIA Hub",
        SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE="Your TIA Hub password was changed",
        SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE="Your TIA Hub password was changed",
        SECURITY_FLASH_MESSAGES=True,
        SECURITY_DEFAULT_REMEMBER_ME=False,
    )
    Security(app, Datastore(db, Person, _NoRoles), mail_util_cls=Mail)


def _address(value: str) -> str | None:
    value = value.strip().lower()
    return value if "@" in value else None

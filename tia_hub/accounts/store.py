"""What Flask-Security asks of a product: where people are kept, how mails go out, what a good password and a good code are."""

from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any

from flask import Response, after_this_request, current_app, flash
from flask_security import MailUtil, PasswordUtil, SQLAlchemyUserDatastore, Totp
from itsdangerous import BadSignature
from passlib.context import CryptContext  # type: ignore[import-untyped]
from passlib.exc import UsedTokenError  # type: ignore[import-untyped]
from passlib.totp import TotpMatch  # type: ignore[import-untyped]
from sqlalchemy import or_, select, update
from sqlalchemy.orm import undefer_group

from tia_hub.accounts import sessions
from tia_hub.accounts.events import tell
from tia_hub.accounts.models import SECRETS, Person
from tia_hub.accounts.passwords import fault_in_password, normalise
from tia_hub.accounts.queries import find_link, find_person, find_person_by_key
from tia_hub.accounts.services import make_link
from tia_hub.accounts.types import LinkPurpose, SecurityEvent
from tia_hub.core.db import db
from tia_hub.core.mail.services import post_to_person
from tia_hub.core.scope import IdentityScope, transaction
from tia_hub.settings import Settings

RESET_WITHIN = timedelta(hours=1)


def current_security() -> Any:
    """The application's Flask-Security."""
    return current_app.extensions["security"]


class Datastore(SQLAlchemyUserDatastore):
    """Flask-Security's store of people: without its roles, and its commits also announce the mails they wrote."""

    def find_user(self, case_insensitive: bool = False, **criteria: Any) -> Person | None:
        """The person with one attribute of a value; addresses are kept in lower case, so case never matters."""
        ((name, value),) = criteria.items()
        scope = IdentityScope.of_request()
        if name == "fs_uniquifier":
            return find_person_by_key(scope, value, sessions.hashed_key())
        if name == "email":
            return find_person(scope, value)
        return scope.session.scalar(select(Person).where(getattr(Person, name) == value).options(undefer_group(SECRETS)))

    def mf_set_recovery_codes(self, user: Any, rcs: list[str] | None) -> None:
        """Give somebody new recovery codes instead of those before."""
        super().mf_set_recovery_codes(user, rcs)
        tell(IdentityScope.of_request(), user, SecurityEvent.CODES_MADE)

    def mf_delete_recovery_code(self, user: Any, idx: int) -> bool:
        """Use a recovery code up, and say how many are left."""
        deleted: bool = super().mf_delete_recovery_code(user, idx)
        left = len(user.mf_recovery_codes or ())
        tell(IdentityScope.of_request(), user, SecurityEvent.CODE_USED, left=left)
        flash(f"That recovery code is used up. You have {left} left: get new ones in time.")
        return deleted

    def commit(self) -> None:
        """Commit, then ring for what was written."""
        session = db.session()
        announcements = session.info.pop("after_commit", ())
        session.commit()
        for announce in announcements:
            announce()


def current_store() -> Datastore:
    """The application's store of people."""
    found: Datastore = current_security().datastore
    return found


class Mail(MailUtil):
    """Flask-Security's mails go where all mails go: into the table."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Write the mail in the transaction of what it tells of; only ever to the person's own address."""
        person: Person = kwargs["user"]
        post_to_person(
            IdentityScope.of_request(),
            person_id=person.id,
            to=person.email,
            subject=str(subject),
            bodies=(body or "", html or ""),
            purpose=template,
        )
        # The view that sends the link for a new password does not commit.
        after_this_request(_commit)


def _commit(response: Response) -> Response:
    current_store().commit()
    return response


class MailedTokens:
    """Stands where Flask-Security signs tokens of links: these are random, kept by their hash, and the newest one holds."""

    def dumps(self, data: list[Any]) -> str:
        """A new token for the person whose sign-in key comes first."""
        with transaction(IdentityScope()) as scope:
            person = find_person_by_key(scope, data[0])
            if person is None:
                raise BadSignature("nobody has this key")
            return make_link(scope, person.id, LinkPurpose.RESET, address=person.email, lives=RESET_WITHIN)

    def loads(self, token: str, max_age: float) -> list[Any]:
        """Whose token it is. Raises BadSignature where it is nobody's any more. Who comes second at once waits, and is late."""
        found = find_link(IdentityScope.of_request(), token, LinkPurpose.RESET)
        if found is None or found[0].address != found[1].email:
            raise BadSignature("no such token")
        return [found[1].fs_uniquifier, None]


class Passwords(PasswordUtil):
    """The rules of `accounts.passwords`."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """What is wrong with a new password, if anything, and the password as it is hashed."""
        person = kwargs.get("user")
        settings: Settings = current_app.extensions["settings"]
        fault = fault_in_password(
            password,
            email=person.email if person else "",
            name=person.name if person else "",
            breached=settings.breached_passwords,
        )
        return [fault] if fault else None, normalise(password)


class Codes(Totp):
    """Codes of an authenticator app; each is good once."""

    def get_last_counter(self, user: Any) -> int | None:
        """The time step of the last code that was accepted."""
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Remember a code's time step. Raises UsedTokenError where another request was faster with the same code."""
        remembered = db.session.execute(
            update(Person)
            .where(Person.id == user.id, or_(Person.tf_last_counter.is_(None), Person.tf_last_counter < tmatch.counter))
            .values(tf_last_counter=tmatch.counter)
            .returning(Person.id)
        ).scalar_one_or_none()
        if remembered is None:
            raise UsedTokenError


class TurnByTurn(CryptContext):  # type: ignore[misc]
    """Hashes passwords, so many at once and no more: whoever opens a page goes before who signs in."""

    def __init__(self, at_once: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._turns = BoundedSemaphore(at_once)

    def hash(self, *args: Any, **kwargs: Any) -> str:
        """The hash of a password."""
        with self._turns:
            return str(super().hash(*args, **kwargs))

    def verify(self, *args: Any, **kwargs: Any) -> bool:
        """Whether a password has a hash."""
        with self._turns:
            return bool(super().verify(*args, **kwargs))

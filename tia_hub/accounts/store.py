"""What Flask-Security asks of a product: where people are kept, how mails go out, what a good password and a good code are."""

from typing import Any

from flask import Response, after_this_request, current_app
from flask_security import MailUtil, PasswordUtil, SQLAlchemyUserDatastore, Totp
from passlib.exc import UsedTokenError  # type: ignore[import-untyped]
from passlib.totp import TotpMatch  # type: ignore[import-untyped]
from sqlalchemy import or_, select, update
from sqlalchemy.orm import undefer_group

from tia_hub.accounts import sessions
from tia_hub.accounts.models import SECRETS, Person
from tia_hub.accounts.passwords import fault_in_password, normalise
from tia_hub.accounts.queries import find_person, find_person_by_key
from tia_hub.core.db import db
from tia_hub.core.mail.services import post_to_person
from tia_hub.core.scope import IdentityScope


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


class Passwords(PasswordUtil):
    """The rules of `accounts.passwords`."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """What is wrong with a new password, if anything, and the password as it is hashed."""
        person = kwargs.get("user")
        fault = fault_in_password(password, email=person.email if person else "", name=person.name if person else "")
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

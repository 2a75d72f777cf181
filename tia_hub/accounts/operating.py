"""What the operator does to accounts, for their owners or to protect them: each is mailed to the owner and on their trail."""

from dataclasses import dataclass
from uuid import uuid4

from flask import render_template

from tia_hub.accounts.models import Person
from tia_hub.accounts.queries import find_person, list_passkeys
from tia_hub.accounts.services import forget_sessions, kill_links
from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.mail.services import link, post_to_person
from tia_hub.core.scope import IdentityScope
from tia_hub.core.trail import record_for_person


@dataclass(frozen=True)
class Deed:
    """Something that was done to an account: a code for the trail, the mail's subject, and words."""

    action: str
    subject: str
    words: str


SESSIONS_ENDED = Deed(
    "account.sessions_ended",
    "You were signed out of TIA Hub everywhere",
    "The operator of this service ended all your sessions. Sign in again wherever you want to go on.",
)
DEACTIVATED = Deed(
    "account.deactivated",
    "Your TIA Hub account was closed",
    "The operator of this service closed your account. Nobody can sign in with it. What you wrote stays where it is.",
)
ACTIVATED = Deed(
    "account.activated",
    "Your TIA Hub account is open again",
    "The operator of this service opened your account again. You can sign in as before.",
)
SECOND_FACTOR_RESET = Deed(
    "account.second_factor_reset",
    "The second factor of your TIA Hub account was removed",
    "The operator of this service removed the second factor of your account, with its passkeys and recovery codes, and "
    "ended all your sessions. When you next sign in, you set up a new one.",
)


def get_account(scope: IdentityScope, email: str) -> Person:
    """The account with an address. Raises Refused."""
    person = find_person(scope, email)
    if person is None:
        raise Refused(f"There is no account with the address {email}.")
    return person


def end_sessions(scope: IdentityScope, email: str) -> Person:
    """End every session of somebody."""
    person = get_account(scope, email)
    _end_everything(scope, person)
    _tell(scope, person, SESSIONS_ENDED)
    return person


def set_active(scope: IdentityScope, email: str, *, active: bool) -> Person:
    """Close somebody's account, or open it again. Raises Refused where it is so already."""
    person = get_account(scope, email)
    if person.active is active:
        raise Refused(f"The account of {email} is {'open' if active else 'closed'} already.")
    person.active = active
    _end_everything(scope, person)
    _tell(scope, person, ACTIVATED if active else DEACTIVATED)
    return person


def reset_second_factor(scope: IdentityScope, email: str) -> Person:
    """Remove the second factor, passkeys included, of who lost it and has shown you who they are; end their sessions.

    Raises Refused where there is none.
    """
    person = get_account(scope, email)
    passkeys = list_passkeys(scope, person.id)
    if person.tf_primary_method is None and not passkeys:
        raise Refused(f"The account of {email} has no second factor.")
    person.tf_primary_method = person.tf_totp_secret = None
    person.tf_last_counter, person.mf_recovery_codes = None, None
    for passkey in passkeys:
        scope.session.delete(passkey)
    _end_everything(scope, person)
    _tell(scope, person, SECOND_FACTOR_RESET)
    return person


def _end_everything(scope: IdentityScope, person: Person) -> None:
    """No session goes on, and no link that was mailed before works any more."""
    person.fs_uniquifier = uuid4().hex
    forget_sessions(scope, person.id)
    kill_links(scope, person.id)


def _tell(scope: IdentityScope, person: Person, deed: Deed) -> None:
    scope.session.flush()
    record_for_person(scope, person.id, deed.action, deed.words, by=scope.actor)
    context = {"subject": deed.subject, "name": person.name, "words": deed.words, "at": now(), "link": link("security.login")}
    post_to_person(
        scope,
        person_id=person.id,
        to=person.email,
        subject=deed.subject,
        bodies=(
            render_template("mail/account_by_operator.txt", **context),
            render_template("mail/account_by_operator.html", **context),
        ),
        purpose=deed.action,
    )

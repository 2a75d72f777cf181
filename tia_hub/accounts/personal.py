"""What signing in holds on a person."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update

from tia_hub.accounts.models import Person
from tia_hub.accounts.queries import count_browsers, list_passkeys, list_sessions
from tia_hub.accounts.services import SESSION_KEPT, forget_tries, forget_ways_in
from tia_hub.core.clock import now
from tia_hub.core.personal import Fact, Holding, Subject, instant
from tia_hub.core.scope import IdentityScope, PersonScope

ERASED = "Erased person"
"""The name of the row that stays of somebody: their places refer to it."""


def _account(scope: IdentityScope, subject: Subject) -> Sequence[Fact]:
    row = scope.session.execute(
        select(
            Person.name,
            Person.email,
            Person.created_at,
            Person.confirmed_at,
            Person.active,
            Person.password.is_not(None).label("password"),
            Person.tf_primary_method.is_not(None).label("second_factor"),
        ).where(Person.id == subject.person_id)
    ).one()
    return [
        {"What": "Name", "Held": row.name},
        {"What": "Email address", "Held": row.email},
        {"What": "Account made", "Held": instant(row.created_at)},
        {"What": "Email address confirmed", "Held": instant(row.confirmed_at)},
        {"What": "Password", "Held": "A hash of it, which nobody can turn back" if row.password else "None"},
        {"What": "Authenticator app", "Held": "Its secret, and hashes of codes" if row.second_factor else "None"},
        {"What": "Can sign in", "Held": "Yes" if row.active else "No"},
        {"What": "Tries at signing in", "Held": "When and from which network address, for a day, by a hash of your address"},
    ]


def _ways_in(scope: IdentityScope, subject: Subject) -> Sequence[Fact]:
    passkeys = [
        {
            "What": f"Passkey “{each.name}”",
            "Held": f"Its public half. Added {instant(each.created_at)}, used {instant(each.used_at)}",
        }
        for each in list_passkeys(scope, subject.person_id)
    ]
    sessions = [
        {
            "What": f"Session in {each.browser}",
            "Held": f"From {each.address}, began {instant(each.began_at)}, last used {instant(each.seen_at)}",
        }
        for each in list_sessions(scope, subject.person_id, since=now() - SESSION_KEPT)
    ]
    browsers = {"What": "Browsers you signed in with", "Held": f"{count_browsers(scope, subject.person_id)}, each by a hash"}
    return [*passkeys, *sessions, browsers]


def _forget_ways_in(scope: IdentityScope, subject: Subject) -> None:
    forget_ways_in(scope, subject.person_id)


def _forget_tries(scope: IdentityScope, subject: Subject) -> None:
    forget_tries(scope, email=subject.email)


def anonymise_person(scope: PersonScope, person_id: UUID) -> None:
    """The last step of an erasure: nothing of the account is left but a row that names nobody and can't be signed in to."""
    scope.session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(
            name=ERASED,
            email=f"{secrets.token_hex(16)}@erased.invalid",
            password=None,
            active=False,
            fs_uniquifier=secrets.token_hex(32),
            confirmed_at=None,
            tf_primary_method=None,
            tf_totp_secret=None,
            tf_last_counter=None,
            mf_recovery_codes=None,
        )
    )


HOLDINGS = (
    Holding(
        kind="account",
        title="Your account",
        purpose="So that you can sign in, and that others know who you are.",
        fate="Removed. A row without a name or address stays, so that counts stay true.",
        scope=IdentityScope,
        columns=("person.id", "person.name", "person.email", "sign_in_try.subject", "sign_in_try.address"),
        collect=_account,
        erase=_forget_tries,
    ),
    Holding(
        kind="ways_in",
        title="What you sign in with and where",
        purpose="So that you can see and end your sessions, and are told of new browsers.",
        fate="Removed.",
        scope=IdentityScope,
        columns=(
            "person_session.person_id",
            "person_session.address",
            "person_session.browser",
            "known_browser.person_id",
            "passkey.person_id",
            "mailed_link.person_id",
            "mailed_link.address",
        ),
        collect=_ways_in,
        erase=_forget_ways_in,
    ),
)

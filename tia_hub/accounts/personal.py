"""What signing in holds on a person."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update

from tia_hub.accounts.models import KnownBrowser, MailedLink, Passkey, Person, PersonSession
from tia_hub.accounts.services import forget_tries
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


def _ways_in(scope: IdentityScope, subject: Subject) -> Sequence[Fact]:
    sessions = scope.session.scalars(select(PersonSession).where(PersonSession.person_id == subject.person_id))
    browsers = scope.session.scalars(select(KnownBrowser).where(KnownBrowser.person_id == subject.person_id))
    passkeys = scope.session.scalars(select(Passkey).where(Passkey.person_id == subject.person_id))
    links = scope.session.scalars(select(MailedLink).where(MailedLink.person_id == subject.person_id))
    return [
        *(
            {"Signed in since": instant(each.began_at), "Network address": each.address, "Browser": each.browser}
            for each in sessions
        ),
        *({"Known browser, last used": instant(each.seen_at)} for each in browsers),
        *({"Passkey": each.name, "Added": instant(each.created_at), "Last used": instant(each.used_at)} for each in passkeys),
        *({"Link mailed to": each.address, "Works until": instant(each.expires_at)} for each in links),
    ]


def _forget_ways_in(scope: IdentityScope, subject: Subject) -> None:
    for model in (PersonSession, KnownBrowser, Passkey, MailedLink):
        scope.session.execute(delete(model).where(model.person_id == subject.person_id))


HOLDINGS = (
    Holding(
        kind="ways_in",
        title="How and where you sign in",
        purpose="So that you can sign in, see where you are signed in, and are told of a new browser.",
        fate="Removed.",
        rule="known_browsers",
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
)

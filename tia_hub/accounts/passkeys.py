"""Passkeys: what a browser is asked, and whether its device's answer holds.

The device signs a challenge of ours. The challenge travels through the page in a locked box that says what it is for and whom
it was made for; it can be answered for ten minutes, and once. A passkey is asked to check who holds it (a finger, a face, a
PIN), so that it is two factors in one: something that somebody has, and something they are or know.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from flask import current_app, redirect, url_for
from flask import session as cookie
from flask_login import current_user
from flask_security.tf_plugin import TfPluginBase
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tia_hub.accounts.events import tell
from tia_hub.accounts.models import Passkey, Person
from tia_hub.accounts.queries import count_passkeys, find_passkey, list_passkeys
from tia_hub.accounts.services import spend_challenge
from tia_hub.accounts.types import SecurityEvent
from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.keys import travelling_box
from tia_hub.core.scope import IdentityScope, transaction
from tia_hub.settings import Settings

ANSWERED_WITHIN = 600
"""Seconds."""
AGAIN = "That did not work, or took too long. Try again"
NOT_KNOWN = "TIA Hub does not know this passkey. It may have been removed: sign in another way"
COPIED = "This passkey was refused, because it may have been copied. Sign in another way, and remove it"


class Purpose(StrEnum):
    """What a challenge is answered for."""

    SIGN_IN = "sign-in"
    SECOND_STEP = "second-step"
    CONFIRM = "confirm"
    MAKE = "make"


@dataclass(frozen=True)
class Question:
    """What a page asks the browser."""

    options: str
    """JSON, as `navigator.credentials` is given it."""
    challenge: str
    """The locked box that comes back with the answer."""


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _box() -> MultiFernet:
    return travelling_box(_settings(), "passkey")


def _origin() -> str:
    """Where a passkey must have been used: the configured address, whatever host a request named."""
    scheme, _, rest = _settings().base_url.partition("://")
    return f"{scheme}://{rest.split('/', 1)[0]}"


def _host() -> str:
    return _settings().host.split(":")[0]


def _lock(challenge: bytes, purpose: Purpose, person: Person | None) -> str:
    content = {"challenge": bytes_to_base64url(challenge), "purpose": purpose, "person": str(person.id) if person else ""}
    return _box().encrypt(json.dumps(content).encode()).decode()


def _unlock(locked: str, purpose: Purpose, person: Person | None) -> bytes:
    """The challenge in a box; it is spent by this. Raises Refused where it was, or was made for something or somebody else."""
    try:
        content = json.loads(_box().decrypt(locked.encode(), ttl=ANSWERED_WITHIN))
    except (InvalidToken, UnicodeEncodeError) as fault:
        raise Refused(AGAIN) from fault
    challenge = base64url_to_bytes(content["challenge"])
    if content["purpose"] != purpose or content["person"] != (str(person.id) if person else ""):
        raise Refused(AGAIN)
    with transaction(IdentityScope()) as scope:
        if not spend_challenge(scope, challenge):
            raise Refused(AGAIN)
    return challenge


def _described(passkeys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in passkeys]


def ask(purpose: Purpose, person: Person | None = None) -> Question:
    """Ask for a passkey: of a person who is known already, or of whoever has one."""
    passkeys = list_passkeys(IdentityScope.of_request(), person.id) if person else []
    options = generate_authentication_options(
        rp_id=_host(),
        timeout=ANSWERED_WITHIN * 1000,
        allow_credentials=_described(passkeys) or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Question(options_to_json(options), _lock(options.challenge, purpose, person))


def ask_to_make(person: Person) -> Question:
    """Ask for a new passkey; a device that has one already makes no second."""
    options = generate_registration_options(
        rp_id=_host(),
        rp_name="TIA Hub",
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        timeout=ANSWERED_WITHIN * 1000,
        exclude_credentials=_described(list_passkeys(IdentityScope.of_request(), person.id)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    return Question(options_to_json(options), _lock(options.challenge, Purpose.MAKE, person))


def confirmation() -> dict[str, Any]:
    """What the page that asks once more who somebody is needs, for those who have a passkey."""
    has_one = count_passkeys(IdentityScope.of_request(), current_user.id) > 0
    return {"question": ask(Purpose.CONFIRM, current_user) if has_one else None}


def check_answer(credential: str, locked: str, purpose: Purpose, person: Person | None = None) -> Person:
    """Whose passkey answered a question. Raises Refused, in words, where the answer does not hold.

    Where the question was put to a person, it must be their own. The caller commits.
    """
    challenge = _unlock(locked, purpose, person)
    scope = IdentityScope.of_request()
    try:
        raw_id = parse_authentication_credential_json(credential).raw_id
        found = find_passkey(scope, raw_id)
        if found is None or not found[1].active or (person is not None and found[1].id != person.id):
            raise Refused(NOT_KNOWN)
        passkey, owner = found
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=passkey.public_key,
            # Compared below, where it can be told to its owner.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as fault:
        raise Refused(AGAIN) from fault
    _refuse_a_copy(passkey, owner, verified.new_sign_count)
    passkey.sign_count = verified.new_sign_count
    passkey.used_at = now()
    return owner


def _refuse_a_copy(passkey: Passkey, owner: Person, count: int) -> None:
    """A device that counts never counts back: somebody else has used a copy of it, or is using one now."""
    if count > passkey.sign_count or count == passkey.sign_count == 0:
        return
    with transaction(IdentityScope()) as scope:
        tell(scope, owner, SecurityEvent.PASSKEY_COPIED, name=passkey.name)
    raise Refused(COPIED)


def add_passkey(person: Person, *, credential: str, locked: str, name: str) -> None:
    """Keep a passkey that a device has made. Raises Refused, in words, where its answer does not hold. The caller commits."""
    challenge = _unlock(locked, Purpose.MAKE, person)
    scope = IdentityScope.of_request()
    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as fault:
        raise Refused(AGAIN) from fault
    if find_passkey(scope, verified.credential_id) is not None:
        raise Refused("This passkey is registered already")
    scope.session.add(
        Passkey(
            person_id=person.id,
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            name=name,
        )
    )
    tell(scope, person, SecurityEvent.PASSKEY_ADDED, name=name)


def remove_passkey(scope: IdentityScope, person: Person, passkey: Passkey) -> None:
    """Take a passkey away: it opens nothing any more."""
    scope.session.delete(passkey)
    tell(scope, person, SecurityEvent.PASSKEY_REMOVED, name=passkey.name)


class PasskeyStep(TfPluginBase):
    """A passkey as Flask-Security's second step, for those who have no authenticator app; others may choose it there."""

    def create_blueprint(self, app: Any, bp: Any, state: Any) -> None:
        """Its pages are ours."""

    def get_setup_methods(self, user: Any) -> list[tuple[str, str]]:
        """Whether it is this person's second step."""
        has_app = bool(user.tf_totp_secret and user.tf_primary_method)
        if has_app or not count_passkeys(IdentityScope.of_request(), user.id):
            return []
        return [("passkey", "Passkey")]

    def tf_login(self, user: Any, json_payload: dict[str, Any], next_loc: str | None) -> Any:
        """Go on to the page that asks for it."""
        cookie["tf_state"] = "ready"
        return redirect(url_for("accounts.passkey_sign_in", next=next_loc))

"""Secrets of others that have to be read again, such as the secret by which an identity provider knows us: kept encrypted.

Everything is derived from the installation's one secret. What is sealed names the key that sealed it, so that another key can
take over while what the old one sealed can still be read.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

from tia_hub.settings import Settings

KEYS = ("client-secret-1",)
"""What keys are derived for, in 16 characters at most; the last one seals. Its place here is a key's number, from 1."""


class Unreadable(Exception):
    """What was sealed can't be read: the installation's secret is another one since."""


def _key(number: int) -> Fernet:
    settings: Settings = current_app.extensions["settings"]
    secret, purpose = settings.secret_key.get_secret_value().encode(), KEYS[number - 1].encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.blake2b(secret, person=purpose, digest_size=32).digest()))


def seal(text: str) -> str:
    """A text as it may be kept: `<number of the key>:<what is encrypted>`."""
    number = len(KEYS)
    return f"{number}:{_key(number).encrypt(text.encode()).decode()}"


def unseal(sealed: str) -> str:
    """The text again. Raises Unreadable."""
    number, _, rest = sealed.partition(":")
    if number not in map(str, range(1, len(KEYS) + 1)):
        raise Unreadable
    try:
        return _key(int(number)).decrypt(rest.encode()).decode()
    except InvalidToken as fault:
        raise Unreadable from fault

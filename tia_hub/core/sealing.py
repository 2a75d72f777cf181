"""Secrets of others that have to be read again, such as the secret by which an identity provider knows us: kept encrypted.

What is sealed names the key that sealed it, so that another key can take over while what the old one sealed can still be read.
"""

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

from tia_hub.core.keys import stored_key

KEYS = ("client-secret-1",)
"""What keys are derived for, in 16 characters at most; the last one seals. Its place here is a key's number, from 1."""


class Unreadable(Exception):
    """What was sealed can't be read: the secret that its key is made from is another one since."""


def _key(number: int) -> Fernet:
    return Fernet(stored_key(current_app.extensions["settings"], KEYS[number - 1]))


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

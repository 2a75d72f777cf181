"""Keys for one purpose each, made from the installation's two secrets: what one of them opens, no other does."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet

from tia_hub.settings import Settings


def derive(secret: str, purpose: str) -> str:
    """A key for one purpose, of at most 16 characters: 32 bytes in base64, as Fernet takes them."""
    digest = hashlib.blake2b(secret.encode(), person=purpose.encode()[:16], digest_size=32).digest()
    return base64.urlsafe_b64encode(digest).decode()


def stored_key(settings: Settings, purpose: str) -> str:
    """The key for secrets that stay in the database: it outlasts a change of SECRET_KEY."""
    return derive(settings.storage_secret, purpose)


def travelling_box(settings: Settings, purpose: str) -> MultiFernet:
    """A box for what travels through somebody's browser: locked with the present SECRET_KEY, opened with earlier ones too."""
    return MultiFernet([Fernet(derive(key, purpose)) for key in settings.signing_keys])

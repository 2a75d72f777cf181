"""Secrets that travel in a link: 256 random bits, known to us by their hash alone."""

import hashlib
import secrets


def new_token() -> str:
    """A token that nobody can guess."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token. A plain hash suffices: there is nothing to guess in 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()

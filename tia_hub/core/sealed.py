"""What somebody typed while their session ran out: kept in their own page, locked, until they have signed in again.

Nothing is stored here before it is known who it is. The box travels in the page as a hidden field; it says whose it is, where
it was going and what was in it, and opens for that person alone, whoever signs in on that computer next.
"""

import json
import zlib
from dataclasses import dataclass
from uuid import UUID

from cryptography.fernet import InvalidToken, MultiFernet
from flask import current_app, g, request
from flask import session as cookie

from tia_hub.core.keys import travelling_box
from tia_hub.core.web import ABSOLUTE_LIMIT
from tia_hub.settings import Settings

PERSON = "session_person"
"""Where the cookie says whose session it is, also after that has run out."""
MOST_BYTES = 1_000_000
"""Of a locked box, so that the page that carries it can be sent back."""


@dataclass(frozen=True)
class Typed:
    """A form that was sent without a session."""

    person_id: UUID
    path: str
    """Where it was going, with its query."""
    fields: list[tuple[str, str]]


def _box() -> MultiFernet:
    settings: Settings = current_app.extensions["settings"]
    return travelling_box(settings, "typed")


def who_was_here() -> UUID | None:
    """Whose session this request came with, though it no longer opens anything; None where that is not known."""
    known = g.get(PERSON) or cookie.get(PERSON)
    return UUID(known) if known else None


def lock_typed() -> str | None:
    """This request's form, locked for whose session it came with; None where that is not known, or it is too large to keep.

    Passwords are left out, and so are files: a browser sends neither twice.
    """
    person_id = who_was_here()
    if person_id is None or request.files or (request.content_length or 0) > (request.max_content_length or 0):
        return None
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name.lower()
    ]
    content = {"person": str(person_id), "path": request.full_path.rstrip("?"), "fields": fields}
    locked = _box().encrypt(zlib.compress(json.dumps(content).encode())).decode()
    return locked if len(locked) <= MOST_BYTES else None


def unlock_typed(locked: str) -> Typed | None:
    """What is in a box; None where it is not one of ours, or older than any session lives."""
    try:
        content = json.loads(zlib.decompress(_box().decrypt(locked.encode(), ttl=int(ABSOLUTE_LIMIT.total_seconds()))))
    except (InvalidToken, UnicodeEncodeError):
        return None
    return Typed(
        person_id=UUID(content["person"]),
        path=content["path"],
        fields=[(name, value) for name, value in content["fields"]],
    )

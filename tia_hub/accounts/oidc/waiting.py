"""What this browser's cookie keeps while somebody is at a provider: each sign-in is good once, and for ten minutes."""

import time
from dataclasses import asdict
from typing import Any

from flask import session as cookie

from tia_hub.accounts.oidc.types import Pending

KEY = "sign_ins_under_way"
GOOD_FOR = 600
"""Seconds to sign in at the provider."""
MOST = 3
"""Sign-ins under way in one browser, one in each tab."""


def keep(pending: Pending, *, slug: str, then: str) -> None:
    """Remember a sign-in to an organisation, and where to go after it."""
    kept: dict[str, dict[str, Any]] = cookie.get(KEY, {})
    entries = sorted(kept.items(), key=lambda entry: entry[1]["at"])[-(MOST - 1) :]
    cookie[KEY] = dict(entries) | {pending.state: {**asdict(pending), "slug": slug, "then": then, "at": int(time.time())}}


def take(state: str) -> tuple[Pending, str, str] | None:
    """The sign-in with a state, the slug of its organisation and where to go; it is over then. None where none was begun."""
    kept: dict[str, dict[str, Any]] = cookie.get(KEY, {})
    found = kept.get(state)
    if found is None:
        return None
    cookie[KEY] = {name: entry for name, entry in kept.items() if name != state}
    if time.time() - found["at"] > GOOD_FOR:
        return None
    pending = Pending(issuer=found["issuer"], state=found["state"], nonce=found["nonce"], verifier=found["verifier"])
    return pending, found["slug"], found["then"]

"""The same work for an address that has no account: no answer may be sooner for it, or it would tell who has one."""

import secrets
from types import SimpleNamespace
from uuid import uuid4

from flask import render_template

from tia_hub.accounts.services import spend_challenge
from tia_hub.core.bell import ring_email
from tia_hub.core.mail.services import link
from tia_hub.core.scope import IdentityScope, transaction

NOBODY = SimpleNamespace(name="Somebody", email="somebody@example.org")


def work_for_nobody(mail: str) -> None:
    """Draw a mail, write a row and ring, as for somebody; nothing comes of it.

    The row is a challenge that nobody was asked, and goes with the others of its kind.
    """
    for ending in ("txt", "html"):
        render_template(
            f"{mail}.{ending}", person=NOBODY, user=NOBODY, href="", reset_token=secrets.token_urlsafe(32), link=link
        )
    with transaction(IdentityScope()) as scope:
        spend_challenge(scope, secrets.token_bytes(32))
    ring_email(uuid4())

"""Telling somebody what happened to their account: on their own trail, and by a mail to their address."""

from typing import Any

from flask import has_request_context, render_template, request

from tia_hub.accounts.browsers import this_browser
from tia_hub.accounts.models import Person
from tia_hub.accounts.types import SecurityEvent
from tia_hub.core.clock import now
from tia_hub.core.mail.services import link, post_to_person
from tia_hub.core.scope import Actor, IdentityScope
from tia_hub.core.trail import record_for_person

BY_STRANGERS = frozenset({SecurityEvent.TOO_MANY_TRIES, SecurityEvent.PASSKEY_COPIED})
"""What nobody knows who did."""


def tell(scope: IdentityScope, person: Person, event: SecurityEvent, *, to: str | None = None, **values: Any) -> None:
    """Write an event down in the transaction of what it tells of, and mail it to its owner; `to` another address than theirs.

    `values` fill in the event's words.
    """
    where = request.remote_addr if has_request_context() else None
    browser = this_browser() if has_request_context() else ""
    words = event.words.format(**{"browser": browser} | values)
    by = None if event in BY_STRANGERS else Actor(person_id=person.id, name=person.name, address=where)
    record_for_person(scope, person.id, event.code, words, by=by)
    if event.subject is None:
        return
    context = {
        "subject": event.subject,
        "person": person,
        "words": words,
        "at": now(),
        "browser": browser,
        "address": where,
        "link": link,
    }
    post_to_person(
        scope,
        person_id=person.id,
        to=to or person.email,
        subject=event.subject,
        bodies=(
            render_template("security/email/event.txt", **context),
            render_template("security/email/event.html", **context),
        ),
        purpose=event.code,
    )

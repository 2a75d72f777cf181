"""Writing mails, from within a place."""

from datetime import timedelta
from email.utils import make_msgid
from typing import Any
from uuid import UUID, uuid4

from flask import current_app, render_template
from sqlalchemy import func, select, text, update

from tia_hub.core import bell
from tia_hub.core.jobs.services import after_commit
from tia_hub.core.mail.models import Email, EmailState
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import DispatchScope, Home, IdentityScope, JoiningScope, Scope
from tia_hub.settings import Settings


def link(endpoint: str, **values: Any) -> str:
    """The full address of a page for a mail: it begins with the configured `base_url`, whatever host a request named."""
    settings: Settings = current_app.extensions["settings"]
    scheme, _, host = settings.base_url.rstrip("/").partition("://")
    return current_app.url_map.bind(host, url_scheme=scheme).build(endpoint, values, force_external=True)


def full_address(path: str) -> str:
    """The full address of a page of which the path is kept."""
    settings: Settings = current_app.extensions["settings"]
    return settings.base_url.rstrip("/") + path


def _write(
    scope: Scope,
    *,
    home: tuple[str, UUID],
    purpose: str,
    to: str,
    subject: str,
    bodies: tuple[str, str],
    recipient_id: UUID | None,
    permission: Permission | None = None,
    topic: str | None = None,
) -> UUID:
    settings: Settings = current_app.extensions["settings"]
    text_body, html_body = bodies
    email_id = uuid4()
    scope.session.add(
        Email(
            id=email_id,
            home_kind=home[0],
            home_id=home[1],
            purpose=purpose,
            recipient_id=recipient_id,
            permission=permission.name if permission else None,
            topic=topic,
            to_address=to,
            subject=" ".join(subject.split()),
            text_body=text_body,
            html_body=html_body,
            message_id=make_msgid(domain=settings.host.split(":")[0]),
        )
    )
    after_commit(scope, lambda: bell.ring_email(email_id))
    return email_id


def post(
    scope: Home,
    *,
    to: str,
    subject: str,
    template: str,
    context: dict[str, Any],
    recipient_id: UUID | None = None,
    permission: Permission | None = None,
    topic: str | None = None,
) -> UUID:
    """Write a mail in the scope's transaction; it is sent after the commit. Its bodies are `mail/<template>.txt` and `.html`.

    With a permission it is sent only if the recipient still has that permission in this place when its turn comes; with a
    topic (`core.notices`) as the recipient wishes to be told of it.
    """
    context = context | {"subject": subject}
    return _write(
        scope,
        home=(scope.kind, scope.home_id),
        purpose=template,
        to=to,
        subject=subject,
        bodies=(
            render_template(f"mail/{template}.txt", **context),
            render_template(f"mail/{template}.html", **context),
        ),
        recipient_id=recipient_id,
        permission=permission,
        topic=topic,
    )


def post_to_person(
    scope: IdentityScope | DispatchScope, *, person_id: UUID, to: str, subject: str, bodies: tuple[str, str], purpose: str
) -> UUID:
    """Write a mail about somebody's own account, such as a new password: its home is the person. `bodies`: text, HTML."""
    return _write(
        scope,
        home=("person", person_id),
        purpose=purpose,
        to=to,
        subject=subject,
        bodies=bodies,
        recipient_id=person_id,
    )


def post_to_stranger(
    scope: JoiningScope, *, request_id: UUID, to: str, subject: str, template: str, context: dict[str, Any]
) -> UUID:
    """Write a mail to somebody who asks to join and may have no account: its home is the request."""
    context = context | {"subject": subject}
    return _write(
        scope,
        home=("joining_request", request_id),
        purpose=template,
        to=to,
        subject=subject,
        bodies=(
            render_template(f"mail/{template}.txt", **context),
            render_template(f"mail/{template}.html", **context),
        ),
        recipient_id=None,
    )


def list_emails(scope: Home, *, purpose: str | None = None, limit: int = 50) -> list[Email]:
    """The newest mails of this place."""
    query = select(Email).where(Email.home_id == scope.home_id)
    if purpose is not None:
        query = query.where(Email.purpose == purpose)
    return list(scope.session.scalars(query.order_by(Email.created_at.desc(), Email.id).limit(limit)))


def count_emails(scope: Home, *, purpose: str, within: timedelta) -> int:
    """How many mails of a purpose were written in this place of late."""
    query = select(func.count()).where(Email.home_id == scope.home_id, Email.purpose == purpose)
    return scope.session.execute(query.where(Email.created_at > func.clock_timestamp() - within)).scalar_one()


def send_again(scope: Home, email_id: UUID) -> bool:
    """Queue a mail of this place that failed or is uncertain once more; whether there was one. Same Message-ID."""
    queued = scope.session.execute(
        update(Email)
        .where(
            Email.id == email_id,
            Email.home_id == scope.home_id,
            Email.state.in_([EmailState.FAILED, EmailState.UNCERTAIN, EmailState.WITHHELD]),
        )
        .values(
            state=EmailState.QUEUED,
            due_at=func.now(),
            give_up_at=func.now() + text("interval '24 hours'"),
            repeats=0,
            error=None,
        )
        .returning(Email.id)
    ).scalar_one_or_none()
    if queued is not None:
        after_commit(scope, lambda: bell.ring_email(email_id))
    return queued is not None

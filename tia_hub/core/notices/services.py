"""Telling people, and what they do with what they were told."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from tia_hub.core.identity import Place
from tia_hub.core.mail.services import post
from tia_hub.core.notices.models import Notice
from tia_hub.core.notices.types import Topic
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import Home, IdentityScope, OrganisationScope


def notify(
    scope: Home,
    *,
    topic: Topic,
    recipient_id: UUID,
    to: str,
    permission: Permission,
    subject: str,
    address: str,
    template: str,
    context: dict[str, Any],
) -> UUID:
    """Tell a person of the place in the product and, as they wish, by mail; the mail's identifier.

    `subject` is also the notice's title, `address` (by `mail.link`) the page it leads to. Both are shown, and the mail is sent,
    only while the person has the permission.
    """
    email_id = post(
        scope,
        to=to,
        subject=subject,
        template=template,
        context=context,
        recipient_id=recipient_id,
        permission=permission,
        topic=topic,
    )
    parts = urlsplit(address)
    scope.session.add(
        Notice(
            id=uuid4(),
            home_kind=scope.kind,
            home_id=scope.home_id,
            recipient_id=recipient_id,
            topic=topic,
            permission=permission.name,
            title=" ".join(subject.split()),
            path=parts.path + (f"?{parts.query}" if parts.query else ""),
            email_id=email_id,
        )
    )
    return email_id


def list_notices(scope: IdentityScope, places: Sequence[Place], *, limit: int = 100) -> list[Notice]:
    """The newest notices of the signed-in person, newest first: those that their `places` still let them see."""
    homes = [place.id for place in places]
    query = select(Notice).where(Notice.home_id.in_(homes)).order_by(Notice.created_at.desc(), Notice.id).limit(limit)
    granted = {(place.id, permission.name) for place in places for permission in place.permissions}
    return [notice for notice in scope.session.scalars(query) if (notice.home_id, notice.permission) in granted]


def count_new_notices(scope: OrganisationScope) -> int:
    """How many notices of this organisation the acting member has not read."""
    names = [permission.name for permission in scope.permissions]
    query = select(func.count()).where(
        Notice.home_id == scope.organisation_id,
        Notice.recipient_id == scope.actor.person_id,
        Notice.permission.in_(names),
        Notice.read_at.is_(None),
    )
    return scope.session.execute(query).scalar_one()


def mark_all_read(scope: IdentityScope) -> None:
    """Mark every notice of the signed-in person as read."""
    scope.session.execute(update(Notice).where(Notice.read_at.is_(None)).values(read_at=func.now()))

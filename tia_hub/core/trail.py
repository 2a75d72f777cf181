"""The trail: who did what to which thing, when and from where, in words. Rows are added, never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped

from tia_hub.core.db import Base, Identified
from tia_hub.core.scope import Home


class TrailEvent(Identified, Base):
    """One thing that happened in an organisation, a partnership or a provider's entry."""

    __tablename__ = "trail_event"
    __table_args__ = (Index("ix_trail_event_home_id_created_at", "home_id", "created_at"),)

    home_kind: Mapped[str]
    home_id: Mapped[UUID]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    address: Mapped[str | None]
    action: Mapped[str]
    """A short code, `audit.submitted`."""
    target_id: Mapped[UUID | None]
    words: Mapped[str]
    """What a reader of the trail sees. Never the text of a personal form."""


def record(scope: Home, action: str, words: str, *, target_id: UUID | None = None) -> None:
    """Write an event in the transaction of what it tells of."""
    scope.session.add(
        TrailEvent(
            home_kind=scope.kind,
            home_id=scope.home_id,
            actor_id=scope.actor.person_id,
            actor_name=scope.actor.name,
            address=scope.actor.address,
            action=action,
            target_id=target_id,
            words=words,
        )
    )


def list_events(scope: Home, *, before: datetime | None = None, limit: int = 50) -> list[TrailEvent]:
    """The newest events of this place, newest first; older ones with `before`."""
    query = select(TrailEvent).where(TrailEvent.home_id == scope.home_id)
    if before is not None:
        query = query.where(TrailEvent.created_at < before)
    query = query.order_by(TrailEvent.created_at.desc(), TrailEvent.id).limit(limit)
    return list(scope.session.scalars(query))

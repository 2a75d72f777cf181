"""The trail: who did what to which thing, when and from where, in words. Rows are added, never changed."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, insert, select
from sqlalchemy.orm import Mapped

from tia_hub.core.db import Base, Identified
from tia_hub.core.scope import Home, IdentityScope


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


def record_for_person(scope: IdentityScope, person_id: UUID, action: str, words: str) -> None:
    """Write an event of somebody's own account, which nobody but they read: a sign-in, a new password."""
    # Whoever signs in may not read the trail yet: nothing of the row is asked back.
    scope.session.execute(
        insert(TrailEvent).values(
            id=uuid4(),
            home_kind="person",
            home_id=person_id,
            actor_id=scope.actor.person_id,
            actor_name=scope.actor.name,
            address=scope.actor.address,
            action=action,
            target_id=person_id,
            words=words,
        )
    )


def list_own_events(scope: IdentityScope, person_id: UUID, *, skip: int = 0, limit: int = 50) -> list[TrailEvent]:
    """Events of somebody's own account, newest first. The policy lets nobody read another's."""
    query = select(TrailEvent).where(TrailEvent.home_kind == "person", TrailEvent.home_id == person_id)
    query = query.order_by(TrailEvent.created_at.desc(), TrailEvent.id).offset(skip).limit(limit)
    return list(scope.session.scalars(query))


def list_events(scope: Home, *, before: datetime | None = None, limit: int = 50) -> list[TrailEvent]:
    """The newest events of this place, newest first; older ones with `before`."""
    query = select(TrailEvent).where(TrailEvent.home_id == scope.home_id)
    if before is not None:
        query = query.where(TrailEvent.created_at < before)
    query = query.order_by(TrailEvent.created_at.desc(), TrailEvent.id).limit(limit)
    return list(scope.session.scalars(query))

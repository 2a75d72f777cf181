"""The trail: who did what to which thing, when and from where, in words. Rows are added, never changed.

Every place and every person has a trail, and each trail is a chain: at the commit PostgreSQL gives an event its number and
the hash of the one before it (migration 0008, docs/adr/0020).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import has_request_context, request
from sqlalchemy import BigInteger, FetchedValue, Index, Select, func, select
from sqlalchemy.orm import Mapped, mapped_column

from tia_hub.core.clock import now
from tia_hub.core.db import Base, Identified
from tia_hub.core.scope import Actor, Home, IdentityScope

PERSON = "person"
"""The kind of home of what happened to somebody's account."""

STRANGER = "Somebody who was not signed in"


class TrailEvent(Identified, Base):
    """One thing that happened in an organisation, a partnership or a provider's entry, or to somebody's account."""

    __tablename__ = "trail_event"
    __table_args__ = (
        Index("ix_trail_event_home_id_created_at", "home_id", "created_at"),
        Index("uq_trail_event_home_id_number", "home_id", "number", unique=True),
    )
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012
    # Nothing is read back when an event is written: whoever tries to sign in writes events, and may read none.

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

    number: Mapped[int | None] = mapped_column(BigInteger, server_default=FetchedValue())
    """Its place in the chain of its home, from 1; there from the commit on."""
    salt: Mapped[UUID | None] = mapped_column(server_default=FetchedValue())
    seal: Mapped[bytes | None] = mapped_column(server_default=FetchedValue())
    """The salted hash of what may name a person: actor, address and words. It stays when these are erased."""
    hash: Mapped[bytes | None] = mapped_column(server_default=FetchedValue())
    """The hash of the event before this one and of this one, which holds its seal."""
    proof: Mapped[str | None] = mapped_column(server_default=FetchedValue())
    """What this event did to the chain itself, such as new seals of events that somebody was erased from, as JSON."""
    erased_by: Mapped[UUID | None] = mapped_column(server_default=FetchedValue())
    """The event that tells of the erasure of somebody from this one."""


class TrailHead(Base):
    """Where the chain of a home begins and ends, so that a missing end shows."""

    __tablename__ = "trail_head"

    home_id: Mapped[UUID] = mapped_column(primary_key=True)
    home_kind: Mapped[str]
    start_number: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The last of the events that a retention rule has removed; 0 where none was."""
    start_hash: Mapped[bytes] = mapped_column(server_default=FetchedValue())
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(server_default=FetchedValue())


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


def record_for_person(scope: IdentityScope, person_id: UUID, action: str, words: str, *, by: Actor | None = None) -> None:
    """Write on a person's own trail what happened to their account, in the transaction of what it tells of.

    `by` is who did it. Left out, it is whoever the scope says acts; in a request of nobody signed in, a stranger.
    """
    actor = by or scope.actor
    if actor.person_id is None and by is None and has_request_context():
        actor = Actor(name=STRANGER, address=request.remote_addr)
    scope.session.add(
        TrailEvent(
            home_kind=PERSON,
            home_id=person_id,
            actor_id=actor.person_id,
            actor_name=actor.name,
            address=actor.address,
            action=action,
            words=words,
        )
    )


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody looks for on a trail; all of it has to fit."""

    words: str = ""
    """A text in what an event says."""
    who: str = ""
    """A text in the name of who acted."""
    kind: str = ""
    """The first part of the event's code: `audit`."""
    since: datetime | None = None
    until: datetime | None = None
    """The first instant that is too late."""


def _of_home(scope: Home, wanted: Wanted) -> Select[TrailEvent]:
    query = select(TrailEvent).where(TrailEvent.home_id == scope.home_id, TrailEvent.number.is_not(None))
    if wanted.words:
        query = query.where(TrailEvent.words.icontains(wanted.words, autoescape=True))
    if wanted.who:
        query = query.where(TrailEvent.actor_name.icontains(wanted.who, autoescape=True))
    if wanted.kind:
        query = query.where(TrailEvent.action.startswith(f"{wanted.kind}.", autoescape=True))
    if wanted.since is not None:
        query = query.where(TrailEvent.created_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(TrailEvent.created_at < wanted.until)
    return query.order_by(TrailEvent.number.desc())


def list_events(
    scope: Home, *, wanted: Wanted | None = None, before: int | None = None, limit: int | None = 50
) -> list[TrailEvent]:
    """The newest events of this place, newest first; older ones with `before`, a number. Those of this transaction are not
    among them: they have no number yet."""
    query = _of_home(scope, wanted or Wanted())
    if before is not None:
        query = query.where(TrailEvent.number < before)
    return list(scope.session.scalars(query.limit(limit)))


def is_recorded(scope: Home, action: str, words: str, *, within: timedelta) -> bool:
    """Whether the scope's actor has this very event on the place's trail, not longer ago than that."""
    query = select(TrailEvent.id).where(
        TrailEvent.home_id == scope.home_id,
        TrailEvent.created_at > now() - within,
        TrailEvent.actor_id == scope.actor.person_id,
        TrailEvent.action == action,
        TrailEvent.words == words,
    )
    return scope.session.execute(query.limit(1)).first() is not None


def list_kinds(scope: Home) -> list[str]:
    """The first parts of the codes of this place's events, such as `audit`."""
    kind = func.split_part(TrailEvent.action, ".", 1)
    query = select(kind).where(TrailEvent.home_id == scope.home_id).group_by(kind).order_by(kind)
    return list(scope.session.scalars(query))


def shorten_trail(scope: Home, *, before: datetime) -> int:
    """Have the retention rule take the oldest events of this place, up to an instant that is a year ago or more; how many.

    The chain goes on holding, and its newest event says what was taken.
    """
    return int(scope.session.execute(select(func.trail_shorten(before))).scalar_one())


def list_own_events(scope: IdentityScope, person_id: UUID, *, before: int | None = None, limit: int = 50) -> list[TrailEvent]:
    """The newest events of somebody's own account, newest first; older ones with `before`, a number. None of anybody else's."""
    query = select(TrailEvent).where(TrailEvent.home_kind == PERSON, TrailEvent.home_id == person_id)
    if before is not None:
        query = query.where(TrailEvent.number < before)
    return list(scope.session.scalars(query.order_by(TrailEvent.number.desc()).limit(limit)))

"""Checking the chains of the trail: whether every event is there, in its place, and says what it said when it was written.

The hashes are computed here once more, apart from PostgreSQL, which made them (migration 0008; docs/adr/0020). What is hashed:

    seal = sha256(salt ‖ ["actor", "address", "words"])
    hash = sha256(hash of the event before
                  ‖ ["kind", "home", "number", "id", "instant", "actor's id", "action", "target", "seal", "proof"])

The lists are JSON as PostgreSQL writes it: a space after each comma, null for nothing, everything else as text.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tia_hub.core.scope import Scope
from tia_hub.core.trail import TrailEvent, TrailHead

BATCH = 2000
NOTHING = bytes(32)
"""The hash before the first event."""


@dataclass(frozen=True)
class Fault:
    """The first event at which a chain is broken."""

    number: int
    words: str


@dataclass(frozen=True)
class Link:
    """An event's number and hash, as they were shown or exported at some time; or the last one of a chain, its head."""

    number: int
    hash: bytes


@dataclass(frozen=True)
class Checked:
    """What became of checking one chain."""

    home_id: UUID
    events: int
    """How many were looked at."""
    first: int
    last: int
    """The numbers of the first and of the last one; both 0 where there is none."""
    head: Link
    removed: int
    """The last of the events that a retention rule took; 0 where none was taken."""
    fault: Fault | None

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return self.fault is None


def _text_of(*values: object) -> bytes:
    listed = [None if value is None else str(value) for value in values]
    return json.dumps(listed, ensure_ascii=False).encode()


def seal_of(event: Any) -> bytes:
    """The salted hash of what may name a person in an event."""
    salt: UUID = event.salt
    return hashlib.sha256(salt.bytes + _text_of(event.actor_name, event.address, event.words)).digest()


def hash_of(event: Any, previous: bytes) -> bytes:
    """The hash that an event has after another one's."""
    instant: datetime = event.created_at
    content = _text_of(
        event.home_kind,
        event.home_id,
        event.number,
        event.id,
        instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        event.actor_id,
        event.action,
        event.target_id,
        event.seal.hex(),
        event.proof,
    )
    return hashlib.sha256(previous + content).digest()


@dataclass
class _Walk:
    """A walk along a chain, from one event to the next."""

    number: int
    hash: bytes
    fault: Fault | None = None
    erased: dict[int, tuple[UUID, bytes]] = field(default_factory=dict)
    """Events that somebody was erased from: by which event, and the seal of what is there now."""
    proven: dict[tuple[UUID, int], bytes] = field(default_factory=dict)
    start: tuple[int, str] | None = None

    def step(self, event: Any) -> None:
        """Look at the next event."""
        self._keep_proof(event)
        if self.fault is not None:
            return
        expected = self.number + 1
        if event.number is None:
            self.fault = Fault(expected, "an event was added without the chain")
        elif event.number > expected:
            self.fault = Fault(expected, "it is missing")
        elif event.salt is None or event.seal is None or event.hash != hash_of(event, self.hash):
            self.fault = Fault(expected, "it is not what was written there")
        else:
            seal = seal_of(event)
            if event.erased_by is not None:
                self.erased[event.number] = (event.erased_by, seal)
            elif seal != event.seal:
                self.fault = Fault(expected, "its words, its name or its network address were changed")
            self.number, self.hash = event.number, event.hash

    def _keep_proof(self, event: Any) -> None:
        if event.proof is None:
            return
        proof = json.loads(event.proof)
        self.proven |= {(event.id, number): bytes.fromhex(seal) for number, seal in proof.get("erased", ())}
        if "start" in proof:
            self.start = tuple(proof["start"])

    def end(self, head: Any) -> Fault | None:
        """The earliest fault, once all events were seen."""
        faults = [self.fault] if self.fault else []
        faults += [
            Fault(number, "it says that somebody was erased from it, and no later event does")
            for number, (telling, seal) in self.erased.items()
            if self.proven.get((telling, number)) != seal
        ]
        if not faults and self.number < head.number:
            faults.append(Fault(self.number + 1, "it is missing, with all that followed"))
        if not faults and (self.number, self.hash) != (head.number, head.hash):
            faults.append(Fault(self.number, "it is not the one that was written last"))
        if not faults and head.start_number and self.start != (head.start_number, head.start_hash.hex()):
            faults.append(Fault(1, "it is missing, and no retention rule removed it"))
        return min(faults, key=lambda fault: fault.number, default=None)


_HEAD = (
    TrailHead.start_number,
    TrailHead.start_hash,
    TrailHead.number.label("head_number"),
    TrailHead.hash.label("head_hash"),
)
_EVENT = (
    TrailEvent.id,
    TrailEvent.created_at,
    TrailEvent.home_kind,
    TrailEvent.home_id,
    TrailEvent.number,
    TrailEvent.actor_id,
    TrailEvent.actor_name,
    TrailEvent.address,
    TrailEvent.action,
    TrailEvent.target_id,
    TrailEvent.words,
    TrailEvent.salt,
    TrailEvent.seal,
    TrailEvent.hash,
    TrailEvent.proof,
    TrailEvent.erased_by,
)


@dataclass(frozen=True)
class _Head:
    start_number: int = 0
    start_hash: bytes = NOTHING
    number: int = 0
    hash: bytes = NOTHING


def _stream(scope: Scope, home_id: UUID, after: int) -> Iterator[Any]:
    # One statement, so one moment: what is written meanwhile is neither missing nor too much.
    query = (
        select(*_EVENT, *_HEAD)
        .join(TrailHead, TrailHead.home_id == TrailEvent.home_id, isouter=True)
        .where(TrailEvent.home_id == home_id, TrailEvent.number.is_(None) | (TrailEvent.number >= after))
        .order_by(TrailEvent.number.asc().nulls_last())
    )
    yield from scope.session.execute(query.execution_options(yield_per=BATCH))


def check_chain(scope: Scope, home_id: UUID, *, newest: int | None = None, known: Iterable[Link] = ()) -> Checked:
    """Check the chain of one home, as far as the scope may read it; with `newest` that many of its last events only.

    `known` are links that were shown or exported before: the chain must still hold each of them that no retention rule took.
    """
    kept = scope.session.get(TrailHead, home_id, populate_existing=True)
    head = _Head(kept.start_number, kept.start_hash, kept.number, kept.hash) if kept else _Head()
    after = 0 if newest is None else max(0, head.number - newest)
    walk: _Walk | None = None
    wanted = {link.number: link.hash for link in known}
    disowned: list[Fault] = []
    events = first = 0
    for row in _stream(scope, home_id, after):
        head = _Head(row.start_number, row.start_hash, row.head_number, row.head_hash) if row.head_hash else _Head()
        if walk is None:
            if after > head.start_number and row.number == after:
                # The event before the range is where the range begins: it is taken as it stands.
                walk = _Walk(row.number, row.hash)
                continue
            walk = _Walk(head.start_number, head.start_hash)
        walk.step(row)
        events, first = events + 1, first or row.number or 0
        if row.number in wanted and wanted.pop(row.number) != row.hash:
            disowned.append(Fault(row.number, "it is not what was shown or exported before"))
    walk = walk or _Walk(head.start_number, head.start_hash)
    faults = [fault for fault in (walk.end(head), *disowned) if fault]
    faults += [
        Fault(number, "it was shown or exported before, and is missing") for number in wanted if number > head.start_number
    ]
    return Checked(
        home_id=home_id,
        events=events,
        first=first,
        last=walk.number if events else 0,
        head=Link(head.number, head.hash),
        removed=head.start_number,
        fault=min(faults, key=lambda fault: fault.number, default=None),
    )


KNOWN_HEADER = ("Home", "Number", "Hash")
"""The columns of a sheet that matter to `read_known`."""


def read_known(sheet: str) -> dict[UUID, list[Link]]:
    """The links that a CSV sheet holds, by home: a downloaded trail, or what `tia-hub trail heads` printed.

    Raises ValueError where it is no such sheet.
    """
    found: dict[UUID, list[Link]] = {}
    rows = csv.DictReader(io.StringIO(sheet))
    missing = set(KNOWN_HEADER) - set(rows.fieldnames or ())
    if missing:
        raise ValueError(f"the sheet has no column {', '.join(sorted(missing))}")
    for row in rows:
        link = Link(int(row["Number"]), bytes.fromhex(row["Hash"]))
        found.setdefault(UUID(row["Home"]), []).append(link)
    return found


def list_heads(scope: Scope) -> list[TrailHead]:
    """The heads of the chains that the scope may read, by home."""
    return list(scope.session.scalars(select(TrailHead).order_by(TrailHead.home_id)))


def list_homes(scope: Scope) -> list[UUID]:
    """Every home that has events or a head."""
    with_events = select(TrailEvent.home_id).union(select(TrailHead.home_id)).subquery()
    return list(scope.session.scalars(select(with_events.c.home_id).order_by(with_events.c.home_id)))


def get_head(scope: Scope, home_id: UUID) -> Link:
    """The last link of a home's chain; number 0 where it has none."""
    head = scope.session.get(TrailHead, home_id, populate_existing=True)
    return Link(head.number, head.hash) if head else Link(0, NOTHING)

"""The trail of a place, page by page, and as a sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from tia_hub.core.chain import Checked, Link
from tia_hub.core.clock import format_time
from tia_hub.core.trail import TrailEvent

PER_PAGE = 50

KINDS = {
    "access": "Access that was refused",
    "account": "Accounts",
    "audit": "Audits",
    "course": "Courses",
    "export": "Downloads",
    "indicator": "Outcome indicators",
    "invitation": "Invitations",
    "member": "People",
    "organisation": "The organisation",
    "personal": "Personal data",
    "provider": "Training providers",
    "publication": "What is published",
    "reading": "Outcome readings",
    "report": "Reports",
    "retention": "Retention",
    "review": "Access reviews",
    "schedule": "Schedules",
    "score": "Course scores",
    "team": "Teams",
    "trail": "The trail itself",
}
"""What the first part of an event's code is about, in words."""

HEADER = ("Number", "When", "Who", "From where", "Kind", "What", "Hash", "Home")


def kind_words(kind: str) -> str:
    """The words for the first part of an event's code."""
    return KINDS.get(kind, kind.replace("_", " ").capitalize())


@dataclass(frozen=True, kw_only=True)
class TrailPage:
    """Some events, newest first, and the number that older ones are before."""

    rows: list[tuple[str, str, str, str, str]]
    """When, who, what, from where, and the number."""
    older: int | None


def make_trail_page(events: Sequence[TrailEvent]) -> TrailPage:
    """A page of the trail, made of one event more than it shows."""
    shown = events[:PER_PAGE]
    return TrailPage(
        rows=[
            (format_time(event.created_at), event.actor_name, event.words, event.address or "", f"{event.number:,}")
            for event in shown
        ],
        older=shown[-1].number if len(events) > PER_PAGE else None,
    )


def read_number(typed: str | None) -> int | None:
    """The number that an address asks for events before; None for none. Raises ValueError where it is no such number."""
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        raise ValueError("not the number of an event")
    return int(typed)


def make_rows(events: Sequence[TrailEvent]) -> Iterator[tuple[str, ...]]:
    """The rows of the sheet; instants are UTC, so that they sort and compare."""
    for event in events:
        yield (
            str(event.number),
            event.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            event.actor_name,
            event.address or "",
            event.action,
            event.words,
            event.hash.hex() if event.hash else "",
            str(event.home_id),
        )


def short_hash(link: Link) -> str:
    """A hash as people compare it by eye, in groups."""
    text = link.hash.hex()[:32]
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def chain_words(checked: Checked) -> str:
    """What became of checking a chain, in a sentence."""
    if checked.fault is not None:
        return f"The chain is broken at event {checked.fault.number:,}: {checked.fault.words}."
    if not checked.events:
        return "There are no events yet."
    if checked.first == checked.removed + 1:
        return f"The chain of {checked.events:,} {'event' if checked.events == 1 else 'events'} is whole."
    return f"The chain is whole from event {checked.first:,} to event {checked.last:,}."

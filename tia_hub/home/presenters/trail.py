"""The trail of a place, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tia_hub.core.clock import format_time
from tia_hub.core.trail import TrailEvent

PER_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class TrailPage:
    """Some events, newest first, and the instant that older ones are before."""

    rows: list[tuple[str, str, str]]
    """When, who and what, in words."""
    older: str | None


def make_trail_page(events: Sequence[TrailEvent]) -> TrailPage:
    """A page of the trail, made of one event more than it shows.

    Events of one transaction bear one instant. They are kept together on the next page, so that none falls between two.
    """
    shown = list(events[:PER_PAGE])
    older = None
    if len(events) > PER_PAGE:
        whole = [event for event in shown if event.created_at > events[PER_PAGE].created_at]
        shown = whole or shown
        older = shown[-1].created_at.isoformat()
    return TrailPage(
        rows=[(format_time(event.created_at), event.actor_name, event.words) for event in shown],
        older=older,
    )


def read_before(typed: str | None) -> datetime | None:
    """The instant that an address asks for events before; None for none. Raises ValueError where it is no instant."""
    if not typed:
        return None
    instant = datetime.fromisoformat(typed)
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    return instant

"""Two people at one entry: which fields of a form may be saved, and which need a choice.

A form remembers what each of its fields said when it was opened or last saved, as a short digest (`seen`). A field that still
says it was not changed here, and what anybody else saved in it stands. A field that was changed here is saved if nobody else
changed it since; if somebody did, both texts are shown and nothing is saved until one is chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

Values = Mapping[str, str]
"""What the fields of an entry say, by field; an unrated rating is an empty text."""


class Choice(StrEnum):
    """Which of two texts to keep."""

    MINE = "mine"
    THEIRS = "theirs"


def digest(value: str) -> str:
    """A short digest of a field's value."""
    return blake2b(value.encode(), digest_size=6).hexdigest()


@dataclass(frozen=True)
class Sent:
    """What a form sends of one entry: values, the digests it began with, and choices between two texts."""

    values: Values
    seen: Mapping[str, str]
    choices: Mapping[str, Choice] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    """The digest of the other text that a choice was made against: one that came later needs a choice of its own."""


@dataclass(frozen=True)
class Merged:
    """What becomes of it. Either `conflicts` names fields that need a choice, or `changes` may be saved."""

    changes: dict[str, str]
    conflicts: tuple[str, ...]
    kept: tuple[str, ...]
    """The fields where somebody else's text was chosen over the one that was sent."""


def merge(stored: Values, sent: Sent) -> Merged:
    """Decide field by field; `stored` is what the entry says now."""
    changes: dict[str, str] = {}
    conflicts: list[str] = []
    kept: list[str] = []
    for name, value in sent.values.items():
        now = digest(stored[name])
        if value == stored[name] or digest(value) == sent.seen.get(name):
            continue
        choice = sent.choices.get(name) if sent.shown.get(name) == now else None
        if sent.seen.get(name) == now or choice is Choice.MINE:
            changes[name] = value
        elif choice is Choice.THEIRS:
            kept.append(name)
        else:
            conflicts.append(name)
    return Merged(changes, tuple(conflicts), tuple(kept))

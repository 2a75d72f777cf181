"""The texts of the sample partnership, and chance that falls the same way every time.

Chance is keyed by what it is for: leaving one organisation out, or adding some, changes nothing about the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import yaml
from dateutil.relativedelta import relativedelta

FOLDER = Path(__file__).parent


@cache
def load(name: str) -> Any:
    """The content of one of the data files, by its name without the ending."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))


def chance(*key: object) -> Random:
    """Chance for one purpose: the same key gives the same results."""
    return Random(":".join(str(part) for part in key))  # noqa: S311 - nothing secret depends on it


def make_id(*key: object) -> UUID:
    """The identifier of something, by what it is."""
    return UUID(int=chance("id", *key).getrandbits(128), version=4)


@dataclass(frozen=True)
class Voice:
    """How one sector speaks, on some day."""

    words: Mapping[str, str]
    day: date
    """What is written was written around this day: the months that texts name are before it, or shortly after."""

    def say(self, text: str, by: Random, **more: str) -> str:
        """A text of the data files with its gaps filled."""
        gaps = {
            "n": str(by.randint(3, 14)),
            "percent": f"{by.randint(36, 88)}%",
            "month": f"{self.day - relativedelta(months=by.randint(1, 7)):%B %Y}",
            "coming": f"{self.day + relativedelta(months=by.randint(1, 4)):%B}",
            **self.words,
            **more,
        }
        return text.format_map(gaps | {name.capitalize(): _capital(words) for name, words in gaps.items()})

    def choose(self, texts: Sequence[str], by: Random, **more: str) -> str:
        """One of some texts, with its gaps filled."""
        return self.say(by.choice(texts), by, **more)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

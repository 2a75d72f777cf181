"""Which column of somebody's file is which: by name, by another name, or by a name misspelt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

LIKENESS = 0.75
"""How alike a misspelt heading has to be, from 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column that a room wants to read."""

    key: str
    label: str
    """Its heading in templates and exports."""
    others: tuple[str, ...] = ()
    """Other headings that mean the same."""
    required: bool = False
    hint: str = ""
    """What goes into it, for the person who fills it in."""


def plain(heading: str) -> str:
    """A heading without what does not matter: "E-Mail_Address " is "email address"."""
    return " ".join(re.sub(r"[^\w\s]|_", " ", heading.casefold().replace("-", "").replace("’", "'")).replace("'", "").split())


def match_columns(header: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """For each column that is found, by key, the place of its heading. No heading is taken twice; exact names go first."""
    headings = {plain(heading): index for index, heading in enumerate(header) if plain(heading)}
    found: dict[str, int] = {}

    def take(column: Column, heading: str) -> None:
        found[column.key] = headings.pop(heading)

    for column in columns:
        for name in map(plain, (column.label, *column.others)):
            if name in headings:
                take(column, name)
                break
    for column in columns:
        if column.key in found:
            continue
        for name in map(plain, (column.label, *column.others)):
            close = get_close_matches(name, headings, n=1, cutoff=LIKENESS)
            if close:
                take(column, close[0])
                break
    return found

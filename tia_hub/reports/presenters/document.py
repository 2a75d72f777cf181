"""A report as a document of sections: the one source of its page, its PDF and its Excel file, so that their figures agree."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tia_hub.core.clock import format_date

Cell = str | int
NOT_SHOWN = "Not shown"
"""Too few people to be told, or none."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows below a head. The first cell of a row is its header; `numeric` holds the places of number columns, from 0."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A picture of a table's figures. `kind` names its macro in `charts/charts.html`, `data` is what that takes."""

    kind: str
    id: str
    title: str
    data: tuple[dict[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the document, and a sheet of the Excel file."""

    id: str
    title: str
    sheet: str
    words: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole report."""

    title: str
    about: tuple[str, ...]
    """Lines below the title: whose it is, what it covers, of when."""
    sections: tuple[Section, ...]


def count_words(count: int, one: str, more: str | None = None) -> str:
    """A number with what it counts: 1 course, 2 courses."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def day_words(day: date | None) -> str:
    """A date, or a dash."""
    return format_date(day) if day else "–"

"""Rows as lines of JSON, and back: every value by the type of its column."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    Time,
    Uuid,
)

from tia_hub.core.errors import Refused

LONGEST_LINE = 32 * 1024 * 1024
"""Bytes in one row."""


def to_json(value: Any) -> Any:
    """A value as JSON can hold it. Bytes have no place in a line: they are files of their own."""
    match value:
        case UUID() | Decimal():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return value


def line(row: Mapping[str, Any]) -> bytes:
    """A row as one line."""
    values = {name: to_json(value) for name, value in row.items()}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _from_json(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    match column.type:
        case Uuid():
            return UUID(value)
        case DateTime():
            return datetime.fromisoformat(value)
        case Date():
            return date.fromisoformat(value)
        case Time():
            return time.fromisoformat(value)
        case Numeric():
            return Decimal(value)
        case LargeBinary():
            return value
        case ARRAY() if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return value
        case JSON():
            return value
        case Boolean() if isinstance(value, bool):
            return value
        case Integer() if isinstance(value, int) and not isinstance(value, bool):
            return value
        case Text() if isinstance(value, str) and "\x00" not in value:
            return value
        case _:
            raise ValueError(f"{value!r:.40} is no {column.type}")


def read_line(table: Table, text: bytes) -> dict[str, Any]:
    """A row of a table from its line. Raises Refused where it is no row, or has what this installation does not know."""
    try:
        values = json.loads(text)
        if not isinstance(values, dict):
            raise TypeError("no object")
        unknown = set(values) - set(table.c.keys())
        if unknown:
            raise Refused(
                f"The export has {table.name}.{min(unknown)}, which this installation does not know: it comes from a newer one."
            )
        return {name: _from_json(table.c[name], value) for name, value in values.items()}
    except (ValueError, TypeError, AttributeError, InvalidOperation, RecursionError) as fault:
        raise Refused(f"A line of {table.name} is no row of it: {fault}"[:300]) from fault


class Renaming:
    """Identifiers that change on the way: of people who have an account already, of places that have other ones here."""

    def __init__(self) -> None:
        self.new: dict[UUID, UUID] = {}

    def apply(self, value: Any) -> Any:
        """A value with every identifier in it that changes, changed."""
        if not self.new:
            return value
        match value:
            case UUID():
                return self.new.get(value, value)
            case dict():
                return {key: self.apply(each) for key, each in value.items()}
            case list():
                return [self.apply(each) for each in value]
            case str() if len(value) == 36:
                return self._in_text(value)
            case _:
                return value

    def _in_text(self, value: str) -> str:
        try:
            found = self.new.get(UUID(value))
        except ValueError:
            return value
        return str(found) if found else value

"""How things are timed, and how a figure is held against its goal."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import event

from tia_hub.core.db import db


@dataclass(frozen=True)
class Figure:
    """One measured figure and its goal: `value` may not be over `goal`."""

    name: str
    value: float
    goal: float
    unit: str = ""

    @property
    def reached(self) -> bool:
        return self.value <= self.goal

    def __str__(self) -> str:
        mark = "ok  " if self.reached else "OVER"
        return f"{mark} {self.name:<68} {self.value:9.2f} {self.unit:<3} (goal: at most {self.goal:g})"


def milliseconds(call: Callable[[], Any]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def side_by_side(one: Callable[[], Any], other: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """Medians of two calls in ms, taken in turns, so that what disturbs one disturbs the other."""
    for call in (one, other):
        for _ in range(5):
            call()
    pairs = [(milliseconds(one), milliseconds(other)) for _ in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def percentile(values: list[float], share: float) -> float:
    """The value under which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@contextmanager
def recorded(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Every statement sent meanwhile, with its parameters as psycopg got them."""
    statements: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        statements.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)

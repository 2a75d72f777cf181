"""Hiding small counts of people so that no subtraction brings them back.

A table of counts with its totals is a network: every line adds up to its total, the totals to the grand total. A hidden cell
can be found out exactly as far as the shown numbers pin it down, and that is the most that can flow through the hidden cells
around it. So a small count is hidden, and further cells with it (complementary suppression), until the shown numbers allow
it any value from nothing up to the last one below the threshold. Empty and small look alike: both are None.

Counts of other tables over the same people must be shown with care: a table protects itself alone.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Counts = Sequence[Sequence[int]]
Shown = list[list[int | None]]


@dataclass(frozen=True)
class SuppressedTable:
    """A table of counts as it may be shown; None for every hidden cell, whatever the reason."""

    cells: Shown
    row_totals: list[int | None]
    column_totals: list[int | None]
    total: int | None


def hide_small(count: int, threshold: int) -> int | None:
    """A single count that is part of no sum: None where it is under the threshold, also where it is 0."""
    return count if count >= threshold else None


def hide_part(count: int, whole: int | None, threshold: int) -> int | None:
    """How many people of a whole something is true of: None where they are too few, or those of whom it is not.

    Also None where the whole is hidden: a part of it says how large it is at least.
    """
    if whole is None or 0 < whole - count < threshold:
        return None
    return hide_small(count, threshold)


def suppress(counts: Counts, threshold: int) -> SuppressedTable:
    """Hide what is under the threshold in a table of counts (rows of equal length) and its totals, and what would give it away.

    A single row is a list with a total. Raises ValueError for rows of different lengths or negative counts.
    """
    width = len(counts[0]) if counts else 0
    if any(len(row) != width for row in counts) or any(count < 0 for row in counts for count in row):
        raise ValueError("a table of counts has rows of one length and no negative numbers")
    if not width:
        return SuppressedTable(cells=[[] for _ in counts], row_totals=[None for _ in counts], column_totals=[], total=None)
    network = _Network(counts, threshold)
    network.protect()
    return network.shown()


class _Network:
    """The circulation: source → row → column → sink → source; an arc for each cell and each total, flowing its count."""

    def __init__(self, counts: Counts, threshold: int) -> None:
        self.rows, self.columns = len(counts), len(counts[0]) if counts else 0
        self.source, self.sink = self.rows + self.columns, self.rows + self.columns + 1
        self.threshold = threshold
        self.flow: dict[tuple[int, int], int] = {}
        for i, row in enumerate(counts):
            self.flow[self.source, i] = sum(row)
            for j, count in enumerate(row):
                self.flow[i, self.rows + j] = count
        for j in range(self.columns):
            self.flow[self.rows + j, self.sink] = sum(row[j] for row in counts)
        self.flow[self.sink, self.source] = sum(map(sum, counts))
        self.hidden: set[tuple[int, int]] = set()
        self.hidden_neighbours: dict[int, list[int]] = {}
        self.small = sorted(
            (arc for arc, count in self.flow.items() if count < threshold), key=lambda arc: (self.flow[arc], arc)
        )
        for arc in self.small:
            self._hide(arc)
        self.neighbours: dict[int, list[int]] = {}
        for a, b in self.flow:
            self.neighbours.setdefault(a, []).append(b)
            self.neighbours.setdefault(b, []).append(a)

    def _hide(self, arc: tuple[int, int]) -> None:
        if arc not in self.hidden:
            self.hidden.add(arc)
            self.hidden_neighbours.setdefault(arc[0], []).append(arc[1])
            self.hidden_neighbours.setdefault(arc[1], []).append(arc[0])

    def protect(self) -> None:
        """Hide cells until every small one could be anything from 0 up to just under the threshold."""
        for a, b in self.small:
            count = self.flow[a, b]
            self._make_room((a, b), b, a, self.threshold - 1 - count)
            self._make_room((a, b), a, b, count)

    def _make_room(self, arc: tuple[int, int], start: int, end: int, wanted: int) -> None:
        """Hide the least that lets `wanted` more flow from start to end past the arc: that is how far the arc can move."""
        moved: dict[tuple[int, int], int] = {}
        while wanted > 0:
            path = self._hidden_path(arc, start, end, moved) or self._cheapest_path(arc, start, end, moved)
            room = min(wanted, *(self._room(a, b, moved) for a, b in path))
            for a, b in path:
                forward = (a, b) in self.flow
                changed = (a, b) if forward else (b, a)
                self._hide(changed)
                moved[changed] = moved.get(changed, 0) + (room if forward else -room)
            wanted -= room

    def _hidden_path(
        self, arc: tuple[int, int], start: int, end: int, moved: dict[tuple[int, int], int]
    ) -> list[tuple[int, int]]:
        """A way from start to end through what is hidden already; empty where there is none. Depth first, as most are short."""
        visited = {start}
        nodes = [start]
        branches = [iter(self.hidden_neighbours.get(start, ()))]
        while branches:
            node = nodes[-1]
            if node != start and self._arc(node, end) in self.hidden and self._room(node, end, moved):
                return list(pairwise([*nodes, end]))
            for other in branches[-1]:
                open_ = other not in visited and self._arc(node, other) != arc and self._room(node, other, moved)
                if open_:
                    visited.add(other)
                    nodes.append(other)
                    branches.append(iter(self.hidden_neighbours[other]))
                    break
            else:
                nodes.pop()
                branches.pop()
        return []

    def _arc(self, a: int, b: int) -> tuple[int, int]:
        return (a, b) if (a, b) in self.flow else (b, a)

    def _cheapest_path(
        self, arc: tuple[int, int], start: int, end: int, moved: dict[tuple[int, int], int]
    ) -> list[tuple[int, int]]:
        """A way from start to end that hides as few people as possible.

        There always is one: through the totals, when nothing else is left.
        """
        cost = {start: 0}
        came: dict[int, int] = {}
        queue = [(0, start)]
        while queue:
            so_far, node = heapq.heappop(queue)
            if node == end:
                break
            if so_far > cost[node]:
                continue
            for other in self.neighbours[node]:
                step = self._arc(node, other)
                if step == arc or not self._room(node, other, moved):
                    continue
                price = so_far + self._price(step)
                if price < cost.get(other, price + 1):
                    cost[other], came[other] = price, node
                    heapq.heappush(queue, (price, other))
        path = []
        node = end
        while node != start:
            path.append((came[node], node))
            node = came[node]
        return path

    def _room(self, a: int, b: int, moved: dict[tuple[int, int], int]) -> int:
        """How much more can flow from a to b: without end along an arc, what flows already against it."""
        if (a, b) in self.flow:
            return 1 << 62
        return self.flow[b, a] + moved.get((b, a), 0)

    def _price(self, arc: tuple[int, int]) -> int:
        """What is lost by hiding a cell; totals are worth more than cells, as they tell more."""
        if arc in self.hidden:
            return 0
        return self.flow[arc] * (10 if self.source in arc or self.sink in arc else 1)

    def _show(self, a: int, b: int) -> int | None:
        return None if (a, b) in self.hidden else self.flow[a, b]

    def shown(self) -> SuppressedTable:
        """The table with its hidden cells."""
        return SuppressedTable(
            cells=[[self._show(i, self.rows + j) for j in range(self.columns)] for i in range(self.rows)],
            row_totals=[self._show(self.source, i) for i in range(self.rows)],
            column_totals=[self._show(self.rows + j, self.sink) for j in range(self.columns)],
            total=self._show(self.sink, self.source),
        )

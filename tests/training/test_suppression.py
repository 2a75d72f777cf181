"""Small counts stay hidden: for every hidden small cell there are other tables that show exactly the same numbers."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tia_hub.core.suppression import SuppressedTable, hide_small, suppress

Number = TypeVar("Number", int, int | None)


@st.composite
def tables(draw: st.DrawFn) -> list[list[int]]:
    width = draw(st.integers(1, 5))
    counts = st.one_of(st.integers(0, 12), st.integers(0, 200))
    return draw(st.lists(st.lists(counts, min_size=width, max_size=width), min_size=1, max_size=6))


thresholds = st.integers(2, 10)


def everything(table: SuppressedTable) -> list[list[int | None]]:
    """The table with its totals as a last column and a last row."""
    rows = [[*row, total] for row, total in zip(table.cells, table.row_totals, strict=True)]
    return [*rows, [*table.column_totals, table.total]]


def whole(counts: list[list[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


@given(tables(), thresholds)
def test_shown_numbers_are_true_and_never_small(counts: list[list[int]], threshold: int) -> None:
    for shown, true in zip(everything(suppress(counts, threshold)), whole(counts), strict=True):
        for number, count in zip(shown, true, strict=True):
            assert number is None or (number == count and number >= threshold)


@given(tables(), thresholds)
def test_no_line_has_a_single_hidden_number(counts: list[list[int]], threshold: int) -> None:
    """The plain subtraction: a total less everything else that is shown."""
    shown = everything(suppress(counts, threshold))
    for line in [*shown, *zip(*shown, strict=True)]:
        assert list(line).count(None) != 1


def all_tables(rows: int, columns: int, most: int) -> Iterator[list[list[int]]]:
    for numbers in product(range(most + 1), repeat=rows * columns):
        yield [list(numbers[i * columns : (i + 1) * columns]) for i in range(rows)]


def matches(shown: list[list[int | None]], table: list[list[int]]) -> bool:
    pairs = zip(shown, whole(table), strict=True)
    return all(number in (None, count) for line, true in pairs for number, count in zip(line, true, strict=True))


@pytest.mark.parametrize("threshold", [2, 3])
def test_whoever_tries_every_possible_table_learns_nothing_about_a_small_number(threshold: int) -> None:
    """By brute force, on all tables of two by two: each small cell can still be anything under the threshold."""
    candidates = [flat(whole(table)) for table in all_tables(2, 2, 5)]
    for counts in all_tables(2, 2, 3):
        shown = flat(everything(suppress(counts, threshold)))
        known = [(n, number) for n, number in enumerate(shown) if number is not None]
        possible = [each for each in candidates if all(each[n] == number for n, number in known)]
        for n, count in enumerate(flat(whole(counts))):
            if count < threshold:
                assert {each[n] for each in possible} >= set(range(threshold)), (counts, shown, n)


def flat(table: Sequence[Sequence[Number]]) -> list[Number]:
    return [number for line in table for number in line]


@given(tables(), thresholds, st.data())
def test_a_small_cell_can_be_moved_without_any_shown_number_changing(
    counts: list[list[int]], threshold: int, data: st.DataObject
) -> None:
    """In bigger tables: there is another table with the cell empty, or just under the threshold, as a search finds."""
    full = whole(counts)
    small = [(i, j) for i, row in enumerate(full) for j, count in enumerate(row) if count < threshold]
    if not small:
        return
    shown = everything(suppress(counts, threshold))
    i, j = data.draw(st.sampled_from(small))
    for wanted in (0, threshold - 1):
        assert can_be(shown, full, i, j, wanted)


def can_be(shown: list[list[int | None]], full: list[list[int]], i: int, j: int, wanted: int) -> bool:
    """Whether a table with this value in this cell shows the same: alternate steps through hidden cells until it is reached.

    Rows alternate with columns: raising a number in a line needs lowering another in it, or raising its total.
    """
    height, width = len(full), len(full[0])
    table = [list(row) for row in full]

    def sign(row: int, column: int) -> int:
        return (-1 if row == height - 1 else 1) * (-1 if column == width - 1 else 1)

    step = 1 if wanted > table[i][j] else -1
    while table[i][j] != wanted:
        # A cycle from (i, j) along row, column, row, … through hidden cells, back into column j
        start = (i, j, step)
        seen = {start}
        stack = [(start, [start])]
        found = None
        while stack and not found:
            (row, column, change), path = stack.pop()
            along_row = len(path) % 2 == 1
            for n in range(width if along_row else height):
                to = (row, n) if along_row else (n, column)
                if to == (row, column) or shown[to[0]][to[1]] is not None:
                    continue
                moved = -change * sign(row, column) * sign(*to)
                if to == (i, j):
                    if not along_row and moved == step and len(path) >= 4:
                        found = path
                    continue
                state = (*to, moved)
                if table[to[0]][to[1]] + moved < 0 or (*state, along_row) in seen:
                    continue
                seen.add((*state, along_row))
                stack.append((state, [*path, state]))
        if not found:
            return False
        for row, column, change in found:
            table[row][column] += change
    return matches(shown, [row[:-1] for row in table[:-1]])


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.lists(st.integers(0, 6), min_size=8, max_size=8))
def test_empty_and_small_look_alike(row: list[int], others: list[int]) -> None:
    other = [others[n] if count < 7 else count for n, count in enumerate(row)]
    hidden = [number is None for number in suppress([row], 7).cells[0] if number is None]
    for number, count in zip(suppress([row], 7).cells[0], row, strict=True):
        assert count >= 7 or number is None
    assert all(number is None for number, count in zip(suppress([other], 7).cells[0], row, strict=True) if count < 7)
    assert len(hidden) >= sum(count < 7 for count in row)


def test_what_is_big_enough_is_shown() -> None:
    assert everything(suppress([[7, 20], [9, 30]], 7)) == [[7, 20, 27], [9, 30, 39], [16, 50, 66]]


def test_one_small_number_takes_the_cheapest_other_with_it() -> None:
    shown = suppress([[3, 10, 40]], 7)
    assert shown.cells == [[None, None, 40]]
    assert shown.total == 53


def test_a_single_count() -> None:
    assert [hide_small(count, 7) for count in (0, 6, 7)] == [None, None, 7]


def test_nothing_to_count() -> None:
    assert suppress([], 7) == SuppressedTable(cells=[], row_totals=[], column_totals=[], total=None)


@pytest.mark.parametrize("counts", [[[1, 2], [3]], [[-1]]])
def test_no_table_of_counts(counts: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="rows of one length"):
        suppress(counts, 7)

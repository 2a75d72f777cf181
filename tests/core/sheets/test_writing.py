"""What is written is read again equal, and no cell of it is a formula."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tia_hub.core.forms import clean_text, fault_in_text
from tia_hub.core.sheets.reading import open_sheet
from tia_hub.core.sheets.types import SheetKind
from tia_hub.core.sheets.writing import neutralise, write_csv, write_sheet, write_xlsx

TEXT = st.text(max_size=30).map(clean_text).filter(lambda text: fault_in_text(text, 200) is None and not text.startswith("#"))
DANGEROUS = st.builds(
    lambda quotes, begin, rest: quotes + begin + rest, st.sampled_from(["", "'", "''"]), st.sampled_from("=+-@"), TEXT
)
ROWS = st.lists(st.tuples(TEXT | DANGEROUS.map(clean_text), TEXT), min_size=1, max_size=6)
FORMULAS = ["=cmd|' /C calc'!A0", "@SUM(A1)", "+441234", "-1", "'=x", "''@y", "'quoted", '=HYPERLINK("x","y")']


@pytest.mark.parametrize("kind", SheetKind)
@settings(max_examples=80, deadline=None)
@given(ROWS)
@example([(text, "x") for text in FORMULAS])
@example([('two\nlines, "quoted"; and\ttab', "‮ŵ 👩🏽‍🚒")])
@example([("#N/A x", "'")])
def test_what_is_written_is_read_equal(kind: SheetKind, rows: list[tuple[str, str]]) -> None:
    rows = [*rows, ("last", "row")]
    content = b"".join(write_sheet(kind, "People", ("One", "Two"), rows))
    sheet = open_sheet(content, f"people.{kind}")
    assert sheet.header == ("One", "Two")
    assert [row.cells for row in sheet.rows()] == [row for row in rows if any(row)]
    assert not sheet.is_doubtful


@given(st.text())
def test_neutralising_loses_nothing(text: str) -> None:
    kept = neutralise(text)
    assert not kept.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert kept in (text, f"'{text}")


def test_no_cell_of_a_csv_file_begins_a_formula() -> None:
    dangerous = [*FORMULAS, "\tx", "\rx"]
    content = b"".join(write_csv(dangerous, [dangerous] * 1_001))
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(read) == 1_002
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in read for cell in row)


def test_every_cell_of_an_excel_file_is_text() -> None:
    dangerous = [*FORMULAS, "#N/A", "12", "TRUE", ""]
    book = load_workbook(io.BytesIO(write_xlsx("People", [f"c{n}" for n in range(len(dangerous))], [dangerous])))
    (headings, cells) = book.worksheets[0].iter_rows()
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert [cell.value or "" for cell in cells] == dangerous
    assert cells[0].quotePrefix and headings[0].font.bold


def test_a_cell_longer_than_excel_keeps_is_no_file() -> None:
    with pytest.raises(ValueError, match="40000"):
        write_xlsx("People", ["One"], [["x" * 40_000]])

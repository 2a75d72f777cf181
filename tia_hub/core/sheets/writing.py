"""Writing sheets for others to open: no cell of theirs is ever a formula, and what is read again is equal."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tia_hub.core.sheets.types import LONGEST_CELL, SheetKind

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_WIDTH = 28
"""Width of a column, in characters."""
_ROWS_A_PIECE = 500


def neutralise(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: with ' before what would begin one.

    A text that begins with ' and then a formula gets one more, so that taking one off gives back every text.
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A CSV file piece by piece: UTF-8 with a mark that Excel knows it by, every cell neutralised."""
    piece = io.StringIO()
    piece.write("\ufeff")
    writer = csv.writer(piece)
    writer.writerow([neutralise(cell) for cell in header])
    for number, row in enumerate(rows, start=1):
        writer.writerow([neutralise(cell) for cell in row])
        if number % _ROWS_A_PIECE == 0:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def write_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """An Excel file with one sheet, every cell text. Raises ValueError for a cell longer than Excel keeps."""
    book = Workbook(write_only=True)
    book.properties.title = title
    book.properties.creator = "TIA Hub"
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for index in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTH
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")

    def cell(text: str) -> Any:
        if len(text) > LONGEST_CELL:
            raise ValueError(f"a cell of {len(text)} characters")
        made = WriteOnlyCell(sheet, value=text)
        # Whatever it begins with, it is text: "=…" would be taken for a formula, "#N/A" for an error.
        made.data_type = "s"
        if _FORMULA.match(text):
            # And text it stays when somebody edits the cell in Excel.
            made.quotePrefix = True
        return made

    headings = [cell(heading) for heading in header]
    for heading in headings:
        heading.font, heading.alignment = bold, wrapped
    sheet.append(headings)
    try:
        for row in rows:
            sheet.append([cell(text) for text in row])
    finally:
        # Also where a cell was refused: the sheet's temporary file is not left open.
        sheet.close()
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def write_sheet(kind: SheetKind, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[bytes]:
    """A file of a kind, as a download's pieces."""
    return write_csv(header, rows) if kind is SheetKind.CSV else [write_xlsx(title, header, rows)]

"""A report's document as an Excel file: a sheet for each section, every cell plain text or a number, never a formula."""

import io
import re
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from tia_hub.reports.presenters.document import Cell, Document, Section

BOLD = Font(bold=True)
WRAPPED = Alignment(wrap_text=True, vertical="top")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
FIRST_COLUMN = 60
OTHER_COLUMNS = 18
"""Widths of columns, in characters."""


def render_workbook(document: Document) -> bytes:
    """The bytes of the Excel file."""
    book = Workbook(write_only=True)
    book.properties.title = document.title
    book.properties.creator = "TIA Hub"
    for number, section in enumerate(document.sections):
        sheet = book.create_sheet(section.sheet)
        for column in range(1, 9):
            sheet.column_dimensions[get_column_letter(column)].width = FIRST_COLUMN if column == 1 else OTHER_COLUMNS
        if number == 0:
            _line(sheet, document.title, font=BOLD)
            for line in document.about:
                _line(sheet, line)
            sheet.append([])
        _write_section(sheet, section)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: WriteOnlyWorksheet, value: Cell, *, font: Font | None = None) -> Any:
    cell = WriteOnlyCell(sheet, value=CONTROL.sub("", value) if isinstance(value, str) else value)
    if isinstance(value, str):
        # Whatever it begins with, it is text: "=…" would be taken for a formula.
        cell.data_type = "s"
    cell.alignment = WRAPPED
    if font:
        cell.font = font
    return cell


def _line(sheet: WriteOnlyWorksheet, text: str, *, font: Font | None = None) -> None:
    sheet.append([_cell(sheet, text, font=font)])


def _write_section(sheet: WriteOnlyWorksheet, section: Section) -> None:
    _line(sheet, section.title, font=BOLD)
    for words in section.words:
        _line(sheet, words)
    for table in section.tables:
        sheet.append([])
        _line(sheet, table.caption, font=BOLD)
        sheet.append([_cell(sheet, cell, font=BOLD) for cell in table.head])
        for row in table.rows:
            sheet.append([_cell(sheet, cell) for cell in row])

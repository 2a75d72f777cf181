"""Opening a file as a sheet: name, content and parser have to agree on what it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath

from tia_hub.core.forms import clean_text, fault_in_text, show_text
from tia_hub.core.sheets.packages import ZIP_MAGIC, look_through
from tia_hub.core.sheets.texts import ASSUMED, find_format, read_records
from tia_hub.core.sheets.types import (
    LONGEST_CELL,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_EMPTY_ROWS,
    MOST_ROWS,
    Row,
    SheetKind,
    Unreadable,
    letter,
)
from tia_hub.core.sheets.workbooks import Book

DOUBTFUL_ROWS = 12
"""Rows that are shown to somebody who is asked whether the text is right."""

_ENDINGS = {
    ".csv": SheetKind.CSV,
    ".tsv": SheetKind.CSV,
    ".txt": SheetKind.CSV,
    ".xlsx": SheetKind.XLSX,
}
_OTHER_ENDINGS = {
    ".xlsm": "The file may have macros. Save it as “Excel workbook (.xlsx)”, which leaves them out, and upload that.",
    ".xlsb": "Save the file as “Excel workbook (.xlsx)” and upload that.",
    ".xls": "The file is in the format of Excel before 2007. Save it as “Excel workbook (.xlsx)” and upload that.",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNINGS = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"GIF8": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "a text document",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf\x27\x1c": "a compressed file",
    b"Rar!": "a compressed file",
    b"<?xml": "a web page or an XML file",
    b"<html": "a web page or an XML file",
    b"<!DOC": "a web page or an XML file",
    b"<svg": "a picture",
    ZIP_MAGIC: "a zip file or an Excel workbook",
}
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_USE = "Upload an Excel workbook (.xlsx) or a CSV file."


@dataclass(frozen=True)
class Sheet:
    """A file that was opened: its headings, and its rows to go through, as often as wanted."""

    kind: SheetKind
    header: tuple[str, ...]
    """The headings; one may be empty, none is there twice."""
    header_number: int
    """The row that the headings are in."""
    records: Callable[[], Iterator[tuple[int, list[str]]]] = field(repr=False)
    """The rows with their numbers, the headings' among them; rows that are missing are empty."""
    encoding: str = "utf-8"
    title: str = ""
    """The name of the worksheet that is read."""
    others: tuple[str, ...] = ()
    """The names of worksheets that are not read."""

    @property
    def is_doubtful(self) -> bool:
        """Whether its letters are a guess, which somebody has to confirm."""
        return self.encoding == ASSUMED

    def rows(self) -> Iterator[Row]:
        """The rows below the headings that are not empty. Raises Unreadable where the file breaks off or is too much."""
        found, last = 0, self.header_number
        for number, record in self.records():
            if number <= self.header_number:
                continue
            row = _row(number, record, len(self.header))
            if number - last > MOST_EMPTY_ROWS:
                raise Unreadable(
                    f"There are more than {MOST_EMPTY_ROWS:,} empty rows after row {last:,}. "
                    "Delete them and upload the file again."
                )
            if row is None:
                continue
            found, last = found + 1, number
            if found > MOST_ROWS:
                raise Unreadable(f"The file has more than {MOST_ROWS:,} rows. Upload the list in parts.")
            yield row

    def doubtful_rows(self) -> list[Row]:
        """The first rows with letters beyond the English alphabet, which tell whether the text is right."""
        return list(islice((row for row in self.rows() if not all(cell.isascii() for cell in row.cells)), DOUBTFUL_ROWS))


def open_sheet(content: bytes, name: str) -> Sheet:
    """Open an uploaded file of some name. Raises Unreadable, with what is wrong and what to do in words."""
    kind = _kind(content, name)
    if kind is SheetKind.CSV:
        how = find_format(content)
        return _with_header(Sheet(kind, (), 0, lambda: read_records(content, how), encoding=how.encoding))
    look_through(content)
    book = Book(content)
    return _with_header(Sheet(kind, (), 0, book.read_records, title=book.title, others=book.others))


def _kind(content: bytes, name: str) -> SheetKind:
    """What the name says, if the content bears it out."""
    ending = PurePath(name).suffix.lower()
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Upload the list in parts.")
    if not content.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("The file is empty.")
    if ending in _OTHER_ENDINGS:
        raise Unreadable(_OTHER_ENDINGS[ending])
    kind = _ENDINGS.get(ending)
    if kind is None:
        raise Unreadable(f"The file’s name has to end in .xlsx or .csv. {_USE}")
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Unreadable("The file is locked with a password. Save a copy without the password and upload that.")
        raise Unreadable(_OTHER_ENDINGS[".xls"])
    if kind is SheetKind.XLSX and content.startswith(ZIP_MAGIC):
        return kind
    beginning = content.lstrip()[:6].lower()
    for magic, what in _BEGINNINGS.items():
        if content.startswith(magic) or beginning.startswith(magic.lower()):
            raise Unreadable(f"The file’s name ends in {ending}, but it is {what}. {_USE}")
    if kind is SheetKind.XLSX:
        raise Unreadable(f"The file’s name ends in {ending}, but it is not an Excel workbook. {_USE}")
    return kind


def _with_header(sheet: Sheet) -> Sheet:
    for number, record in sheet.records():
        header = [clean_text(cell) for cell in record]
        while header and not header[-1]:
            header.pop()
        if header:
            _check_header(header)
            opened = Sheet(
                kind=sheet.kind,
                header=tuple(" ".join(heading.split()) for heading in header),
                header_number=number,
                records=sheet.records,
                encoding=sheet.encoding,
                title=sheet.title,
                others=sheet.others,
            )
            if next(opened.rows(), None) is None:
                raise Unreadable("The file has headings, but no rows below them.")
            return opened
        if number > MOST_EMPTY_ROWS:
            break
    raise Unreadable("The file has no headings: its first rows are empty.")


def _check_header(header: list[str]) -> None:
    if len(header) > MOST_COLUMNS:
        raise Unreadable(f"The file has {len(header):,} columns; it may have {MOST_COLUMNS}. Delete those that are not needed.")
    seen: dict[str, int] = {}
    for index, heading in enumerate(header):
        fault = fault_in_text(heading, 200)
        if fault:
            raise Unreadable(f"The heading of column {letter(index)} can’t be read: it is too long or has an odd character.")
        key = " ".join(heading.split()).casefold()
        if key and key in seen:
            raise Unreadable(
                f"Columns {letter(seen[key])} and {letter(index)} have the same heading, “{heading}”. "
                "Rename one of them, or delete it."
            )
        seen[key] = index


def _row(number: int, record: list[str], width: int) -> Row | None:
    """A row of the sheet; None where every cell is empty."""
    cells: list[str] = []
    fault = None
    for index, written in enumerate(record):
        if written.isascii() and written.isprintable():
            # As nearly all are, and nothing can be wrong with it but its length.
            cell = written.strip()
        else:
            cell = clean_text(written)
            if fault is None and fault_in_text(cell, LONGEST_CELL):
                fault = f"Cell {letter(index)}{number} has a character that can’t be stored. Type the text again."
            cell = show_text(cell)
        if len(cell) > LONGEST_CELL:
            raise Unreadable(f"Cell {letter(index)}{number} is far too long. Is a quotation mark missing there?")
        if fault is None and cell in _EXCEL_ERRORS:
            fault = f"Cell {letter(index)}{number} shows an error, {cell}. Type what it should say."
        cells.append(cell)
    if not any(cells):
        return None
    if any(cells[width:]):
        fault = fault or f"The row has a cell more than there are headings: {letter(width)}{number} or after it."
    return Row(number, tuple(cells[:width]) + ("",) * (width - len(cells)), fault)

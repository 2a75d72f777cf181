"""CSV as people save it: its encoding, what parts its cells, and its rows, one at a time."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tia_hub.core.sheets.types import Unreadable

DELIMITERS = (",", ";", "\t")
ASSUMED = "cp1252"
"""What a file that is no Unicode is taken for. Nothing in it tells, so a person is asked."""
SAVE_AS = "In Excel choose “Save as”, then “CSV UTF-8”."

_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before that of UTF-16, which it begins with.
    (codecs.BOM_UTF32_LE, None),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class CsvFormat:
    """How a CSV file is to be read."""

    encoding: str
    delimiter: str
    named: bool
    """Whether its first line names the delimiter, "sep=;", which Excel takes for no row."""


def find_encoding(content: bytes) -> str:
    """The encoding of a text: by its mark, else UTF-8 where that fits, else ASSUMED. Raises Unreadable."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            if encoding is None:
                break
            return _checked(content, encoding)
    if b"\0" in content:
        raise Unreadable(f"The file isn’t text that can be read. {SAVE_AS}")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _checked(content, ASSUMED)
    return "utf-8"


def _checked(content: bytes, encoding: str) -> str:
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\x00?\n|\r|\n", error.object[: error.start])) + 1
        raise Unreadable(f"Line {line:,} has letters that can’t be read: the file may be damaged. {SAVE_AS}") from error
    return encoding


def find_format(content: bytes) -> CsvFormat:
    """Encoding and delimiter of a CSV file. Raises Unreadable."""
    encoding = find_encoding(content)
    first = _lines(content, encoding).readline(200).strip()
    if len(first) == 5 and first.lower().startswith("sep="):
        return CsvFormat(encoding, first[-1], named=True)
    best = max(DELIMITERS, key=lambda delimiter: _cells_of_first_row(content, encoding, delimiter))
    return CsvFormat(encoding, best, named=False)


def _lines(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")


def _cells_of_first_row(content: bytes, encoding: str, delimiter: str) -> int:
    try:
        return next(
            (len(cells) for cells in csv.reader(_lines(content, encoding), delimiter=delimiter, strict=True) if cells), 0
        )
    except csv.Error:
        return 0


def read_records(content: bytes, how: CsvFormat) -> Iterator[tuple[int, list[str]]]:
    """Every row by its number, with its cells; what `write_csv` put before a formula is taken off. Raises Unreadable."""
    lines = _lines(content, how.encoding)
    if how.named:
        lines.readline()
    reader = csv.reader(lines, delimiter=how.delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(_words(number, error)) from error
        yield number, [cell[1:] if cell[:1] == "'" and _NEUTRALISED.match(cell) else cell for cell in cells]


def _words(number: int, error: csv.Error) -> str:
    if "field limit" in str(error):
        return f"Row {number:,} has a cell that is far too long. Is a quotation mark missing there?"
    return f'Row {number:,} has a quotation mark (") too many or too few, so that its cells can’t be told apart.'

"""What a sheet is made of, the limits that hold for every file, and why a file is refused."""

from dataclasses import dataclass
from enum import StrEnum

from tia_hub.core.errors import Refused

MOST_BYTES = 10 * 1024 * 1024
"""Bytes of a file."""
MOST_ROWS = 100_000
"""Rows of a sheet, its headings not counted."""
MOST_COLUMNS = 100
LONGEST_CELL = 32_767
"""Characters of a cell: as many as Excel keeps."""
MOST_EMPTY_ROWS = 1_000
"""Empty rows one after the other."""


class Unreadable(Refused):
    """A file is not what it says, is too large, or is damaged; the message says which and what to do."""


class SheetKind(StrEnum):
    """The two kinds of file."""

    CSV = "csv"
    XLSX = "xlsx"

    @property
    def mimetype(self) -> str:
        """The media type that a download is sent with."""
        return {
            "csv": "text/csv; charset=utf-8",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }[self.value]


@dataclass(frozen=True)
class Row:
    """A row below the headings, with a cell for each heading."""

    number: int
    """As a spreadsheet shows it: the headings are in row 1."""
    cells: tuple[str, ...]
    fault: str | None = None
    """Why the row can't be taken as it is, in words."""


def letter(index: int) -> str:
    """The letters of a column as a spreadsheet shows them; `index` counts from 0."""
    letters, rest = "", index + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters

"""Excel files read as a stream: whatever is in a sheet, one row of it is in memory, and the texts that cells share.

openpyxl's own stream keeps every element that it does not know and takes five times as long: see docs/adr/0014.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import IO
from xml.etree.ElementTree import Element, ParseError
from xml.parsers import expat

from defusedxml.ElementTree import fromstring
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from tia_hub.core.sheets.packages import BROKEN, DAMAGED, DEFINITIONS, TOO_LARGE, formula_words
from tia_hub.core.sheets.types import LONGEST_CELL, Unreadable, letter

MOST_WHOLE = 1024 * 1024
"""Bytes of a part that is held in memory as a tree: styles, names of sheets."""
MOST_SHARED = 48 * 1024 * 1024
"""Bytes of the part with the texts that cells share."""
MOST_TEXTS = 1_000_000
"""Texts that cells share."""
MOST_CELLS = 16_384
"""Cells of a row: as many as Excel has."""
LONGEST_TOKEN = 1024 * 1024
"""Bytes of one tag or comment, which the parser holds until it is complete."""
_CHUNK = 64 * 1024
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

CellValue = str | int | float | bool | date | datetime | time | timedelta | None


@lru_cache(maxsize=64)
def _local(tag: str) -> str:
    """An element's name without its namespace, of which there are two: the usual one and that of "Strict Open XML"."""
    return tag.rpartition("}")[2]


def _parser() -> expat.XMLParserType:
    def refuse(*_: object) -> None:
        raise Unreadable(DEFINITIONS)

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def _fed(parser: expat.XMLParserType, stream: IO[bytes]) -> Iterator[None]:
    """Have a part parsed piece by piece, with a stop after each."""
    fed = 0
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
            raise Unreadable(DAMAGED)
        yield
    parser.Parse(b"", True)
    yield


class _SharedTexts:
    """Collects the texts of `sharedStrings.xml`; how they are pronounced is left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._in_text = self._in_reading = False
        self.parser = _parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        match _local(tag):
            case "si":
                self._pieces.clear()
            case "rPh":
                self._in_reading = True
            case "t":
                self._in_text = not self._in_reading

    def _data(self, data: str) -> None:
        if self._in_text:
            self._pieces.append(data)

    def _end(self, tag: str) -> None:
        match _local(tag):
            case "t":
                self._in_text = False
            case "rPh":
                self._in_reading = False
            case "si":
                self.texts.append("".join(self._pieces))
                if len(self.texts) > MOST_TEXTS:
                    raise Unreadable("The file has more texts than a list needs. Upload the list in parts.")


class _Rows:
    """Collects the rows of a worksheet as they come by."""

    def __init__(self, texts: list[str], dates: dict[int, bool], epoch: datetime) -> None:
        self.ready: list[tuple[int, list[str]]] = []
        self._texts, self._dates, self._epoch = texts, dates, epoch
        self._row, self._column, self._cells = 0, -1, list[str]()
        self._kind, self._style, self._pieces, self._length = "n", 0, list[str](), 0
        self._collects = False
        self.parser = _parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    @property
    def _place(self) -> str:
        return f"{letter(self._column)}{self._row}"

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        match _local(tag):
            case "row":
                number = int(attributes.get("r", self._row + 1))
                if number <= self._row:
                    raise Unreadable(DAMAGED)
                self._row, self._column, self._cells = number, -1, []
            case "c":
                self._begin_cell(attributes)
            case "v" | "t":
                self._collects = True
            case "f":
                raise Unreadable(formula_words(self._place))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        column = coordinate_to_tuple(attributes["r"])[1] - 1 if "r" in attributes else self._column + 1
        if not self._column < column < MOST_CELLS:
            raise Unreadable(DAMAGED)
        self._column = column
        self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", 0))
        self._pieces, self._length = [], 0

    def _data(self, data: str) -> None:
        if self._collects:
            self._length += len(data)
            if self._length > LONGEST_CELL:
                raise Unreadable(f"Cell {self._place} is far too long. A cell may have {LONGEST_CELL:,} characters.")
            self._pieces.append(data)

    def _end(self, tag: str) -> None:
        match _local(tag):
            case "v" | "t":
                self._collects = False
            case "c":
                if self._pieces:
                    self._cells += [""] * (self._column - len(self._cells))
                    self._cells.append(self._text("".join(self._pieces)))
            case "row":
                self.ready.append((self._row, self._cells))

    def _text(self, written: str) -> str:
        match self._kind:
            case "s":
                return self._texts[int(written)]
            case "b":
                return as_text(written == "1")
            case "n":
                return as_text(self._number(written))
            case _:
                return written

    def _number(self, written: str) -> CellValue:
        number = float(written) if any(mark in written for mark in ".eE") else int(written)
        if self._style not in self._dates:
            return number
        moment: CellValue = from_excel(number, self._epoch, timedelta=self._dates[self._style])
        return moment


class Book:
    """An Excel file that was looked through: the first sheet that can be seen, and the names of the others."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self._open()
        except (*BROKEN, KeyError, ParseError, IndexError) as error:
            raise Unreadable(DAMAGED) from error

    def _tree(self, path: str) -> Element:
        if self._archive.getinfo(path).file_size > MOST_WHOLE:
            raise Unreadable(TOO_LARGE)
        return fromstring(self._archive.read(path))

    def _open(self) -> None:
        home = _target("", self._relations("")["officeDocument"][0][1])
        workbook = self._tree(home)
        relations = self._relations(home)
        self._epoch = WINDOWS_EPOCH
        seen: list[tuple[str, str]] = []
        worksheets = dict(relations.get("worksheet", ()))
        for node in workbook.iter():
            match _local(node.tag):
                case "workbookPr" if node.get("date1904") in ("1", "true"):
                    self._epoch = MAC_EPOCH
                case "sheet" if node.get("state", "visible") == "visible":
                    target = worksheets.get(node.get(_RELATION) or node.get(_STRICT_RELATION) or "")
                    if target:
                        seen.append((node.get("name", ""), _target(home, target)))
        if not seen:
            raise Unreadable("The workbook has no sheet that can be seen.")
        self.title, self._path = seen[0]
        self.others = tuple(name for name, _ in seen[1:])
        self._styles = next((_target(home, target) for _, target in relations.get("styles", ())), None)
        self._strings = next((_target(home, target) for _, target in relations.get("sharedStrings", ())), None)
        self._archive.getinfo(self._path)
        self._dates = self._read_dates()
        self._texts: list[str] | None = None

    def _relations(self, part: str) -> dict[str, list[tuple[str, str]]]:
        """What a part stands in relation to: by the last word of the relation's type, its identifier and target."""
        folder, name = posixpath.split(part)
        found: dict[str, list[tuple[str, str]]] = {}
        for node in self._tree(posixpath.join(folder, "_rels", f"{name}.rels")):
            kind = node.get("Type", "").rpartition("/")[2]
            found.setdefault(kind, []).append((node.get("Id", ""), node.get("Target", "")))
        return found

    def _read_dates(self) -> dict[int, bool]:
        """The styles of cells that show a number as a date or, where the value is True, as a length of time."""
        if self._styles is None:
            return {}
        styles = self._tree(self._styles)
        formats = dict(BUILTIN_FORMATS)
        places: list[str] = []
        for node in styles:
            if _local(node.tag) == "numFmts":
                formats |= {int(each.get("numFmtId", 0)): each.get("formatCode", "") for each in node}
            elif _local(node.tag) == "cellXfs":
                places = [formats.get(int(each.get("numFmtId", 0)), "General") for each in node]
        return {place: bool(is_timedelta_format(code)) for place, code in enumerate(places) if is_date_format(code)}

    def _shared_texts(self) -> list[str]:
        if self._texts is None:
            collected = _SharedTexts()
            if self._strings is not None:
                if self._archive.getinfo(self._strings).file_size > MOST_SHARED:
                    raise Unreadable(TOO_LARGE)
                with self._archive.open(self._strings) as stream:
                    for _ in _fed(collected.parser, stream):
                        pass
            self._texts = collected.texts
        return self._texts

    def read_records(self) -> Iterator[tuple[int, list[str]]]:
        """Every row that the sheet has, by its number, with its cells as text. Raises Unreadable."""
        last = 0
        try:
            rows = _Rows(self._shared_texts(), self._dates, self._epoch)
            with self._archive.open(self._path) as stream:
                for _ in _fed(rows.parser, stream):
                    for number, cells in rows.ready:
                        last = number
                        yield number, cells
                    rows.ready.clear()
        except (*BROKEN, expat.ExpatError, KeyError, IndexError, OverflowError) as error:
            raise Unreadable(f"The file is damaged after row {last:,}. Open it in Excel and save it again.") from error


def _target(part: str, target: str) -> str:
    """The path of a part that another one names, relative to it or to the whole."""
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def as_text(value: CellValue) -> str:
    """A cell's value as one would type it: no ".0" after a whole number, dates as 2027-03-09."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)

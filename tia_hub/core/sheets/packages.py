"""An Excel file as the zip file that it is: looked through before anything in it is unpacked for good."""

import io
import re
import zipfile
import zlib

from defusedxml.ElementTree import fromstring

from tia_hub.core.sheets.types import MOST_EMPTY_ROWS, MOST_ROWS, Unreadable

MOST_UNPACKED = 100 * 1024 * 1024
"""Bytes of all parts of a workbook together."""
MOST_PARTS = 1_000
HIGHEST_RATIO = 100
"""Bytes unpacked for each byte packed; a sheet full of one word has some thirty."""
SMALL = 5 * 1024 * 1024
"""Bytes unpacked that no ratio makes dangerous."""

DAMAGED = "The file is damaged or not complete. Open it in Excel, save it again and upload that."
TOO_LARGE = "The file unpacks to far more than a list needs. Copy the rows into a new workbook and upload that."
MACROS = "The file has macros. Save it as “Excel workbook (.xlsx)”, which leaves them out, and upload that."
FILES_INSIDE = "The file has other files inside it. Copy the rows into a new workbook and upload that."
DEFINITIONS = "The file has definitions inside it that no Excel workbook has. It was not read."

ZIP_MAGIC = b"PK\x03\x04"
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What reading a zip file raises where the file is not whole."""

_CHUNK = 256 * 1024
_OVERLAP = 64
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_CELL = re.compile(rb'r="([A-Z]{1,3}[0-9]{1,7})"')
_FORMULAS = (b"<f>", b"<f ", b"<f/")


def look_through(content: bytes) -> None:
    """Refuse a workbook that is none, or holds what a list of rows has no need of. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_directory(parts, len(content))
            _check_type(archive)
            for part in parts:
                _check_part(archive, part)
    except BROKEN as error:
        raise Unreadable(DAMAGED) from error


def _check_directory(parts: list[zipfile.ZipInfo], packed: int) -> None:
    names = [part.filename.lower() for part in parts]
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or (unpacked > SMALL and unpacked > HIGHEST_RATIO * packed):
        raise Unreadable(TOO_LARGE)
    if len(set(names)) < len(names):
        raise Unreadable(DAMAGED)
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unreadable("The file is locked with a password. Save a copy without the password and upload that.")
    if any("vbaproject" in name or name.startswith(("xl/macrosheets/", "xl/activex/")) for name in names):
        raise Unreadable(MACROS)
    if any(name.startswith("xl/externallinks/") or name == "xl/connections.xml" for name in names):
        raise Unreadable(
            "The file takes values from other files. Copy the cells, paste them as values into a new workbook and upload that."
        )
    if any(name.startswith("xl/embeddings/") for name in names):
        raise Unreadable(FILES_INSIDE)


def _check_type(archive: zipfile.ZipFile) -> None:
    try:
        manifest = archive.getinfo("[Content_Types].xml")
    except KeyError as error:
        raise Unreadable("The file is a zip file, not an Excel workbook.") from error
    _check_part(archive, manifest)
    try:
        types = {node.get("ContentType", "") for node in fromstring(archive.read(manifest))}
    except (SyntaxError, ValueError) as error:
        raise Unreadable(DAMAGED) from error
    if any("macroenabled" in kind.lower() for kind in types):
        raise Unreadable(MACROS)
    if _WORKBOOK not in types:
        raise Unreadable("The file is not an Excel workbook. In Excel choose “Save as”, then “Excel workbook (.xlsx)”.")


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Read a part once, in pieces that are thrown away. What is well hidden here, the reader refuses when it comes to it."""
    name = part.filename.lower()
    read, rows = 0, 0
    is_xml = name.endswith((".xml", ".rels"))
    is_sheet = is_xml and name.startswith("xl/worksheets/")
    before = b""
    with archive.open(part) as stream:
        while piece := stream.read(_CHUNK):
            if read == 0 and piece.startswith(ZIP_MAGIC):
                raise Unreadable(FILES_INSIDE)
            read += len(piece)
            if read > MOST_UNPACKED:
                raise Unreadable(TOO_LARGE)
            seen = before + piece
            if is_xml and (b"<!DOCTYPE" in seen or b"<!ENTITY" in seen):
                raise Unreadable(DEFINITIONS)
            if is_sheet:
                rows += seen.count(b"<row") - before.count(b"<row")
                _check_rows(rows)
                _check_formulas(seen)
            before = seen[-_OVERLAP:]


def _check_rows(rows: int) -> None:
    if rows > MOST_ROWS + MOST_EMPTY_ROWS:
        raise Unreadable(
            f"The file has more than {MOST_ROWS:,} rows. Empty rows count where they have a format: delete them, "
            "or upload the list in parts."
        )


def _check_formulas(piece: bytes) -> None:
    for formula in _FORMULAS:
        place = piece.find(formula)
        if place >= 0:
            cells = _CELL.findall(piece[max(0, place - 500) : place])
            raise Unreadable(formula_words(cells[-1].decode() if cells else None))


def formula_words(cell: str | None) -> str:
    """Why a workbook with a formula is refused."""
    where = f"Cell {cell}" if cell else "A cell"
    return f"{where} has a formula. Copy the cells, paste them as values into a new workbook and upload that."

"""Files that tests upload: good ones, and those that somebody made to do harm."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADER = ("Name", "Email address")


def xlsx(*rows: Sequence[Any], title: str = "Staff") -> bytes:
    """A workbook as openpyxl writes it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(content: bytes, parts: dict[str, bytes | None], *, also: Iterable[zipfile.ZipInfo] = ()) -> bytes:
    """A workbook with some parts replaced, added, or left out where None."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            if part.filename not in parts:
                target.writestr(part.filename, source.read(part))
        for name, data in parts.items():
            if data is not None:
                target.writestr(name, data)
    return file.getvalue()


def with_sheet(body: bytes, *, before: bytes = b"") -> bytes:
    """A workbook whose only sheet has this as its `sheetData`."""
    sheet = (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        + before
        + b'<worksheet xmlns="'
        + MAIN.encode()
        + b'"><sheetData>'
        + body
        + b"</sheetData></worksheet>"
    )
    return changed(xlsx(HEADER), {"xl/worksheets/sheet1.xml": sheet})


def inline(reference: str, text: str) -> bytes:
    """A cell with its own text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


def row(number: int, *texts: str) -> bytes:
    """A row of a sheet's XML."""
    cells = b"".join(inline(f"{chr(65 + index)}{number}", text) for index, text in enumerate(texts))
    return f'<row r="{number}">'.encode() + cells + b"</row>"

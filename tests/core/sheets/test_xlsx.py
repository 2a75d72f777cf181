"""Excel files: read as openpyxl reads them, and refused where they are more than a list."""

import io
import time
import zipfile
from datetime import date, datetime, timedelta
from datetime import time as clock
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from tests.core.sheets.files import HEADER, MAIN, changed, inline, row, with_sheet, xlsx
from tia_hub.core.sheets.reading import open_sheet
from tia_hub.core.sheets.types import Row, Unreadable
from tia_hub.core.sheets.workbooks import as_text

GOOD = xlsx(HEADER, ("Siân Wŷn", "sian@example.org"))
RELATIONS = zipfile.ZipFile(io.BytesIO(GOOD)).read("xl/_rels/workbook.xml.rels")


def read(content: bytes, name: str = "staff.xlsx") -> list[Row]:
    return list(open_sheet(content, name).rows())


def test_a_workbook_is_read_with_the_numbers_of_its_rows() -> None:
    content = xlsx((), HEADER, ("Sam", "s@example.org"), (), ("Max", None))
    sheet = open_sheet(content, "Staff.XLSX")
    assert sheet.header_number == 2
    assert list(sheet.rows()) == [Row(3, ("Sam", "s@example.org")), Row(5, ("Max", ""))]
    assert list(sheet.rows()) == list(sheet.rows())


def test_the_first_sheet_that_can_be_seen_is_read_and_the_others_named() -> None:
    book = Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.sheet_state = "hidden"
    for title in ("Staff", "Notes"):
        sheet = book.create_sheet(title)
        sheet.append(["Name"])
        sheet.append([title])
    file = io.BytesIO()
    book.save(file)
    opened = open_sheet(file.getvalue(), "staff.xlsx")
    assert (opened.title, opened.others) == ("Staff", ("Notes",))
    assert [row.cells for row in opened.rows()] == [("Staff",)]


def test_values_are_as_one_would_type_them() -> None:
    values = [12, 12.0, 12.5, True, date(2027, 3, 9), datetime(2027, 3, 9, 14, 30), clock(14, 30), timedelta(hours=30)]  # noqa: DTZ001
    content = xlsx([f"c{number}" for number in range(len(values))], values)
    assert read(content)[0].cells == (
        "12", "12", "12.5", "TRUE", "2027-03-09", "2027-03-09T14:30:00", "14:30:00", "1 day, 6:00:00",
    )  # fmt: skip


def test_texts_that_cells_share_are_read_without_how_they_are_pronounced() -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>Name</t></si><si><r><t>Sam </t></r><r><t>Field</t></r><rPh><t>saying</t></rPh></si></sst>'
    ).encode()
    shared = b'<Relationship Type="http://x/sharedStrings" Target="sharedStrings.xml" Id="r9"/>'
    content = changed(
        with_sheet(b'<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'),
        {"xl/sharedStrings.xml": strings, "xl/_rels/workbook.xml.rels": RELATIONS.replace(b"</Rel", shared + b"</Rel")},
    )
    assert read(content) == [Row(2, ("Sam Field",))]


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"), max_size=20).filter(
        lambda text: not text.startswith("=") and text not in ("#N/A",)
    ),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5))
def test_every_cell_is_what_openpyxl_reads(rows: list[list[Any]]) -> None:
    content = xlsx(("A", "B", "C"), *rows)
    (expected,) = load_workbook(io.BytesIO(content), read_only=True).worksheets
    records = dict(open_sheet(content, "x.xlsx").records()) if any(map(as_text, chain.from_iterable(rows))) else {}
    for number, cells in records.items():
        wanted = [as_text(value) for value in next(expected.iter_rows(number, number, 1, 3, values_only=True))]
        assert cells + [""] * (3 - len(cells)) == wanted


def entity_bomb() -> bytes:
    before = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return with_sheet(row(1, "Name") + row(2, "&b;"), before=before)


def hidden_entity_bomb() -> bytes:
    """In an encoding that a search for the letters does not find."""
    text = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "aa">]><worksheet xmlns="{MAIN}"/>'
    return changed(GOOD, {"xl/worksheets/sheet1.xml": text.encode("utf-16")})


def hidden_formula() -> bytes:
    """Under another prefix than Excel's."""
    text = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:f>1+1</x:f><x:v>2</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>"
    )
    return changed(GOOD, {"xl/worksheets/sheet1.xml": text.encode()})


def locked() -> bytes:
    content = bytearray(GOOD)
    start = 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        content[start + 8] |= 1
        start += 1
    return bytes(content)


def twice_the_same_part() -> bytes:
    file = io.BytesIO(GOOD)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("XL/WORKSHEETS/sheet1.xml", b"<worksheet/>")
    return file.getvalue()


TYPES = zipfile.ZipFile(io.BytesIO(GOOD)).read("[Content_Types].xml")
WORKBOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)

HOSTILE: dict[str, tuple[str, Any, str]] = {
    "a renamed PDF": ("staff.xlsx", lambda: b"%PDF-1.7\n" + bytes(2_000), "it is a PDF document"),
    "a PDF as CSV": ("staff.csv", lambda: b"%PDF-1.7\n" + b"x" * 2_000, "it is a PDF document"),
    "a workbook as CSV": ("staff.csv", lambda: GOOD, "a zip file or an Excel workbook"),
    "CSV as a workbook": ("staff.xlsx", lambda: b"Name,Email\nSam,s@example.org\n", "not an Excel workbook"),
    "a web page": ("staff.csv", lambda: b"\n<!doctype html><html>", "a web page"),
    "a picture with a script": ("staff.csv", lambda: b"GIF89a/*\n*/=1;alert(1)", "a picture"),
    "another ending": ("staff.exe", lambda: GOOD, "has to end in .xlsx or .csv"),
    "no ending": ("../../etc/passwd", lambda: GOOD, "has to end in .xlsx or .csv"),
    "a long name": ("x" * 300 + ".pdf\x00.xlsx.pdf", lambda: GOOD, "has to end in .xlsx or .csv"),
    "a name for macros": ("staff.xlsm", lambda: GOOD, "macros"),
    "macros inside": ("staff.xlsx", lambda: changed(GOOD, {"xl/vbaProject.bin": b"x"}), "macros"),
    "declared as with macros": (
        "staff.xlsx",
        lambda: changed(
            GOOD,
            {"[Content_Types].xml": TYPES.replace(WORKBOOK, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")},
        ),
        "macros",
    ),
    "the old format": ("staff.xls", lambda: OLE, "before 2007"),
    "the old format renamed": ("staff.xlsx", lambda: OLE, "before 2007"),
    "a workbook with a password": ("staff.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    "a zip with a password": ("staff.xlsx", locked, "password"),
    "a Word document": (
        "staff.xlsx",
        lambda: changed(GOOD, {"[Content_Types].xml": TYPES.replace(b"spreadsheetml.sheet", b"wordprocessingml.document")}),
        "not an Excel workbook",
    ),
    "a plain zip": ("staff.xlsx", lambda: changed(GOOD, {"[Content_Types].xml": None}), "a zip file"),
    "a formula": ("staff.xlsx", lambda: xlsx(HEADER, ("Sam", "=cmd|' /C calc'!A0")), "Cell B2 has a formula"),
    "a formula under another prefix": ("staff.xlsx", hidden_formula, "Cell A1 has a formula"),
    "links to other files": (
        "staff.xlsx",
        lambda: changed(GOOD, {"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        "other files",
    ),
    "a zip inside": ("staff.xlsx", lambda: changed(GOOD, {"xl/media/a.png": GOOD}), "files inside"),
    "an embedded file": ("staff.xlsx", lambda: changed(GOOD, {"xl/embeddings/a.bin": b"x"}), "files inside"),
    "an entity bomb": ("staff.xlsx", entity_bomb, "definitions"),
    "an entity bomb in disguise": ("staff.xlsx", hidden_entity_bomb, "definitions"),
    "a zip bomb": ("staff.xlsx", lambda: changed(GOOD, {"xl/media/a.bin": bytes(40_000_000)}), "unpacks to far more"),
    "a bomb of styles": (
        "staff.xlsx",
        lambda: changed(GOOD, {"xl/styles.xml": b"<styleSheet>" + b"<xf/>" * 400_000 + b"</styleSheet>"}),
        "unpacks to far more",
    ),
    "too many parts": (
        "staff.xlsx",
        lambda: changed(GOOD, {f"xl/media/{n}.png": b"" for n in range(1_001)}),
        "unpacks to far more",
    ),
    "two parts of one name": ("staff.xlsx", twice_the_same_part, "damaged"),
    "a million empty rows": (
        "staff.xlsx",
        lambda: with_sheet(row(1, "Name") + row(2, "Sam") + b"".join(b'<row r="%d" s="1"/>' % n for n in range(3, 1_000_003))),
        "unpacks to far more|more than 100,000 rows",
    ),
    "empty rows under the limit": (
        "staff.xlsx",
        lambda: with_sheet(row(1, "Name") + row(2, "Sam") + b"".join(b'<row r="%d"/>' % n for n in range(3, 5_000))),
        "1,000 empty rows after row 2",
    ),
    "a row at the very end": (
        "staff.xlsx",
        lambda: with_sheet(row(1, "Name") + row(2, "Sam") + row(1_048_576, "x")),
        "empty rows",
    ),
    "5,000 columns": ("staff.xlsx", lambda: xlsx([f"c{number}" for number in range(5_000)], [1]), "5,000 columns"),
    "a cell of 10 MB": ("staff.xlsx", lambda: with_sheet(row(1, "Name") + row(2, "y" * 4_000_000)), "A2 is far too long"),
    "a tag of 4 MB": ("staff.xlsx", lambda: with_sheet(row(1, "Name") + b"<!-- " + b"< " * 2_000_000 + b"-->"), "damaged"),
    "rows in no order": ("staff.xlsx", lambda: with_sheet(row(1, "Name") + row(3, "Sam") + row(2, "Max")), "damaged"),
    "cells in no order": (
        "staff.xlsx",
        lambda: with_sheet(b"<row>" + inline("B1", "x") + inline("A1", "y") + b"</row>"),
        "damaged",
    ),
    "a text that is not there": ("staff.xlsx", lambda: with_sheet(b'<row><c t="s"><v>7</v></c></row>'), "damaged"),
    "a number that is none": ("staff.xlsx", lambda: with_sheet(b"<row><c><v>x</v></c></row>"), "damaged"),
    "no workbook": ("staff.xlsx", lambda: changed(GOOD, {"xl/workbook.xml": None}), "damaged"),
    "no sheet": ("staff.xlsx", lambda: changed(GOOD, {"xl/worksheets/sheet1.xml": None}), "damaged"),
    "truncated": ("staff.xlsx", lambda: GOOD[:-300], "damaged"),
    "truncated XML": ("staff.xlsx", lambda: changed(GOOD, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"}), "damaged"),
    "a part that is not what was packed": (
        "staff.xlsx",
        lambda: GOOD.replace(b"PK\x03\x04", b"PK\x03\x05", 3),
        "not an Excel|damaged",
    ),
    "headings alone": ("staff.xlsx", lambda: xlsx(HEADER), "no rows"),
    "nothing": ("staff.xlsx", lambda: b"", "empty"),
    "a sheet with nothing": ("staff.xlsx", lambda: with_sheet(b""), "no headings"),
    "two headings alike": ("staff.xlsx", lambda: xlsx(("Name", "Name "), ("a", "b")), "Columns A and B have the same heading"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_list_is_refused_at_once_with_the_reason(what: str) -> None:
    name, make, words = HOSTILE[what]
    content = make()
    start = time.process_time()
    with pytest.raises(Unreadable, match=words):
        read(content, name)
    assert time.process_time() - start < 1

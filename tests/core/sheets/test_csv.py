"""CSV files as people save them."""

import pytest

from tia_hub.core.sheets.reading import open_sheet
from tia_hub.core.sheets.types import Row, Unreadable

PLAIN = "Name,Email address\r\nSiân Wŷn,sian@example.org\r\n"


def read(content: bytes, name: str = "staff.csv") -> list[Row]:
    return list(open_sheet(content, name).rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_unicode_is_read_whatever_parts_its_cells(encoding: str, delimiter: str) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    content = (mark + PLAIN.replace(",", delimiter)).encode(encoding)
    sheet = open_sheet(content, "Staff.CSV")
    assert sheet.header == ("Name", "Email address")
    assert list(sheet.rows()) == [Row(2, ("Siân Wŷn", "sian@example.org"))]
    assert not sheet.is_doubtful


def test_what_is_no_unicode_is_taken_for_windows_letters_and_shown() -> None:
    text = "Name;Email address\nPlain,plain@example.org\nZoë O’Brien;zoe@example.org\n"
    sheet = open_sheet(text.encode("cp1252"), "staff.csv")
    assert sheet.is_doubtful
    assert sheet.doubtful_rows() == [Row(3, ("Zoë O’Brien", "zoe@example.org"))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Name,Email\nZo\x81,z@example.org\n", "Line 2"),
        (b"\xef\xbb\xbfName,Email\nok,o@example.org\nZo\xeb,z@example.org\n", "Line 3"),
        (b"\xff\xfe" + "Name,Email\n".encode("utf-16-le") + b"\x00\xd8a\x00", "Line 2"),
        ("Name,Email\nSam,s@example.org\n".encode("utf-16-le"), "isn’t text"),
        ("\ufeffName,Email\nSam,s@example.org\n".encode("utf-32-le"), "isn’t text"),
        (b"Name,Email\nSam\x00,s@example.org\n", "isn’t text"),
    ],
)
def test_letters_that_can_not_be_read_are_refused(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(content)


def test_over_long_utf_8_is_never_taken_for_what_it_hides() -> None:
    sheet = open_sheet(b"Name,Email\n\xc0\xbcscript\xc0\xbe,s@example.org\n", "staff.csv")
    assert sheet.is_doubtful
    assert "<" not in next(sheet.rows()).cells[0]


def test_rows_have_the_numbers_that_a_spreadsheet_shows() -> None:
    content = b'Name,Email\r\n"One\nover\r\ntwo lines",1@example.org\rTwo,2@example.org\n\n,\nFive,5@example.org'
    assert read(content) == [
        Row(2, ("One\nover\ntwo lines", "1@example.org")),
        Row(3, ("Two", "2@example.org")),
        Row(6, ("Five", "5@example.org")),
    ]


def test_a_first_line_that_names_the_delimiter_is_no_row() -> None:
    assert read(b"sep=;\r\nName;Email\r\nSam, Field;s@example.org\r\n") == [Row(2, ("Sam, Field", "s@example.org"))]


def test_headings_may_hold_another_delimiter() -> None:
    sheet = open_sheet(b'"Name, in full";Email\n"Field; Sam";s@example.org\n', "staff.csv")
    assert sheet.header == ("Name, in full", "Email")
    assert list(sheet.rows()) == [Row(2, ("Field; Sam", "s@example.org"))]


def test_text_is_composed_and_trimmed() -> None:
    assert read("Name,Email\n  Ame\u0301lie ,a@example.org\n".encode()) == [Row(2, ("Amélie", "a@example.org"))]


def test_letters_of_all_kinds_come_through() -> None:
    name = "‮مرحبا 👩🏽‍🚒 ŵ 𝒜 é"
    assert read(f"Name,Email\n{name},a@example.org\n".encode())[0].cells[0] == name


def test_a_row_at_fault_says_which_cell() -> None:
    rows = read(b"Name,Email\nBell\x07,b@example.org\nOne,two,three\n#N/A,n@example.org\nShort\n")
    assert [row.number for row in rows] == [2, 3, 4, 5]
    assert "Cell A2" in (rows[0].fault or "")
    assert rows[0].cells[0] == "Bell\ufffd"
    assert "C3" in (rows[1].fault or "")
    assert "#N/A" in (rows[2].fault or "")
    assert rows[3] == Row(5, ("Short", ""))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"Name,Email\n", "no rows"),
        (b"Name,Email\n,\n , \n", "no rows"),
        (b"\n" * 1_500 + b"Name,Email\nSam,s@example.org\n", "no headings"),
        (b"Name,Email,name \nSam,s@example.org,Sam\n", "Columns A and C have the same heading"),
        (b",".join(b"c%d" % number for number in range(5_000)) + b"\n1\n", "5,000 columns"),
        (b"Name\n" + b"x" * 10_000_000, "Row 2"),
        (b'Name,Email\nSam,"s@example.org\nMax,m@example.org\n', "Row 2"),
        (b'Name,Email\nSam,s@example.org\nMax,"m"x\n', "Row 3"),
        (b"Name\n" + b"y" * 40_000, "A2"),
        (b"Name\nSam\n" + b"\n" * 1_500 + b"Max\n", "empty rows after row 2"),
        (b"Name\x07,Email\nSam,s@example.org\n", "heading of column A"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(content)


def test_more_rows_than_can_be_read_are_refused() -> None:
    with pytest.raises(Unreadable, match="more than 100,000 rows"):
        read(b"Name\n" + b"x\n" * 100_001)

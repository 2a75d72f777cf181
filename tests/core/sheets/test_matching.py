"""Columns are found by name, by another name, and by a name misspelt."""

import pytest

from tia_hub.core.sheets.matching import Column, match_columns
from tia_hub.core.sheets.types import letter

COLUMNS = (
    Column(key="name", label="Name", others=("Full name", "Employee")),
    Column(key="email", label="Work email address", others=("Email", "Email address")),
    Column(key="manager", label="Manager’s email address", others=("Line manager",)),
)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (("Name", "Work email address"), {"name": 0, "email": 1}),
        (("E-MAIL", " full_name "), {"name": 1, "email": 0}),
        (("Manager's e-mail address", "Work e-mail address"), {"manager": 0, "email": 1}),
        (("Nmae", "Emial adress"), {"name": 0, "email": 1}),
        (("Line manger", "Email"), {"manager": 0, "email": 1}),
        (("", "?", "Shoe size"), {}),
        (("Name", "Full name"), {"name": 0}),
    ],
)
def test_columns_are_found(header: tuple[str, ...], found: dict[str, int]) -> None:
    assert match_columns(header, COLUMNS) == found


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    assert [letter(index) for index in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]

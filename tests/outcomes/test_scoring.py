"""The rules of readings: what can be a value, how it is written, when it is old."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tia_hub.outcomes.scoring import LARGEST, Unreadable, format_number, is_stale, next_due, read_number
from tia_hub.outcomes.types import Frequency, IndicatorKind

NUMBERS = st.decimals(min_value=0, max_value=LARGEST, places=3)
TIMED = [frequency for frequency in Frequency if frequency.months]


@given(NUMBERS)
def test_a_number_is_read_back_as_it_was_written(value: Decimal) -> None:
    assert read_number(IndicatorKind.NUMBER, format_number(IndicatorKind.NUMBER, value)) == value


@given(st.decimals(min_value=0, max_value=100, places=3))
def test_a_percentage_is_read_back_as_it_was_written(value: Decimal) -> None:
    assert read_number(IndicatorKind.PERCENTAGE, format_number(IndicatorKind.PERCENTAGE, value)) == value


@given(NUMBERS)
def test_a_percentage_is_from_0_to_100_and_nothing_else(value: Decimal) -> None:
    if value <= 100:
        assert read_number(IndicatorKind.PERCENTAGE, f"{value:f}") == value
    else:
        with pytest.raises(Unreadable, match="between 0 and 100"):
            read_number(IndicatorKind.PERCENTAGE, f"{value:f}")


@given(st.decimals(min_value=0, max_value=20, places=3))
def test_a_scale_is_from_1_to_5_and_nothing_else(value: Decimal) -> None:
    if 1 <= value <= 5:
        assert read_number(IndicatorKind.SCALE, f"{value:f}") == value
    else:
        with pytest.raises(Unreadable, match="between 1 and 5"):
            read_number(IndicatorKind.SCALE, f"{value:f}")


@given(st.text(max_size=30), st.sampled_from([kind for kind in IndicatorKind if kind is not IndicatorKind.WORDS]))
def test_whatever_is_typed_is_a_value_or_words_about_it(typed: str, kind: IndicatorKind) -> None:
    try:
        value = read_number(kind, typed)
    except Unreadable as fault:
        assert str(fault)
    else:
        assert 0 <= value <= LARGEST
        assert value == round(value, 3)


@pytest.mark.parametrize(
    "typed", ["", "-1", "1e5", "NaN", "Infinity", "١٢", "1,2", "1.2.3", "12 %", "about 5", "0x10", "1_000"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_number(IndicatorKind.NUMBER, typed)


@pytest.mark.parametrize(
    ("kind", "typed", "written"),
    [
        (IndicatorKind.NUMBER, "1250", "1,250"),
        (IndicatorKind.NUMBER, "£1,250.50", "1,250.5"),
        (IndicatorKind.PERCENTAGE, "45 %", "45%"),
        (IndicatorKind.PERCENTAGE, "100", "100%"),
        (IndicatorKind.SCALE, "3.70", "3.7 of 5"),
    ],
)
def test_values_are_written_as_people_write_them(kind: IndicatorKind, typed: str, written: str) -> None:
    assert format_number(kind, read_number(kind, typed)) == written


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.sampled_from(TIMED), st.integers(-800, 800))
def test_a_reading_is_old_after_the_day_the_next_was_due(last: date, frequency: Frequency, days: int) -> None:
    due = next_due(last, frequency)
    assert due is not None
    assert is_stale(last, frequency, due + timedelta(days=days)) is (days > 0)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 100_000))
def test_what_is_read_now_and_then_is_never_old(last: date, days: int) -> None:
    assert not is_stale(last, Frequency.OPEN, last + timedelta(days=days))


def test_a_month_from_the_last_of_january_is_the_last_of_february() -> None:
    assert next_due(date(2027, 1, 31), Frequency.MONTHLY) == date(2027, 2, 28)

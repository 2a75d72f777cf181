"""When schedules fall due: on the promised local day and time, over both clock changes, and never twice."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tia_hub.core.schedules.recurrence import Frequency, instant, next_instant, nth_day

LONDON = ZoneInfo("Europe/London")
ZONE = "Europe/London"

days = st.dates(date(2024, 1, 1), date(2034, 12, 31))
times = st.times().map(lambda each: each.replace(second=0, microsecond=0, fold=0))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone


def series(first_on: date, frequency: Frequency, local_time: time, count: int) -> list[datetime]:
    """The first instants of a schedule, each asked for from the one before, as the sweep does."""
    found = [next_instant(first_on, frequency, local_time, ZONE, after=datetime(2000, 1, 1, tzinfo=UTC))]
    while len(found) < count:
        found.append(next_instant(first_on, frequency, local_time, ZONE, after=found[-1]))
    return found


@settings(deadline=None)
@given(days, st.sampled_from(Frequency), times)
def test_none_is_missed_and_none_comes_twice(first_on: date, frequency: Frequency, local_time: time) -> None:
    found = series(first_on, frequency, local_time, 15)
    assert found == sorted(set(found))
    assert [each.astimezone(LONDON).date() for each in found] == [nth_day(first_on, frequency, n) for n in range(15)]


@settings(deadline=None)
@given(days, st.sampled_from(Frequency), times, moments)
def test_the_next_is_later_and_nothing_lies_between(
    first_on: date, frequency: Frequency, local_time: time, after: datetime
) -> None:
    found = next_instant(first_on, frequency, local_time, ZONE, after=after)
    assert found > after
    # From 2024 to 2036 there are 4,400 days.
    n = next(n for n in range(4500) if instant(nth_day(first_on, frequency, n), local_time, ZONE) == found)
    assert n == 0 or instant(nth_day(first_on, frequency, n - 1), local_time, ZONE) <= after


@settings(deadline=None)
@given(days, st.sampled_from(Frequency), times)
def test_the_clock_on_the_wall_says_what_was_promised(first_on: date, frequency: Frequency, local_time: time) -> None:
    for found in series(first_on, frequency, local_time, 15):
        local = found.astimezone(LONDON)
        skipped = local.date().month == 3 and local.weekday() == 6 and local.date().day >= 25 and local_time.hour == 1
        assert local.time() == (local_time.replace(hour=2) if skipped else local_time)


def test_an_hour_that_the_clocks_skip_moves_on_by_that_hour() -> None:
    assert instant(date(2026, 3, 29), time(1, 30), ZONE) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    found = series(date(2026, 3, 22), Frequency.WEEKLY, time(1, 30), 3)
    assert [each.astimezone(LONDON).strftime("%d %H:%M") for each in found] == ["22 01:30", "29 02:30", "05 01:30"]


def test_an_hour_that_comes_twice_counts_once() -> None:
    found = series(date(2026, 10, 18), Frequency.WEEKLY, time(1, 30), 3)
    assert found[1] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert [(b - a) for a, b in itertools.pairwise(found)] == [timedelta(days=7), timedelta(days=7, hours=1)]


def test_a_month_without_that_day_takes_its_last_and_the_day_is_not_forgotten() -> None:
    found = [nth_day(date(2028, 1, 31), Frequency.MONTHLY, n) for n in range(5)]
    assert found == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30), date(2028, 5, 31)]
    assert nth_day(date(2028, 11, 30), Frequency.QUARTERLY, 1) == date(2029, 2, 28)
    assert nth_day(date(2028, 2, 29), Frequency.ANNUALLY, 4) == date(2032, 2, 29)

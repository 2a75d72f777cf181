"""When a schedule falls due: arithmetic on local days, so that both clock changes come out right."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta


class Frequency(StrEnum):
    """How often."""

    DAILY = "daily"
    """For the service's own work; nobody is offered it for reports."""
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUALLY = "annually"

    @property
    def words(self) -> str:
        """As people say it."""
        return {
            "daily": "Every day",
            "weekly": "Every week",
            "monthly": "Every month",
            "quarterly": "Every three months",
            "annually": "Every year",
        }[self.value]


def nth_day(first_on: date, frequency: Frequency, n: int) -> date:
    """The n-th day after the first (0 is the first). A month without that day takes its last one; the day is not forgotten."""
    match frequency:
        case Frequency.DAILY:
            return first_on + timedelta(days=n)
        case Frequency.WEEKLY:
            return first_on + timedelta(weeks=n)
        case Frequency.MONTHLY:
            return first_on + relativedelta(months=n)
        case Frequency.QUARTERLY:
            return first_on + relativedelta(months=3 * n)
        case Frequency.ANNUALLY:
            return first_on + relativedelta(years=n)


def instant(day: date, local_time: time, zone: str) -> datetime:
    """The instant of a local time, in UTC. One that the clocks skip moves on by the skipped hour; of two, the first counts."""
    return datetime.combine(day, local_time, ZoneInfo(zone)).astimezone(UTC)


def next_instant(first_on: date, frequency: Frequency, local_time: time, zone: str, *, after: datetime) -> datetime:
    """The first instant of a schedule that is later than another."""
    span = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: 31, Frequency.QUARTERLY: 92, Frequency.ANNUALLY: 366}[
        frequency
    ]
    n = max(0, (after.astimezone(ZoneInfo(zone)).date() - first_on).days // span - 1)
    while (moment := instant(nth_day(first_on, frequency, n), local_time, zone)) <= after:
        n += 1
    return moment

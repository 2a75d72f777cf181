"""Instants are UTC; what people read is Europe/London."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in London."""
    return now().astimezone(LONDON).date()


def format_date(value: date | datetime) -> str:
    """A date as people write it: 9 March 2027."""
    if isinstance(value, datetime):
        value = value.astimezone(LONDON).date()
    return f"{value.day} {value:%B %Y}"


def format_time(value: datetime) -> str:
    """An instant as people write it: 9 March 2027 at 14:02."""
    local = value.astimezone(LONDON)
    return f"{format_date(local.date())} at {local:%H:%M}"

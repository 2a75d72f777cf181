"""Forms of the pages that belong to no single room."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from wtforms.validators import StopValidation

from tia_hub.core.clock import LONDON
from tia_hub.core.forms import ChoicesField, DateField, Form, LineField, ListField, TextField
from tia_hub.core.trail import Wanted


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


class TrailSearch(Form):
    """What somebody looks for on the trail. It changes nothing, so it has no token."""

    class Meta(Form.Meta):
        """No token."""

        csrf = False

    words = LineField("Words", longest=100, description="In what happened")
    who = LineField("Who", longest=100, description="A name, or part of one")
    kind = ListField("About", choices=())
    since = DateField("From")
    until = DateField("To")

    def __init__(self, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [("", "Anything"), *kinds]

    def validate_until(self, field: DateField) -> None:
        """Refuse an end before the beginning."""
        if field.data and self.since.data and field.data < self.since.data:
            raise StopValidation("The last day must not be before the first")

    def wanted(self) -> Wanted:
        """What a valid form asks for; days are London's, and the last one is included."""
        return Wanted(
            words=self.words.data or "",
            who=self.who.data or "",
            kind=self.kind.data or "",
            since=_midnight(self.since.data) if self.since.data else None,
            until=_midnight(self.until.data + timedelta(days=1)) if self.until.data else None,
        )


class NameForm(Form):
    """A person's own name."""

    name = LineField("Your name", required="Enter your name", description="As your colleagues know you")


class ErasureForm(Form):
    """That somebody really wants to be erased."""

    sure = ChoicesField(
        "Do you want this?",
        choices=[("yes", "I have read what goes and what stays, and I want to be erased")],
        required="Tick the box if you want to be erased",
    )


class ReviewForm(Form):
    """That somebody looked through who has access."""

    note = TextField("Notes", longest=2000, description="For example, whose access you closed")


class PeriodForm(Form):
    """How long one kind of record is kept."""

    days = LineField("Days", longest=6, required="Enter a number of days")

    def __init__(self, bounds: tuple[int, int], **kwargs: Any) -> None:
        self.bounds = bounds
        super().__init__(**kwargs)

    def validate_days(self, field: LineField) -> None:
        """Refuse what is no whole number between the bounds."""
        typed = (field.data or "").replace(",", "")
        least, most = self.bounds
        if not (typed.isascii() and typed.isdigit() and least <= int(typed) <= most):
            raise StopValidation(f"Enter a whole number of days between {least:,} and {most:,}")

    def chosen(self) -> int:
        """The days of a valid form."""
        return int((self.days.data or "").replace(",", ""))

"""Forms of the pages that belong to no single room."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from wtforms.validators import StopValidation

from tia_hub.core.clock import LONDON
from tia_hub.core.forms import DateField, Form, LineField, ListField
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

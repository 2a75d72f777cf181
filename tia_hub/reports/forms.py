"""Forms of reports and their schedules."""

import re
from collections.abc import Sequence
from datetime import time
from typing import Any
from uuid import UUID

from wtforms.validators import StopValidation

from tia_hub.core.forms import ChoiceField, ChoicesField, DateField, Form, LineField, TokenField, choices_of
from tia_hub.core.schedules.recurrence import Frequency
from tia_hub.reports.queries.members import Colleague
from tia_hub.tenants.types.organisations import Sector

OFFERED = tuple(frequency for frequency in Frequency if frequency is not Frequency.DAILY)


class TimeField(LineField):
    """A time of the day in 24 hours; `time` is what was typed, as a time."""

    @property
    def time(self) -> time:
        """The time. Raises ValueError before the field was validated."""
        return time.fromisoformat((self.data or "").zfill(5))

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no time."""
        super().pre_validate(form)
        if self.data and not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", self.data, re.ASCII):
            raise StopValidation("Enter a time like 8:30 or 17:00")


class RecipientsForm(Form):
    """Who gets a schedule's reports."""

    recipients = ChoicesField("Who gets it", choices=(), required="Choose at least one person")

    def __init__(self, colleagues: Sequence[Colleague], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.recipients.choices = [(str(colleague.person_id), colleague.name) for colleague in colleagues]

    def chosen(self) -> list[UUID]:
        """The people that were chosen."""
        return [UUID(person_id) for person_id in self.recipients.data or ()]


class ScheduleForm(RecipientsForm):
    """A new schedule."""

    token = TokenField()
    title = LineField("Title of the reports", required="Enter a title for the reports")
    frequency = ChoiceField("How often", choices=choices_of(OFFERED), required="Choose how often")
    first_on = DateField("First day", required="Enter the first day")
    local_time = TimeField("Time of the day", required="Enter a time like 8:30 or 17:00")


class SendNowForm(Form):
    """Sends a schedule's report now."""

    token = TokenField()


class ReportForm(Form):
    """What a new report covers."""

    token = TokenField()
    title = LineField("Title", required="Enter a title for the report")
    period_from = DateField("Audits submitted from")
    period_to = DateField("Audits submitted until")
    areas = ChoicesField("Areas", choices=())
    sectors = ChoicesField("Sectors", choices=choices_of(Sector))

    def __init__(self, areas: Sequence[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.areas.choices = [(str(area_id), name) for area_id, name in areas]

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a period that ends before it begins."""
        valid: bool = super().validate(extra_validators)
        start, end = self.period_from.data, self.period_to.data
        if valid and start and end and end < start:
            self.period_to.errors = ["The last day must be the same as the first or later"]
            return False
        return valid

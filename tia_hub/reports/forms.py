"""Forms of reports and their schedules."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from wtforms.validators import Regexp
from wtforms.widgets import HiddenInput

from tia_hub.core.forms import ChoicesField, DateField, Form, LineField, choices_of
from tia_hub.tenants.types import Sector

MARK_LOST = "This page was changed on its way. Open it again"


class TokenField(LineField):
    """Marks one opened page, so that its form sent twice is done once."""

    widget = HiddenInput()

    def __init__(self, label: str = "Mark of the page", **kwargs: Any) -> None:
        super().__init__(
            label, default=lambda: str(uuid4()), validators=[Regexp(r"[0-9a-f-]{36}\Z", message=MARK_LOST)], **kwargs
        )


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

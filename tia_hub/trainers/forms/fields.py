"""Fields that several forms of the registry have."""

import re
from decimal import Decimal
from typing import Any

from wtforms.validators import StopValidation

from tia_hub.core.forms import KeptField, LineField


class VersionField(KeptField):
    """The version that a form was filled in from; what is no number is no version that ever was."""

    @property
    def number(self) -> int:
        """The version, or -1."""
        text = self.data or ""
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


class NumberField(LineField):
    """A number as people type it: 1,200.50 or £40. Data stays what was typed; `number` is its value or None."""

    def __init__(self, label: str, *, lowest: str, highest: str, places: int = 0, **kwargs: Any) -> None:
        self.lowest, self.highest, self.places = Decimal(lowest), Decimal(highest), places
        super().__init__(label, longest=20, **kwargs)

    def process_data(self, value: Any) -> None:
        """Show a number that is already known without needless noughts."""
        self.data = f"{value:f}" if isinstance(value, Decimal) else "" if value is None else str(value)

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no number, or out of range."""
        super().pre_validate(form)
        if not self.data:
            return
        decimals = rf"(\.[0-9]{{1,{self.places}}})?" if self.places else ""
        if not re.fullmatch(rf"[0-9]+{decimals}", self._plain()):
            kind = f"a number with at most {self.places} decimal places, like 2.5" if self.places else "a whole number, like 12"
            raise StopValidation(f"{self.label.text} must be {kind}")
        if not self.lowest <= Decimal(self._plain()) <= self.highest:
            raise StopValidation(f"{self.label.text} must be between {self.lowest} and {self.highest:,}")

    def _plain(self) -> str:
        return (self.data or "").replace("£", "").replace(",", "").replace(" ", "")

    @property
    def number(self) -> Decimal | None:
        """The value of a valid field."""
        return Decimal(self._plain()) if self.data else None

"""Forms of indicators and readings."""

from abc import abstractmethod
from decimal import Decimal
from uuid import uuid4

from wtforms.validators import StopValidation

from tia_hub.core.clock import today
from tia_hub.core.forms import (
    ChoiceField,
    DateField,
    Form,
    KeptField,
    LineField,
    ListField,
    TextField,
    choices_of,
    fault_in_text,
)
from tia_hub.framework.types import OutcomesModel
from tia_hub.outcomes.models import Indicator, Reading
from tia_hub.outcomes.scoring import Unreadable, format_number, read_number
from tia_hub.outcomes.services import Description, Value
from tia_hub.outcomes.types import Frequency, IndicatorKind

WORDS = 2_000
"""Most characters of a reading in words, and of a note."""


class DescriptionForm(Form):
    """What an indicator is about."""

    element = ListField("Part of the outcomes model", choices=(), required="Choose the part of the outcomes model")
    name = LineField("Name", required="Enter a name, like Complaints about how people were treated")
    unit = LineField(
        "What is counted, or what the ends of the scale mean",
        description="For example, complaints in the quarter; or 1 is never, 5 is always. Leave it empty where the name says it",
    )
    source = LineField("Source", description="Where the readings come from. For example, the yearly staff survey")
    frequency = ChoiceField("How often it is read", choices=choices_of(Frequency), required="Choose how often it is read")
    seen_version = KeptField(default="1")

    def __init__(self, model: OutcomesModel, indicator: Indicator | None = None, element: str | None = None) -> None:
        known = {"element": element} if element else {}
        super().__init__(obj=indicator, data=known)
        if indicator is not None and not self.is_submitted():
            self.seen_version.data = str(indicator.version)
        self.element.choices = [
            ("", ""),
            *((each.code, f"{group.title}: {each.title}") for group in model.groups for each in group.elements),
        ]

    def description(self) -> Description:
        """What was sent."""
        return Description(
            element=self.element.data,
            name=self.name.data or "",
            unit=self.unit.data or "",
            source=self.source.data or "",
            frequency=Frequency(self.frequency.data),
        )

    def version(self) -> int:
        """The version that its writer saw; 0, which no indicator has, where what was sent is no number."""
        sent = self.seen_version.data or ""
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else 0


class IndicatorForm(DescriptionForm):
    """A new indicator."""

    kind = ChoiceField("What a reading is", choices=choices_of(IndicatorKind), required="Choose what a reading is")
    token = KeptField()

    def __init__(self, model: OutcomesModel, element: str | None = None) -> None:
        super().__init__(model, element=element)
        if not self.token.data:
            self.token.data = uuid4().hex

    def validate_token(self, field: KeptField) -> None:
        """Refuse a token that this page did not give."""
        if fault_in_text(field.data or "", 40):
            field.data = uuid4().hex
            raise StopValidation("Your page was not complete. What you typed is kept: check it and send it again")


class ReadingForm(Form):
    """What every reading has; its value depends on the indicator's kind."""

    read_on = DateField("Date that the reading is of", required="Enter the date that the reading is of")
    note = TextField(
        "Note (optional)",
        longest=WORDS,
        description="What helps to understand it later. Notes stay in your organisation. Do not name people you support",
    )

    def validate_read_on(self, field: DateField) -> None:
        """Refuse a day that has not come."""
        if field.data is not None and field.data > today():
            raise StopValidation("The date must be today or in the past")

    @abstractmethod
    def value(self) -> Value:
        """What was sent."""


class NumericReadingForm(ReadingForm):
    """A number, a percentage or a value on the scale."""

    kind: IndicatorKind
    typed = LineField("Value", longest=40, required="Enter the value")

    def validate_typed(self, field: LineField) -> None:
        """Refuse what is no value of the indicator's kind."""
        try:
            self.number = read_number(self.kind, field.data or "")
        except Unreadable as fault:
            raise StopValidation(str(fault)) from fault

    number: Decimal

    def value(self) -> Value:
        """What was sent."""
        return Value(read_on=self.read_on.data, number=self.number, note=self.note.data or "")


class WordsReadingForm(ReadingForm):
    """A reading in words."""

    words = TextField("What was said or seen", longest=WORDS, required="Enter what was said or seen")

    def value(self) -> Value:
        """What was sent."""
        return Value(read_on=self.read_on.data, words=self.words.data, note=self.note.data or "")


HINTS = {
    IndicatorKind.NUMBER: "A number of 0 or more, like 12 or 3.5",
    IndicatorKind.PERCENTAGE: "From 0 to 100",
    IndicatorKind.SCALE: "From 1 to 5, where 1 is lowest. An average like 3.7 is fine",
}


def reading_form(indicator: Indicator, reading: Reading | None = None) -> NumericReadingForm | WordsReadingForm:
    """The form of a reading of an indicator, filled in with one that is to be corrected."""
    kind = IndicatorKind(indicator.kind)
    if kind is IndicatorKind.WORDS:
        return WordsReadingForm(obj=reading)
    number = reading.number if reading else None
    form = NumericReadingForm(obj=reading, data={"typed": plain_number(number)} if number is not None else None)
    form.kind = kind
    form.typed.description = HINTS[kind]
    return form


def plain_number(value: Decimal) -> str:
    """A number as its writer would type it, without a unit."""
    return format_number(IndicatorKind.NUMBER, value)

"""Forms: fields that take text as people type it, refuse what can't be stored, and keep what was typed beside the error."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from flask_wtf import FlaskForm
from wtforms import (
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Regexp, StopValidation
from wtforms.widgets import HiddenInput

LINE = 200
"""Most characters of a one-line answer, by default."""
TEXT = 20_000
"""Most characters of a long answer, by default."""

MARK_LOST = "This page was changed on its way. Open it again"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EMAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\]+@[^@\s<>\"(),:;\[\]\\]+\.[^@\s<>\"(),:;\[\]\\.]+")
_SURROGATE = re.compile(r"[\ud800-\udfff\ufffd]")


def clean_text(value: str) -> str:
    """Text as it is kept: NFC, line ends as \\n, no space at either end."""
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def fault_in_text(value: str, longest: int) -> str | None:
    """What is wrong with a text, in words for its writer; None where nothing is. Length is counted in characters."""
    if _CONTROL.search(value) or _SURROGATE.search(value):
        return "This has a character that can't be stored. Delete it, or type the text again"
    if len(value) > longest:
        return f"This must be {longest:,} characters or fewer. It has {len(value):,}"
    return None


def show_text(value: str) -> str:
    """Text as it is put back into its field: what can't be stored can't be in a page either, and shows as �."""
    return _CONTROL.sub("\ufffd", value)


def is_email_address(value: str) -> bool:
    """Whether a text can be an e-mail address."""
    return _EMAIL.fullmatch(value) is not None


class Required(InputRequired):
    """An answer is needed; says so in the words given: "Enter the name of the team"."""

    def __call__(self, form: Any, field: Field) -> None:
        """Stop with the words where nothing but space was entered."""
        data = field.data
        if not data or (isinstance(data, str) and not data.strip()):
            field.errors = []
            raise StopValidation(str(self.message))


class Form(FlaskForm):  # type: ignore[misc]
    """Base of all forms. A stale token is an error of the form, so that the page comes back with what was typed."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Words for a stale token."""

        def build_csrf(self, form: Any) -> Any:
            """The token's field, with an error that says what to do."""
            csrf = super().build_csrf(form)
            check = csrf.validate_csrf_token

            def validate(form: Any, field: Any) -> None:
                try:
                    check(form, field)
                except ValueError as error:
                    raise StopValidation(
                        "Your page had been open too long. What you typed is kept: check it and send it again"
                    ) from error

            csrf.validate_csrf_token = validate
            return csrf

    def text_fields(self) -> list[Field]:
        """The fields that hold something typed."""
        return [field for field in self if field.type not in ("CSRFTokenField", "SubmitField")]


def _clean(value: Any) -> Any:
    return clean_text(value) if isinstance(value, str) else value


class LineField(StringField):
    """A one-line answer."""

    def __init__(self, label: str, *, longest: int = LINE, required: str | None = None, **kwargs: Any) -> None:
        self.longest = longest
        validators = [Required(required)] if required else []
        super().__init__(label, validators=[*validators, *kwargs.pop("validators", ())], filters=[_clean], **kwargs)

    def _value(self) -> str:
        return show_text(self.data or "")

    def pre_validate(self, form: Any) -> None:
        """Refuse characters that can't be stored, line breaks, and too much text."""
        fault = fault_in_text(self.data or "", self.longest)
        if fault is None and "\n" in (self.data or ""):
            fault = "This must be one line"
        if fault:
            raise StopValidation(fault)


class TextField(TextAreaField):
    """A long answer."""

    def __init__(self, label: str, *, longest: int = TEXT, required: str | None = None, **kwargs: Any) -> None:
        self.longest = longest
        validators = [Required(required)] if required else []
        super().__init__(label, validators=[*validators, *kwargs.pop("validators", ())], filters=[_clean], **kwargs)

    def _value(self) -> str:
        return show_text(self.data or "")

    def pre_validate(self, form: Any) -> None:
        """Refuse characters that can't be stored, and too much text."""
        fault = fault_in_text(self.data or "", self.longest)
        if fault:
            raise StopValidation(fault)


class EmailField(LineField):
    """An e-mail address, kept in lower case."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what can't be an address."""
        super().pre_validate(form)
        if self.data:
            self.data = self.data.lower()
            if not is_email_address(self.data):
                raise StopValidation("Enter an email address in the correct format, like name@example.com")


class _Choice:
    """What choices have in common: words for an answer that is not among them."""

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)  # type: ignore[misc]
        except ValueError as error:
            raise StopValidation("Choose one of the answers on this page") from error


class ChoiceField(_Choice, RadioField):
    """One of a few answers, as radio buttons; no answer is None."""

    def __init__(self, label: str, *, choices: Sequence[tuple[str, str]], required: str | None = None, **kwargs: Any) -> None:
        validators = [Required(required)] if required else []
        self.optional = required is None
        super().__init__(
            label,
            choices=list(choices),
            coerce=_choice,
            validate_choice=True,
            validators=[*validators, *kwargs.pop("validators", ())],
            **kwargs,
        )

    def pre_validate(self, form: Any) -> None:
        """Refuse an answer that is not offered."""
        if self.data is None:
            return
        super().pre_validate(form)


class ListField(_Choice, SelectField):
    """One of many answers, as a list to open; no answer is None."""

    def __init__(self, label: str, *, choices: Sequence[tuple[str, str]], required: str | None = None, **kwargs: Any) -> None:
        validators = [Required(required)] if required else []
        super().__init__(
            label,
            choices=[("", ""), *choices],
            coerce=_choice,
            validators=[*validators, *kwargs.pop("validators", ())],
            **kwargs,
        )

    def pre_validate(self, form: Any) -> None:
        """Refuse an answer that is not offered."""
        if self.data is None:
            return
        super().pre_validate(form)


def _choice(value: Any) -> str | None:
    return None if value in (None, "", "None") else str(value)


class ChoicesField(_Choice, SelectMultipleField):
    """Several of a few answers, as checkboxes."""

    def __init__(self, label: str, *, choices: Sequence[tuple[str, str]], required: str | None = None, **kwargs: Any) -> None:
        validators = [Required(required)] if required else []
        super().__init__(label, choices=list(choices), validators=[*validators, *kwargs.pop("validators", ())], **kwargs)


class KeptField(HiddenField):
    """What a page remembers for its form, such as a version: never typed, but whoever sends it can have written anything."""

    def _value(self) -> str:
        return "" if self.data is None else show_text(str(self.data))


class SecretField(PasswordField):
    """A password: never cleaned, never shown again."""


class DateField(Field):
    """A date in three boxes: `<name>-day`, `-month`, `-year`. Data is a date or None; `parts` is what was typed."""

    def __init__(self, label: str, *, required: str | None = None, **kwargs: Any) -> None:
        self.required_words = required
        self.parts = {"day": "", "month": "", "year": ""}
        super().__init__(label, **kwargs)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the three boxes, or the date that is already known."""
        self.process_errors = []
        self.data = data if isinstance(data, date) else self.object_data if isinstance(data, date) else None
        self.object_data = self.data
        if self.data:
            self.parts = {
                "day": str(self.data.day),
                "month": str(self.data.month),
                "year": str(self.data.year),
            }
        names = {part: f"{self.name}-{part}" for part in self.parts}
        if formdata is None or not any(name in formdata for name in names.values()):
            return
        self.parts = {part: show_text(clean_text(formdata.get(name, ""))) for part, name in names.items()}
        self.data = None
        if any(self.parts.values()):
            try:
                if not re.fullmatch(r"\d{1,2} \d{1,2} \d{4}", " ".join(self.parts.values()), re.ASCII):
                    raise ValueError("not three numbers")
                self.data = date(*(int(self.parts[part]) for part in ("year", "month", "day")))
            except ValueError:
                self.process_errors.append("This must be a real date, like 27 3 2027")

    def pre_validate(self, form: Any) -> None:
        """Refuse no date where one is needed, and a year that is out of reach."""
        if self.required_words and not any(self.parts.values()):
            raise StopValidation(self.required_words)
        if self.data is not None and not 1900 <= self.data.year <= 2200:
            raise StopValidation("The year must be between 1900 and 2200")


class TokenField(LineField):
    """Marks one opened page, so that its form sent twice is done once."""

    widget = HiddenInput()

    def __init__(self, label: str = "Mark of the page", **kwargs: Any) -> None:
        super().__init__(
            label, default=lambda: str(uuid4()), validators=[Regexp(r"[0-9a-f-]{36}\Z", message=MARK_LOST)], **kwargs
        )


def choices_of(enum: Any, words: Callable[[Any], str] = lambda member: str(member.words)) -> list[tuple[str, str]]:
    """The members of an enumeration as choices: value and words."""
    return [(member.value, words(member)) for member in enum]

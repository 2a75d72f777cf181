"""The forms of audits."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from flask import request
from wtforms import Field
from wtforms.validators import StopValidation

from tia_hub.audits.merging import Choice, Merged, Sent, Values, digest
from tia_hub.audits.models import AuditContribution, AuditEntry
from tia_hub.audits.sections import Section, anchor
from tia_hub.audits.services.saving import values_of
from tia_hub.audits.types import UNRATED, UNRATED_WORDS, Rating
from tia_hub.core.clock import format_date, today
from tia_hub.core.forms import (
    ChoiceField,
    ChoicesField,
    DateField,
    EmailField,
    Form,
    KeptField,
    LineField,
    TextField,
    choices_of,
)

WHOLE = "organisation"
"""The choice of the whole organisation, beside its teams' ids."""

REASON = 500
"""Most characters of the reason why a criterion is not applicable."""


class StartForm(Form):
    """Which audit to begin."""

    part = ChoiceField("What is this audit about?", choices=(), required="Choose the whole organisation or a team")
    title = LineField("Name of the audit", longest=100, required="Enter a name for the audit")

    def __init__(self, organisation: str, teams: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(data={"part": WHOLE, "title": f"Audit of {format_date(today())}"}, **kwargs)
        self.part.choices = [(WHOLE, f"The whole of {organisation}"), *((str(team_id), name) for team_id, name in teams)]


class ReopenForm(Form):
    """Why a submitted audit is taken back to work on."""

    reason = TextField("Why is it reopened?", longest=1000, required="Enter the reason for reopening")


@dataclass(frozen=True)
class Conflict:
    """What somebody else saved in a field meanwhile."""

    label: str
    text: str
    by: str
    digest: str


class EntryForm(Form):
    """One entry among several in a section's form: its fields are named after its code."""

    class Meta(Form.Meta):
        """The token is the section's."""

        csrf = False

    seen = KeptField()
    """The digests of what each field said when it was opened or last saved, in order."""

    def __init__(self, entry: AuditEntry | AuditContribution, legend: str, **kwargs: Any) -> None:
        self.code = entry.code
        self.legend = legend
        self.anchor = anchor(entry.code)
        self.conflicts: dict[str, Conflict] = {}
        """The fields where somebody has to choose."""
        values = values_of(entry)
        seen = ".".join(digest(values[name]) for name in self.names())
        data = {**values, "rating": values["rating"] or UNRATED, "seen": seen}
        super().__init__(prefix=f"{self.anchor}-", data=data, **kwargs)

    @classmethod
    @abstractmethod
    def names(cls) -> tuple[str, ...]:
        """The fields that say something, in order."""

    @property
    def sent_names(self) -> str:
        """The names of the fields that belong to this entry, for htmx to send these alone."""
        names = ["seen", *self.names()]
        for field in self.conflicts:
            names += [f"keep-{field}", f"shown-{field}"]
        return ",".join(["csrf_token", *(f"{self.anchor}-{name}" for name in names)])

    def typed(self) -> dict[str, str]:
        """What was sent, by field; a field that was not sent is left out, and so stays as it is."""
        typed = {}
        for name in self.names():
            if self[name].name in request.form:
                value = self[name].data or ""
                typed[name] = "" if value == UNRATED else value
        return typed

    def sent(self) -> Sent:
        """What was sent, with what it began from and the choices that were made."""
        choices, shown = {}, {}
        for name in self.names():
            choice = request.form.get(f"{self.anchor}-keep-{name}")
            if choice in tuple(Choice):
                choices[name] = Choice(choice)
                shown[name] = request.form.get(f"{self.anchor}-shown-{name}", "")
        seen = dict(zip(self.names(), (self.seen.data or "").split("."), strict=False))
        return Sent(values=self.typed(), seen=seen, choices=choices, shown=shown)

    def seen_after(self, kept: Values) -> str:
        """The digests once it was saved: of what each field says now, or of what was `kept` instead of it."""
        says = {**self.typed(), **kept}
        before = self.sent().seen
        return ".".join(digest(says[name]) if name in says else before.get(name, "") for name in self.names())

    def ask(self, entry: AuditEntry | AuditContribution, fields: Iterable[str]) -> None:
        """Have these fields show what somebody else saved, so that one of the two can be chosen."""
        values = values_of(entry)
        for field in fields:
            self.conflicts[field] = Conflict(
                label=self[field].label.text,
                text=_rating_words(values[field]) if field == "rating" else values[field],
                by="you, in another window," if isinstance(entry, AuditContribution) else entry.changed_by or "somebody else",
                digest=digest(values[field]),
            )


def _rating_words(value: str) -> str:
    return Rating(value).words if value else UNRATED_WORDS


class CriterionForm(EntryForm):
    """A criterion's rating, journey and evidence: three things."""

    rating = ChoiceField("Rating", choices=[*choices_of(Rating), (UNRATED, UNRATED_WORDS)])
    reason = LineField("If not applicable: why?", longest=REASON)
    journey = TextField("Where you are in the journey")
    evidence = TextField("Evidence")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """All four."""
        return ("rating", "reason", "journey", "evidence")


class SummaryForm(EntryForm):
    """The summary of a principle, or of the whole audit."""

    journey = TextField("Summary")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The summary alone."""
        return ("journey",)


def make_entry_form(section: Section, entry: AuditEntry, **kwargs: Any) -> EntryForm:
    """The form of one entry of a section, with what was sent; with `formdata=None` as the entry says."""
    kind = SummaryForm if entry.code == section.code else CriterionForm
    return kind(entry, section.legend(entry.code), **kwargs)


class SectionForm:
    """The forms of a section's entries, and the one token that they share. The error summary takes it as one form."""

    def __init__(self, section: Section, entries: Mapping[str, AuditEntry]) -> None:
        self.token = Form()
        self.entries = {code: make_entry_form(section, entries[code]) for code in section.codes}

    def validate(self) -> bool:
        """Check everything, so that everything that is wrong is said at once."""
        return all([form.validate() for form in self.entries.values()])  # noqa: C419 - a generator would stop at the first

    def sent(self) -> dict[str, Sent]:
        """What was sent, by code."""
        return {code: form.sent() for code, form in self.entries.items()}

    def ask(self, entries: Mapping[str, AuditEntry | AuditContribution], merged: Mapping[str, Merged]) -> None:
        """Show both texts wherever two people wrote at once; `entries` as they stand now."""
        for code, form in self.entries.items():
            form.ask(entries[code], merged[code].conflicts)

    @property
    def conflicts(self) -> list[EntryForm]:
        """The entries where somebody has to choose."""
        return [form for form in self.entries.values() if form.conflicts]

    @property
    def errors(self) -> bool:
        """Whether anything is wrong."""
        return any(form.errors for form in (self.token, *self.entries.values()))

    @property
    def form_errors(self) -> list[str]:
        """What is wrong with no field in particular: nothing, here."""
        return []

    def __iter__(self) -> Iterator[Field]:
        return chain(self.token, *self.entries.values())


class AnswerForm(EntryForm):
    """What somebody who was asked says about a criterion."""

    rating = ChoiceField(
        "Your rating, if you want to give one",
        choices=[*((each.value, each.words) for each in Rating if each is not Rating.NOT_APPLICABLE), (UNRATED, "No rating")],
    )
    comment = TextField("Your comment")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Both."""
        return ("rating", "comment")


class AnswersForm(SectionForm):
    """The forms of all that somebody was asked, and the one token that they share."""

    def __init__(self, legends: Mapping[str, str], contributions: Mapping[str, AuditContribution]) -> None:
        self.token = Form()
        self.entries = {code: AnswerForm(contributions[code], legend) for code, legend in legends.items()}


class AskForm(Form):
    """Whom to ask about which criteria."""

    email = EmailField("Their email address", required="Enter the email address of who you want to ask")
    codes = ChoicesField("What you ask them about", choices=[])
    note = TextField("What you would like to know", longest=2000, description="They see this above the criteria")
    due_on = DateField("By when, if there is a date")
    shows = ChoiceField(
        "What they see",
        choices=[
            ("criteria", "The framework’s criteria alone"),
            ("ours", "The criteria, and what we wrote and rated there"),
        ],
        required="Choose what they see",
        default="criteria",
    )

    def __init__(self, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.codes.choices = list(choices)

    def validate_codes(self, field: Field) -> None:
        """At least one."""
        if not field.data:
            raise StopValidation("Choose what you ask them about")

    def validate_due_on(self, field: Field) -> None:
        """No day that has passed."""
        if field.data is not None and field.data < today():
            raise StopValidation("The date must be today or later")

"""The forms of audits."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import request
from wtforms import HiddenField

from tia_hub.audits.merging import Choice, Sent, Values, digest
from tia_hub.audits.models import AuditEntry
from tia_hub.audits.services import values_of
from tia_hub.audits.types import UNRATED, UNRATED_WORDS, Rating
from tia_hub.core.clock import format_date, today
from tia_hub.core.forms import ChoiceField, Form, LineField, TextField, choices_of

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


class EntryForm(Form):
    """One entry among several in a page's form: its fields are named after its code."""

    class Meta(Form.Meta):
        """The token is the page's form's."""

        csrf = False

    seen = HiddenField()
    """The digests of what each field said when it was opened or last saved, in order."""

    def __init__(self, entry: AuditEntry, **kwargs: Any) -> None:
        values = values_of(entry)
        seen = ".".join(digest(values[name]) for name in self.names())
        data = {**values, "rating": values["rating"] or UNRATED, "seen": seen}
        super().__init__(prefix=form_prefix(entry.code), data=data, **kwargs)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The fields that say something, in order."""
        raise NotImplementedError

    def seen_now(self, kept: Values) -> str:
        """The digests once it was saved: each field has been seen as it says now, or as what was `kept` instead of it says."""
        says = {**self.typed(), **kept}
        before = self.sent().seen
        return ".".join(digest(says[name]) if name in says else before.get(name, "") for name in self.names())

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
        seen = dict(zip(self.names(), (self.seen.data or "").split("."), strict=False))
        choices = {}
        for name in self.names():
            choice = request.form.get(f"{self._prefix}keep-{name}")
            if choice in tuple(Choice):
                choices[name] = Choice(choice)
        shown = {name: request.form.get(f"{self._prefix}shown-{name}", "") for name in self.names()}
        return Sent(values=self.typed(), seen=seen, choices=choices, shown=shown)


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


def form_prefix(code: str) -> str:
    """What the names and ids of an entry's fields begin with: `safety-1-` for `safety.1`."""
    return code.replace(".", "-") + "-"

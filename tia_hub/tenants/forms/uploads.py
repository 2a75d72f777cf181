"""Forms of a staff list on its way."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import StopValidation

from tia_hub.core.forms import (
    LINE,
    ChoiceField,
    ChoicesField,
    Form,
    KeptField,
    ListField,
    fault_in_text,
)
from tia_hub.core.sheets.types import letter
from tia_hub.tenants.forms.people import SuccessorForm
from tia_hub.tenants.models.people import Membership


class UploadForm(Form):
    """A staff list to send."""

    token = KeptField()
    """Made with the page: the form sent twice is one upload."""
    file = FileField("Staff list", description="An Excel workbook (.xlsx) or a CSV file, up to 10 MB and 100,000 rows")

    def validate_file(self, field: Field) -> None:
        """A file has to be chosen; what it is, is found out when it is read."""
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            raise StopValidation("Choose the file with the staff list")

    def validate_token(self, field: Field) -> None:
        """What the page gave, if it was this page."""
        if not field.data or fault_in_text(field.data, LINE):
            raise StopValidation("Open this page again and choose the file once more")


class LettersForm(Form):
    """Whether the letters of a staff list are right."""

    right = ChoiceField(
        "Is this text right?",
        choices=[("yes", "Yes, the letters are right"), ("no", "No, some letters are wrong")],
        required="Choose whether the text is right",
    )


class ColumnsForm(Form):
    """Which column of a staff list is which."""

    email = ListField("Work email address", choices=[], required="Choose the column with the work email addresses")
    name = ListField("Name", choices=[])
    job_title = ListField("Job title", choices=[])
    team = ListField("Team", choices=[])
    role = ListField("Role", choices=[])
    manager = ListField("Manager’s email address", choices=[])
    leaving = ListField("Leaving", choices=[])
    make_teams = ChoicesField(
        "Teams that are not there yet",
        choices=[("make", "Make them")],
        description="Otherwise a row that names an unknown team is a fault, which is how a misspelt name is found",
    )

    def offer(self, header: Sequence[str]) -> None:
        """Fill the lists with the headings of the file."""
        headings = [(str(place), f"{letter(place)}: {heading}") for place, heading in enumerate(header) if heading]
        for field in self._lists():
            field.choices = [("", "Not in the file"), *headings]

    def _lists(self) -> list[ListField]:
        return [field for field in self if isinstance(field, ListField)]

    def validate(self, extra_validators: Any = None) -> bool:
        """No column is two things at once."""
        good = bool(super().validate(extra_validators))
        taken: dict[str, str] = {}
        for field in self._lists():
            if field.data and not field.errors:
                if field.data in taken:
                    field.errors = [f"“{taken[field.data]}” has this column already. Choose another one"]
                    good = False
                taken.setdefault(field.data, field.label.text)
        return good

    def values(self) -> dict[str, Any]:
        """What was chosen, for the services."""
        return {
            "columns": {field.name: int(field.data) for field in self._lists() if field.data},
            "make_teams": bool(self.make_teams.data),
        }


class ImportForm(Form):
    """What to do with a staff list that was checked."""

    choice = ChoiceField(
        "What do you want to import?",
        choices=[("good", "Import the good rows"), ("nothing", "Import nothing")],
        required="Choose whether to import the good rows or nothing",
    )


class LeaversForm(SuccessorForm):
    """Whose access is to be closed, and who takes over those whom they manage."""

    people = ChoicesField("Who has left?", choices=[], required="Choose the people who have left")

    def offer(self, leavers: Iterable[Membership], managers: Iterable[Membership]) -> None:
        """Fill both lists."""
        self.people.choices = [(str(member.id), f"{member.person.name}, {member.person.email}") for member in leavers]
        self.offer_managers(managers)

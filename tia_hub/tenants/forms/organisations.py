"""Forms of organisations: their entry, their logo, and lists of them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_wtf.file import FileField
from wtforms import Field
from wtforms.validators import StopValidation

from tia_hub.core.forms import (
    ChoiceField,
    ChoicesField,
    EmailField,
    Form,
    LineField,
    choices_of,
)
from tia_hub.tenants.models.partnerships import Area
from tia_hub.tenants.scoring import MOST_STAFF, read_headcount
from tia_hub.tenants.types.organisations import Sector


def _headcount() -> LineField:
    return LineField(
        "Number of staff", required="Enter the number of staff", description="Roughly, volunteers included", longest=9
    )


class _WithHeadcount(Form):
    """What forms with a number of staff have in common."""

    def validate_headcount(self, field: Field) -> None:
        """A whole number, however its thousands are parted."""
        if read_headcount(field.data) is None:
            raise StopValidation(f"The number of staff must be a whole number up to {MOST_STAFF:,}, like 40")


class OwnOrganisationForm(_WithHeadcount):
    """What the leads of an organisation may change of its entry."""

    headcount = _headcount()

    @property
    def number(self) -> int:
        """The number of staff that was entered."""
        return read_headcount(self.headcount.data or "") or 0


class LogoForm(Form):
    """A picture as the organisation's logo."""

    picture = FileField("Picture", description="A PNG or JPEG of up to 2 megabytes")

    def validate_picture(self, field: Field) -> None:
        """Something was sent."""
        if not field.data:
            raise StopValidation("Choose a picture")


class OrganisationListForm(Form):
    """A spreadsheet of organisations."""

    file = FileField("File", description="An Excel workbook (.xlsx) or a CSV file of up to 2 megabytes")

    def validate_file(self, field: Field) -> None:
        """Something was sent; what it is, is found out when it is read."""
        if not field.data:
            raise StopValidation("Choose a file")


class OrganisationForm(_WithHeadcount):
    """An organisation's entry in the partnership."""

    name = LineField("Name", required="Enter the name of the organisation")
    sector = ChoiceField("Sector", choices=choices_of(Sector), required="Choose the sector")
    headcount = _headcount()
    areas = ChoicesField("Areas it serves", choices=[], description="Choose all that apply")

    def __init__(self, areas: Iterable[Area], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.areas.choices = [(str(area.id), area.name) for area in areas]

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {
            "name": self.name.data,
            "sector": Sector(self.sector.data),
            "headcount": read_headcount(self.headcount.data or "") or 0,
            "area_ids": [UUID(value) for value in self.areas.data or ()],
        }


class InviteLeadForm(Form):
    """Who is to lead an organisation's work."""

    name = LineField("Name", required="Enter their name")
    email = EmailField("Email address", required="Enter their email address")

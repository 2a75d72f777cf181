"""Forms of invitations: one, many, and by a link."""

import re
from datetime import timedelta
from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation

from tia_hub.core.forms import (
    ChoiceField,
    EmailField,
    Form,
    LineField,
    TextField,
    choices_of,
)
from tia_hub.tenants.forms.people import _id, _TeamAndManager
from tia_hub.tenants.types.roles import Role

MOST_BY_LINK = 10_000


MOST_PASTED = 100_000
"""Characters of a list of addresses: some two thousand."""


class InviteForm(_TeamAndManager):
    """Somebody to join the organisation."""

    name = LineField("Name", required="Enter their name")
    email = EmailField("Email address", required="Enter their email address", description="Their work address")
    role = ChoiceField("Role", choices=choices_of(Role), required="Choose their role", default=Role.STAFF.value)

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {
            "name": self.name.data,
            "email": self.email.data,
            "role": Role(self.role.data),
            "team_id": _id(self.team.data),
            "manager_id": _id(self.manager.data),
        }


class InviteManyForm(_TeamAndManager):
    """People to join the organisation, who are all to have the same role, team and manager."""

    addresses = TextField(
        "Names and email addresses",
        longest=MOST_PASTED,
        required="Paste the addresses of the people to invite, one a line",
        description="One person a line: the address alone, “Name <address>”, or “address, name”. Work addresses.",
    )
    role = ChoiceField("Role", choices=choices_of(Role), required="Choose their role", default=Role.STAFF.value)

    def values(self) -> dict[str, Any]:
        """What all of them are to have, for the services."""
        return {"role": Role(self.role.data), "team_id": _id(self.team.data), "manager_id": _id(self.manager.data)}


class LinkForm(Form):
    """How long a link to join by is good, and for how many."""

    days = ChoiceField(
        "How long it works",
        choices=[("7", "7 days"), ("30", "30 days"), ("90", "90 days")],
        required="Choose how long it works",
        default="30",
    )
    most_uses = LineField(
        "Most people who may join by it", longest=9, required="Enter the most people who may join by it", default="100"
    )

    def validate_most_uses(self, field: Field) -> None:
        """A whole number, however its thousands are parted."""
        digits = re.sub(r"[ ,]", "", field.data)
        if not re.fullmatch(r"\d{1,9}", digits, re.ASCII) or not 1 <= int(digits) <= MOST_BY_LINK:
            raise StopValidation(f"The most people must be a whole number from 1 to {MOST_BY_LINK:,}, like 100")

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {
            "good_for": timedelta(days=int(self.days.data or "0")),
            "most_uses": int(re.sub(r"[ ,]", "", self.most_uses.data or "")),
        }


class AskToJoinForm(Form):
    """Who asks to join by an organisation's link."""

    name = LineField("Your name", required="Enter your name")
    email = EmailField("Your work email address", required="Enter your work email address")

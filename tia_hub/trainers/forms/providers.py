"""Forms about providers and the people who speak for them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tia_hub.core.forms import ChoicesField, EmailField, Form, LineField, TextField
from tia_hub.tenants.models import Area


class ProviderForm(Form):
    """A training provider as the registry knows it."""

    name = LineField("Name of the provider", required="Enter the name of the provider")
    about = TextField("About the provider", longest=4000, description="Who they are, what they know and have done")
    email = EmailField("Contact email address", required="Enter an email address that organisations can write to")
    areas = ChoicesField("Areas they work in", choices=())

    def __init__(self, areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.areas.choices = [(str(area.id), area.name) for area in areas]

    def area_ids(self) -> list[UUID]:
        """The chosen areas."""
        return [UUID(area_id) for area_id in self.areas.data or ()]


class InviteForm(Form):
    """Whom to invite."""

    email = EmailField("Email address", required="Enter the email address of somebody who speaks for the provider")


class JoinForm(Form):
    """Somebody who has an account already joins: nothing to fill in."""

"""Forms about providers and the people who speak for them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tia_hub.core.forms import ChoicesField, EmailField, Form, LineField, TextField
from tia_hub.tenants.models.partnerships import Area
from tia_hub.trainers.forms.fields import VersionField
from tia_hub.trainers.models import Provider


class ProfileForm(Form):
    """What a provider says of itself."""

    about = TextField("About the provider", longest=4000, description="Who they are, what they know and have done")
    email = EmailField("Contact email address", required="Enter an email address that organisations can write to")
    areas = ChoicesField("Areas", choices=())
    version = VersionField(default="0")

    def __init__(self, areas: Sequence[Area], provider: Provider | None = None, **kwargs: Any) -> None:
        super().__init__(data=_profile(provider) if provider else None, **kwargs)
        self.areas.choices = [(str(area.id), area.name) for area in areas]

    def area_ids(self) -> list[UUID]:
        """The chosen areas."""
        return [UUID(area_id) for area_id in self.areas.data or ()]


def _profile(provider: Provider) -> dict[str, Any]:
    return {
        "about": provider.about,
        "email": provider.email,
        "areas": [str(area.id) for area in provider.areas],
        "version": str(provider.version),
    }


class ProviderForm(ProfileForm):
    """A training provider as the registry knows it."""

    name = LineField("Name of the provider", required="Enter the name of the provider")


class InviteForm(Form):
    """Whom to invite."""

    email = EmailField("Email address", required="Enter the email address of somebody who speaks for the provider")


class JoinForm(Form):
    """Somebody who has an account already joins: nothing to fill in."""

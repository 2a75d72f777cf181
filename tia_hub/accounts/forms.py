"""Forms of people's own accounts."""

from typing import Any

from wtforms.validators import StopValidation

from tia_hub.accounts.security import SHORTEST_PASSWORD
from tia_hub.core.forms import Form, LineField, Required, SecretField


class AcceptForm(Form):
    """Who accepts an invitation, and how they will sign in."""

    name = LineField("Your name", required="Enter your name", description="As colleagues know you")
    password = SecretField(
        "Choose a password",
        validators=[Required("Enter a password")],
        description=f"At least {SHORTEST_PASSWORD} characters. Three random words make a good one.",
    )

    def __init__(self, *, email: str, **kwargs: Any) -> None:
        self.invited_address = email
        super().__init__(**kwargs)

    def validate_password(self, field: Any) -> None:
        """Refuse a password that is too short, or longer than any that people choose."""
        if len(field.data) < SHORTEST_PASSWORD:
            raise StopValidation(f"Your password must be {SHORTEST_PASSWORD} characters or more")
        if field.data.lower() == self.invited_address:
            raise StopValidation("Your password must not be your email address")
        if len(field.data) > 200:
            raise StopValidation("Your password must be 200 characters or fewer")

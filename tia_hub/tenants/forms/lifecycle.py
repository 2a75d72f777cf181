"""Forms of the life of organisations: asking to join, and each step."""

import re
from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation

from tia_hub.core.forms import (
    EmailField,
    Form,
    KeptField,
    LineField,
    TextField,
)
from tia_hub.tenants.forms.organisations import OrganisationForm


class JoinForm(OrganisationForm):
    """An organisation that asks to join by itself, and who asks."""

    why = TextField("Why you would like to join", longest=2000, required="Say in a few words why you would like to join")
    asker_name = LineField("Your name", required="Enter your name")
    asker_job = LineField("Your job", required="Enter your job", description="What you do in the organisation")
    asker_email = EmailField(
        "Your work email address", required="Enter your work email address", description="You get a link there to confirm it"
    )
    form_token = KeptField()

    def validate_form_token(self, field: Field) -> None:
        """What our own page sent along."""
        if not re.fullmatch(r"[0-9a-f]{32}", field.data or ""):
            raise StopValidation("Reload this page and send it again")

    def request_values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        names = ("asker_name", "asker_job", "asker_email", "why", "form_token")
        return self.values() | {name: self[name].data for name in names}


class QuestionForm(Form):
    """A question to somebody who asks to join."""

    question = TextField("Your question", longest=2000, required="Enter your question")


class AnswerForm(Form):
    """The answer to it."""

    answer = TextField("Your answer", longest=2000, required="Enter your answer")


class DeclineForm(Form):
    """Why a request to join is declined."""

    reason = TextField("Reason", longest=2000, required="Say why, in words for who asked")


class StepForm(Form):
    """Why an organisation is suspended, archived or active again."""

    reason = LineField("Reason", longest=500, description="Its members read this, with your name and email address")


class DeletionForm(Form):
    """The name of the organisation that is to be deleted, typed to make sure."""

    name = LineField("Type the name of the organisation", required="Type the name of the organisation")

"""The form of the five selection questions."""

from typing import Any, cast

from wtforms.validators import StopValidation

from tia_hub.core.forms import ChoiceField, Form, LineField, TextField, choices_of
from tia_hub.framework.types import Edition
from tia_hub.trainers.forms.fields import VersionField
from tia_hub.trainers.models import CourseScore
from tia_hub.trainers.types import Answer, Met, ScoreState


class ScoreForm(Form):
    """An organisation's answers; `make_score_form` adds three fields for each question of an edition."""

    version = VersionField(default="0")
    has_interest = ChoiceField(
        "Does your organisation have an interest in this provider or course?",
        choices=[("no", "No"), ("yes", "Yes")],
        description="For example, it owns or funds the provider, or somebody close to you works there",
    )
    interest = LineField("What the interest is", longest=500, description="If you answered yes")
    state = ChoiceField("Draft or final", choices=choices_of(ScoreState), required="Choose one of the two buttons")

    questions: tuple[str, ...] = ()
    """The questions' codes."""

    def validate_interest(self, field: Any) -> None:
        """Refuse an interest without words."""
        if self.has_interest.data == "yes" and not field.data:
            raise StopValidation("Say what the interest is")

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides each field: a final score answers everything."""
        valid = bool(super().validate(extra_validators))
        if self.state.data == ScoreState.FINAL:
            fields = [self.has_interest, *(self[f"met_{code}"] for code in self.questions)]
            for field in fields:
                if not field.data and not field.errors:
                    field.errors = ["Answer this question before you make the score final"]
                    valid = False
        return valid

    def answers(self) -> dict[str, Answer]:
        """The answers of a valid form, by the question's code."""
        return {
            code: Answer(
                met=Met(self[f"met_{code}"].data) if self[f"met_{code}"].data else None,
                note=self[f"note_{code}"].data or "",
                evidence=self[f"evidence_{code}"].data or "",
            )
            for code in self.questions
        }

    def declared_interest(self) -> str:
        """The interest in words; empty where there is none."""
        return (self.interest.data or "") if self.has_interest.data == "yes" else ""


def make_score_form(edition: Edition, score: CourseScore | None = None) -> ScoreForm:
    """A form with the questions of an edition, filled in from what was kept."""
    fields: dict[str, Any] = {"questions": tuple(question.code for question in edition.selection.questions)}
    values: dict[str, Any] = {}
    for question in edition.selection.questions:
        fields[f"met_{question.code}"] = ChoiceField(question.text, choices=choices_of(Met))
        fields[f"note_{question.code}"] = TextField("Note", longest=4000)
        fields[f"evidence_{question.code}"] = TextField(
            "Evidence", longest=4000, description="What you read, saw or were told, and when"
        )
    if score is not None:
        values = {"version": str(score.version), "interest": score.interest}
        if score.interest or score.state == ScoreState.FINAL:
            values["has_interest"] = "yes" if score.interest else "no"
        for answer in score.answers:
            values |= {
                f"met_{answer.question}": answer.met,
                f"note_{answer.question}": answer.note,
                f"evidence_{answer.question}": answer.evidence,
            }
    form = type("ScoreFormOfEdition", (ScoreForm,), fields)(data=values)
    return cast(ScoreForm, form)

"""Forms of the level finder and of the self-assessment, made from the framework's own questions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tia_hub.core.forms import ChoiceField, ChoicesField, Form, KeptField, LineField, ListField, TextField, choices_of
from tia_hub.framework.types import Edition, Level, Statement
from tia_hub.training.models import Answer
from tia_hub.training.types import AUDIENCE_WORDS, Mark, Typed

LEFT = "left"
"""The choice of a statement that is left without a mark."""


def _version(value: str | None) -> int:
    """A version as the page sent it; one that never was where it is no number, so that nothing is overwritten."""
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 10 else -1


class AnswersForm(Form):
    """A form with a text and a hidden version for each of some answers."""

    codes: tuple[str, ...] = ()

    def typed(self) -> dict[str, Typed]:
        """What was typed, by code of the answer."""
        return {code: Typed(self[f"text-{code}"].data or "", _version(self[f"version-{code}"].data)) for code in self.codes}

    def lay(self, versions: Mapping[str, int]) -> None:
        """Give the form the versions that stand by now, so that what is sent next is a choice between them."""
        for code, version in versions.items():
            self[f"version-{code}"].data = str(version)


def _with_answers(base: type[Form], questions: Iterable[tuple[str, str]], **fields: Any) -> Any:
    codes = []
    for code, label in questions:
        codes.append(code)
        fields[f"text-{code}"] = TextField(label)
        fields[f"version-{code}"] = KeptField()
    return type("PageForm", (base,), {"codes": tuple(codes), **fields})


def _values(codes: Iterable[str], answers: Mapping[str, Answer], stored: Mapping[str, str]) -> dict[str, str]:
    values = {}
    for code in codes:
        answer = answers.get(stored.get(code, code))
        values[f"text-{code}"] = answer.text if answer else ""
        values[f"version-{code}"] = str(answer.version if answer else 0)
    return values


def answers_form(
    questions: Sequence[tuple[str, str]], answers: Mapping[str, Answer], *, stored: Mapping[str, str] | None = None
) -> AnswersForm:
    """A form of some questions (code, words). `stored` names an answer's own code where it is not the question's."""
    made: type[AnswersForm] = _with_answers(AnswersForm, questions)
    return made(data=_values(made.codes, answers, stored or {}))


def role_form(
    edition: Edition,
    questions: Sequence[tuple[str, str]],
    answers: Mapping[str, Answer],
    *,
    level: str | None,
    audiences: Sequence[str],
) -> AnswersForm:
    """The prompts about service, role and level, the level itself, and whom the worker works with."""
    made: type[AnswersForm] = _with_answers(
        AnswersForm,
        questions,
        level=ChoiceField("The practice level of my role", choices=[(each.code.value, each.name) for each in edition.levels]),
        audiences=ChoicesField(
            "Which of these are true of your work?",
            choices=[(audience.value, words) for audience, words in AUDIENCE_WORDS.items()],
            description="Some statements are for these workers only. Choose any that apply, or none.",
        ),
    )
    return made(data={**_values(made.codes, answers, {}), "level": level, "audiences": list(audiences)})


class MarksForm(Form):
    """A choice for each statement."""

    codes: tuple[str, ...] = ()

    def marks(self) -> dict[str, str]:
        """Marks by code, "" for those that are left."""
        chosen = {code: self[f"mark-{code}"].data or LEFT for code in self.codes}
        return {code: "" if mark == LEFT else mark for code, mark in chosen.items()}


def marks_form(statements: Sequence[Statement], marks: Mapping[str, str]) -> MarksForm:
    """What each of some statements is to the worker."""
    choices = [*choices_of(Mark), (LEFT, "Leave for now")]
    fields = {f"mark-{each.code}": ChoiceField(each.text, choices=choices) for each in statements}
    codes = tuple(each.code for each in statements)
    made: type[MarksForm] = type("PageForm", (MarksForm,), {"codes": codes, **fields})
    return made(data={f"mark-{code}": marks.get(code, LEFT) for code in codes})


class ShareForm(Form):
    """Whom to share with."""

    manager = ListField("The manager you want to talk this through with", choices=(), required="Choose who to share this with")

    def offer(self, managers: Iterable[tuple[str, str]]) -> None:
        """Offer these people: membership and words."""
        self.manager.choices = [("", ""), *managers]


YES_NO = (("yes", "Yes"), ("no", "No"))


class FinderForm(Form):
    """The answers of the level finder so far: all in the address, none of them kept."""

    class Meta(Form.Meta):
        """Answers that are not kept need no token."""

        csrf = False

    service = ChoiceField("", choices=YES_NO)
    worker = ChoiceField("", choices=YES_NO)
    closest = ChoiceField("Which of these describes the work best?", choices=())
    job = LineField("Your job title", description="You can leave this empty. It finds the framework’s example roles.")

    def word(self, edition: Edition, candidates: Sequence[Level]) -> None:
        """Give the questions the edition's own words."""
        self.service.label.text = edition.level_finder.service_question
        self.worker.label.text = edition.level_finder.worker_question
        self.closest.choices = [(each.code.value, each.short_definition.whole) for each in candidates]


def take_form(edition: Edition, suggested: str | None) -> Form:
    """The level to take into the self-assessment, and why; the suggestion can be overruled."""
    made = type(
        "TakeForm",
        (Form,),
        {
            "level": ChoiceField(
                "The level that fits your role",
                choices=[(each.code.value, each.name) for each in edition.levels],
                required="Choose a level",
            ),
            "note": TextField(
                "Why this level? (optional)",
                longest=2000,
                description="A few words for the conversation with your manager, above all if you choose another level than "
                "the one suggested.",
            ),
        },
    )
    form: Form = made(data={"level": suggested})
    return form

"""The forms of the public pages. They are sent by GET and keep nothing, so they need no token."""

from collections.abc import Iterable
from typing import Any

from flask import request

from tia_hub.core.forms import ChoiceField, Form, LineField
from tia_hub.framework.levels import Answers
from tia_hub.framework.types import Edition, Level, PracticeLevel

NEITHER = "neither"
"""The follow-up's answer where no short definition fits, or the writer is not sure."""


class RoleSearch(Form):
    """Looking for example roles."""

    q = LineField("What is the role called?", longest=100)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(meta={"csrf": False}, **kwargs)


class LevelFinderForm(Form):
    """The framework's two questions, and the follow-up where several levels fit."""

    remit = ChoiceField("", choices=(), required="Say whether the service has a specific remit")
    contact = ChoiceField("", choices=(), required="Say whether the worker comes into contact with people affected")
    closest = ChoiceField("Which of these is closest to the role?", choices=())

    def __init__(self, edition: Edition, **kwargs: Any) -> None:
        super().__init__(meta={"csrf": False}, **kwargs)
        finder = edition.level_finder
        self.remit.label.text = finder.service_question
        self.contact.label.text = finder.worker_question
        self.remit.choices = self.contact.choices = [("yes", finder.yes_answer), ("no", finder.no_answer)]
        self.offer(edition.levels)

    @property
    def sent(self) -> bool:
        """Whether this is an answer, rather than the first look at the questions."""
        return "show" in request.args or any(field.name in request.args for field in self)

    def answers(self) -> Answers:
        """What was answered, once the form is valid."""
        closest = self.closest.data
        return Answers(
            service_has_remit=self.remit.data == "yes",
            worker_has_contact=self.contact.data == "yes",
            closest=PracticeLevel(closest) if closest and closest != NEITHER else None,
        )

    def offer(self, levels: Iterable[Level]) -> None:
        """Make these levels, and neither of them, the answers to the follow-up."""
        self.closest.choices = [
            *((level.code.value, level.name) for level in levels),
            (NEITHER, "Neither of these, or not sure"),
        ]

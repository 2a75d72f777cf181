"""Forms of teams, and of the level that is expected of one."""

from collections.abc import Container, Iterable, Sequence
from typing import Any
from uuid import UUID

from wtforms import Field
from wtforms.validators import StopValidation

from tia_hub.core.forms import (
    ChoiceField,
    Form,
    LineField,
    ListField,
    TextField,
)
from tia_hub.framework.types import Edition, Level, PracticeLevel
from tia_hub.tenants.forms.people import _id
from tia_hub.tenants.models.people import Team
from tia_hub.tenants.trees import list_paths


class TeamForm(Form):
    """A team and its place in the tree."""

    name = LineField("Name", required="Enter the name of the team")
    parent = ListField("Part of", choices=[], description="The department or directorate it belongs to, if any")
    remit = TextField(
        "Remit",
        longest=2000,
        description="What the team does, and whom it works with. It helps to find the level of training that the team needs.",
    )

    def offer(self, teams: Iterable[Team], but: Container[UUID] = ()) -> None:
        """Fill the list of teams it may be part of: not itself, nor those within it."""
        teams = [team for team in teams if team.id not in but]
        self.parent.choices = [("", "The organisation itself"), *((str(team_id), path) for team_id, path in list_paths(teams))]

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {"name": self.name.data, "parent_id": _id(self.parent.data), "remit": self.remit.data or ""}


class MergeForm(Form):
    """Into which team another is merged."""

    into = ListField("Merge it into", choices=[], required="Choose the team to merge it into")

    def offer(self, teams: Iterable[Team], but: UUID) -> None:
        """Fill the list with all teams but the one that is merged."""
        self.into.choices = [("", ""), *((str(team_id), path) for team_id, path in list_paths(teams) if team_id != but)]


YES_NO = (("yes", "Yes"), ("no", "No"))


class LevelQuestionsForm(Form):
    """The level finder's questions about a team, all in the address; none is kept until the level is set."""

    class Meta(Form.Meta):
        """Answers that are not kept need no token."""

        csrf = False

    service = ChoiceField("", choices=YES_NO)
    worker = ChoiceField("", choices=YES_NO)
    closest = ChoiceField("Which of these describes the team’s work best?", choices=())

    def word(self, edition: Edition, candidates: Sequence[Level]) -> None:
        """Give the questions the edition's own words."""
        self.service.label.text = edition.level_finder.service_question
        self.worker.label.text = edition.level_finder.worker_question
        self.closest.choices = [(each.code.value, each.short_definition.whole) for each in candidates]

    @property
    def step(self) -> str:
        """The question that comes next, or "done"."""
        for name in ("service", "worker"):
            if self[name].errors or self[name].data is None:
                return name
        return "closest" if self.closest.choices and (self.closest.errors or self.closest.data is None) else "done"


class TeamLevelForm(Form):
    """The level that a team's remit asks for; the suggestion can be overruled with a word of why."""

    level = ChoiceField("The level that fits the team’s remit", choices=(), required="Choose a level")
    note = TextField(
        "Why this level?",
        longest=2000,
        description="A few words for those who read it later. Needed where you choose another level than the one suggested.",
    )

    def offer(self, edition: Edition, suggested: PracticeLevel | None) -> None:
        """Offer the edition's levels; `suggested` is the one that needs no reason."""
        self.suggested = suggested.value if suggested else None
        self.level.choices = [(each.code.value, each.name) for each in edition.levels]

    def validate_note(self, field: Field) -> None:
        """Another level than the suggested one needs its reason."""
        if not field.data and self.level.data and self.level.data != self.suggested:
            raise StopValidation("Say in a few words why this level fits better than the one suggested")

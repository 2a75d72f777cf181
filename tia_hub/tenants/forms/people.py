"""Forms of people: their place, who takes over from them, and which of them are listed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tia_hub.core.forms import (
    ChoiceField,
    ChoicesField,
    Form,
    LineField,
    ListField,
    choices_of,
)
from tia_hub.tenants.models.people import Membership, Team
from tia_hub.tenants.trees import list_paths, within
from tia_hub.tenants.types.people import PeopleOrder, PeopleState, PeopleWanted
from tia_hub.tenants.types.roles import Role


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None


class _TeamAndManager(Form):
    """What forms about a person have in common; both lists may stay empty."""

    team = ListField("Team", choices=[])
    manager = ListField("Line manager", choices=[], description="Somebody with the role of manager or lead")

    def offer(self, teams: Iterable[Team], managers: Iterable[Membership]) -> None:
        """Fill the lists."""
        self.team.choices = [("", "No team yet"), *((str(team_id), path) for team_id, path in list_paths(teams))]
        self.manager.choices = [("", "Nobody yet"), *((str(manager.id), manager.person.name) for manager in managers)]


class MemberForm(_TeamAndManager):
    """A member's place in the organisation."""

    role = ChoiceField("Role", choices=choices_of(Role), required="Choose their role")
    job_title = LineField("Job title")

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {
            "role": Role(self.role.data),
            "job_title": self.job_title.data or "",
            "team_id": _id(self.team.data),
            "manager_id": _id(self.manager.data),
        }


class PeopleForm(Form):
    """Who is listed, all in the address. What is not offered counts as not chosen: addresses are shortened by hand."""

    class Meta(Form.Meta):
        """A list is looked at, not changed."""

        csrf = False

    role = ListField("Role", choices=[])
    team = ListField("Team, with the teams within it", choices=[])
    state = ListField("Who", choices=[])
    order = ListField("In the order of", choices=[])

    def offer(self, teams: Iterable[Team]) -> None:
        """Fill the lists."""
        self.role.choices = [("", "All roles"), *choices_of(Role)]
        self.team.choices = [("", "All teams"), *((str(team_id), path) for team_id, path in list_paths(teams))]
        self.state.choices = choices_of(PeopleState)
        self.order.choices = choices_of(PeopleOrder)
        for field in self:
            if field.data not in dict(field.choices):
                field.data = None

    @property
    def needs_teams(self) -> bool:
        """Whether teams decide about who is listed or what is said of them."""
        return bool(self.team.data) or self.state.data == PeopleState.INVITED

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, for the addresses of other pages of the list."""
        return {field.name: field.data for field in self if field.data}

    def wanted(self, teams: Iterable[Team], *, search: str, page: int) -> PeopleWanted:
        """What was chosen, for the reads."""
        return PeopleWanted(
            search=search,
            role=Role(self.role.data) if self.role.data else None,
            team_ids=within(teams, UUID(self.team.data)) if self.team.data else None,
            state=PeopleState(self.state.data or PeopleState.PRESENT),
            order=PeopleOrder(self.order.data or PeopleOrder.NAME),
            page=page,
        )


NOBODY = "nobody"
"""The choice of no manager for now, beside managers' ids."""


class SuccessorForm(Form):
    """Who manages some people from now on; nobody, for now, is an answer too."""

    manager = ListField("Who manages them from now on?", choices=[], required="Choose who manages them from now on")

    def offer_managers(self, managers: Iterable[Membership]) -> None:
        """Fill the list of managers."""
        self.manager.choices = [
            ("", ""),
            (NOBODY, "Nobody for now"),
            *((str(manager.id), manager.person.name) for manager in managers),
        ]

    @property
    def manager_id(self) -> UUID | None:
        """Who was chosen; None for nobody."""
        return None if self.manager.data == NOBODY else _id(self.manager.data)


class HandOverForm(SuccessorForm):
    """Some of the people whom somebody manages, and who takes them over."""

    people = ChoicesField("Whom do you hand over?", choices=[], required="Choose at least one person")

    def offer(self, reports: Iterable[Membership], managers: Iterable[Membership]) -> None:
        """Fill both lists."""
        self.people.choices = [(str(report.id), report.person.name) for report in reports]
        self.offer_managers(managers)

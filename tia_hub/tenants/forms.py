"""Forms of organisations, teams, people and invitations."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from wtforms import Field
from wtforms.validators import StopValidation

from tia_hub.core.forms import ChoiceField, ChoicesField, EmailField, Form, LineField, ListField, TextField, choices_of
from tia_hub.tenants.mail_domains import read_domain
from tia_hub.tenants.models import Area, Membership, Team
from tia_hub.tenants.trees import list_paths
from tia_hub.tenants.types import Role, Sector

MOST_STAFF = 1_000_000
MOST_BY_LINK = 10_000
MOST_PASTED = 100_000
"""Characters of a list of addresses: some two thousand."""


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None


class OrganisationForm(Form):
    """An organisation's entry in the partnership."""

    name = LineField("Name", required="Enter the name of the organisation")
    sector = ChoiceField("Sector", choices=choices_of(Sector), required="Choose the sector")
    headcount = LineField(
        "Number of staff", required="Enter the number of staff", description="Roughly, volunteers included", longest=9
    )
    areas = ChoicesField("Areas it serves", choices=[], description="Choose all that apply")

    def __init__(self, areas: Iterable[Area], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.areas.choices = [(str(area.id), area.name) for area in areas]

    def validate_headcount(self, field: Field) -> None:
        """A whole number, however its thousands are parted."""
        digits = re.sub(r"[ ,]", "", field.data)
        if not re.fullmatch(r"\d{1,9}", digits, re.ASCII) or int(digits) > MOST_STAFF:
            raise StopValidation(f"The number of staff must be a whole number up to {MOST_STAFF:,}, like 40")

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {
            "name": self.name.data,
            "sector": Sector(self.sector.data),
            "headcount": int(re.sub(r"[ ,]", "", self.headcount.data or "")),
            "area_ids": [UUID(value) for value in self.areas.data or ()],
        }


class InviteLeadForm(Form):
    """Who is to lead an organisation's work."""

    name = LineField("Name", required="Enter their name")
    email = EmailField("Email address", required="Enter their email address")


class _TeamAndManager(Form):
    """What forms about a person have in common; both lists may stay empty."""

    team = ListField("Team", choices=[])
    manager = ListField("Line manager", choices=[], description="Somebody with the role of manager or lead")

    def offer(self, teams: Iterable[Team], managers: Iterable[Membership]) -> None:
        """Fill the lists."""
        self.team.choices = [("", "No team yet"), *((str(team_id), path) for team_id, path in list_paths(teams))]
        self.manager.choices = [("", "Nobody yet"), *((str(manager.id), manager.person.name) for manager in managers)]


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


class DomainForm(Form):
    """An e-mail domain of the organisation's own."""

    domain = LineField(
        "Email domain",
        longest=254,
        required="Enter the domain",
        description="What comes after the @, like harbourtrust.example",
    )

    def validate_domain(self, field: Field) -> None:
        """A domain, with or without the @."""
        domain = read_domain(field.data)
        if domain is None:
            raise StopValidation("Enter a domain in the correct format, like harbourtrust.example")
        field.data = domain


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


class TeamForm(Form):
    """A team and its place in the tree."""

    name = LineField("Name", required="Enter the name of the team")
    parent = ListField("Part of", choices=[], description="The department or directorate it belongs to, if any")
    remit = TextField(
        "Remit",
        longest=2000,
        description="What the team does, and whom it works with. It helps to find the level of training that the team needs.",
    )

    def offer(self, teams: Iterable[Team]) -> None:
        """Fill the list of teams it may be part of."""
        self.parent.choices = [("", "The organisation itself"), *((str(team_id), path) for team_id, path in list_paths(teams))]

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {"name": self.name.data, "parent_id": _id(self.parent.data), "remit": self.remit.data or ""}

"""Forms of organisations, teams, people and invitations."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wtforms import Field
from wtforms.validators import StopValidation

from tia_hub.accounts.oidc.asking import directory
from tia_hub.accounts.oidc.types import ProviderFault
from tia_hub.core.forms import (
    ChoiceField,
    ChoicesField,
    EmailField,
    Form,
    LineField,
    ListField,
    SecretField,
    TextField,
    choices_of,
    fault_in_text,
)
from tia_hub.tenants.models import Area, IdentityProvider, Membership, Team
from tia_hub.tenants.trees import list_paths
from tia_hub.tenants.types import Newcomers, OwnSignIn, Role, SecondFactor, Sector

MOST_STAFF = 1_000_000


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


DISCOVERY = "/.well-known/openid-configuration"
LONGEST_SECRET = 500


class IssuerField(LineField):
    """The address of an identity provider, exactly as it names itself; the address of its description will do as well."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take it without what every provider's description has at its end."""
        super().process_formdata(valuelist)
        self.data = (self.data or "").strip().removesuffix(DISCOVERY)

    def pre_validate(self, form: Any) -> None:
        """Refuse an address that could never be asked."""
        super().pre_validate(form)
        if not self.data:
            return
        try:
            directory().fetcher.check(self.data)
        except ProviderFault as fault:
            raise StopValidation("Enter the full address of the provider, beginning with https://") from fault
        if "?" in self.data:
            raise StopValidation("The address of a provider has no question mark")


class ClientSecretField(SecretField):
    """The secret of a client: pasted, never shown again."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what can't be one."""
        self.data = (self.data or "").strip()
        if fault_in_text(self.data, LONGEST_SECRET) or not self.data.isprintable():
            raise StopValidation(f"Paste the client secret again, in {LONGEST_SECRET} characters or fewer")


class IdentityProviderForm(Form):
    """An organisation's own identity provider."""

    issuer = IssuerField(
        "Address of the provider (issuer)",
        required="Enter the address of the provider",
        description="For example https://login.example.org/your-organisation",
    )
    client_id = LineField(
        "Client ID", required="Enter the client ID", description="The provider shows it where you registered TIA Hub"
    )
    client_secret = ClientSecretField("Client secret")
    state = ChoiceField("Do people sign in by it?", choices=choices_of(OwnSignIn), required="Choose how people sign in")
    second_factor = ChoiceField(
        "Who asks for the second factor?", choices=choices_of(SecondFactor), required="Choose who asks for the second factor"
    )
    newcomers = ChoiceField("Who may come in by it?", choices=choices_of(Newcomers), required="Choose who may come in")

    @classmethod
    def of(cls, provider: IdentityProvider | None) -> "IdentityProviderForm":
        """The form with what there is; never the secret."""
        if provider is None:
            data = {"state": OwnSignIn.OFF, "second_factor": SecondFactor.HUB, "newcomers": Newcomers.INVITED}
            return cls(formdata=None, data={name: each.value for name, each in data.items()})
        names = ("issuer", "client_id", "state", "second_factor", "newcomers")
        return cls(formdata=None, data={name: getattr(provider, name) for name in names})

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {
            "issuer": self.issuer.data,
            "client_id": self.client_id.data,
            "client_secret": self.client_secret.data,
            "state": OwnSignIn(self.state.data),
            "second_factor": SecondFactor(self.second_factor.data),
            "newcomers": Newcomers(self.newcomers.data),
        }


class DomainForm(Form):
    """An e-mail domain of an organisation."""

    domain = LineField(
        "Email domain",
        required="Enter the domain",
        description="What stands behind the @ in your addresses, like harbour.example.org",
        longest=253,
    )

    def validate_domain(self, field: Field) -> None:
        """A domain, however it was typed: with an @, an address before it, or capitals; kept as mail servers write it."""
        domain = field.data.rpartition("@")[2].strip().rstrip(".").lower()
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            domain = ""
        if not re.fullmatch(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", domain):
            raise StopValidation("Enter a domain like harbour.example.org")
        field.data = domain


class WorkAddressForm(Form):
    """Whose organisation's sign-in is wanted."""

    email = EmailField("Work email address", required="Enter your work email address")


class MemberAddressForm(Form):
    """Which member."""

    member = EmailField("Their email address in TIA Hub", required="Enter their email address")

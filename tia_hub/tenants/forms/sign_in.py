"""Forms of how an organisation has its people sign in."""

from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation

from tia_hub.accounts.oidc.asking import directory
from tia_hub.accounts.oidc.types import ProviderFault
from tia_hub.core.forms import (
    ChoiceField,
    EmailField,
    Form,
    LineField,
    SecretField,
    choices_of,
    fault_in_text,
)
from tia_hub.tenants.mail_domains import read_domain
from tia_hub.tenants.models.sign_in import IdentityProvider
from tia_hub.tenants.types.sign_in import Newcomers, OwnSignIn, SecondFactor

LONGEST_IDLE = 60
"""Minutes without use after which everybody signs in again; an organisation may only choose fewer."""


class SignInRulesForm(Form):
    """What an organisation asks of its members' sign-in: as much as the installation does, or more."""

    second_factor = ChoiceField(
        "Does everybody need a second factor to come in?",
        choices=[("yes", "Yes, everybody: an authenticator app or a passkey"), ("no", "As TIA Hub asks it of everybody")],
        required="Choose whether everybody needs a second factor",
        description="Somebody who learns a password can then still not come in",
    )
    idle = ChoiceField(
        "After how long without use do people sign in again?",
        choices=[("60", "60 minutes"), ("30", "30 minutes"), ("15", "15 minutes")],
        required="Choose after how long people sign in again",
        description="Nothing that they have typed is lost",
    )

    def values(self) -> dict[str, Any]:
        """What was chosen, for the services."""
        minutes = int(self.idle.data or 0)
        return {"second_factor": self.second_factor.data == "yes", "idle_minutes": minutes if minutes < LONGEST_IDLE else None}


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


class WorkAddressForm(Form):
    """Whose organisation's sign-in is wanted."""

    email = EmailField("Work email address", required="Enter your work email address")


class MemberAddressForm(Form):
    """Which member."""

    member = EmailField("Their email address in TIA Hub", required="Enter their email address")

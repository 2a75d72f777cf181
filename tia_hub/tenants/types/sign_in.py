"""How an organisation has its people sign in."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class OwnSignIn(StrEnum):
    """How far an organisation has its people signed in by an identity provider of its own."""

    OFF = "off"
    OFFERED = "offered"
    ENFORCED = "enforced"

    @property
    def words(self) -> str:
        """As a form says it."""
        return {"off": "No", "offered": "Yes, and by password as well", "enforced": "Yes, and in no other way"}[self.value]

    @property
    def description(self) -> str:
        """What it means."""
        return {
            "off": "People sign in with their TIA Hub password. What is entered here is kept.",
            "offered": "People choose. Good for trying it out.",
            "enforced": "A password no longer opens the organisation’s pages. Leads keep theirs, with their second factor, "
            "so that nobody is locked out when your provider fails.",
        }[self.value]


class SecondFactor(StrEnum):
    """Who asks for the second factor when the organisation's provider signs somebody in."""

    HUB = "hub"
    PROVIDER = "provider"

    @property
    def words(self) -> str:
        """As a form says it."""
        return {"hub": "TIA Hub", "provider": "Our provider"}[self.value]

    @property
    def description(self) -> str:
        """What it means."""
        return {
            "hub": "After your provider’s own page people enter a code of their TIA Hub app, unless your provider says that it "
            "has asked for more than one factor.",
            "provider": "Your provider asks everybody for a second factor, whoever they are and wherever they work. Choose "
            "this only if that is so: it goes on the trail with your name.",
        }[self.value]


class Newcomers(StrEnum):
    """Whom the organisation's provider may bring that nobody has invited."""

    INVITED = "invited"
    EVERYBODY = "everybody"

    @property
    def words(self) -> str:
        """As a form says it."""
        return {"invited": "Only who was invited", "everybody": "Everybody with an address in our domains"}[self.value]

    @property
    def description(self) -> str:
        """What it means."""
        return {
            "invited": "Whoever has no invitation is told to ask a lead for one.",
            "everybody": "They become members of staff. Somebody whose access was closed still needs an invitation.",
        }[self.value]


@dataclass(frozen=True, kw_only=True)
class WayIn:
    """An organisation that somebody can sign in to by its own provider."""

    organisation_id: UUID
    partnership_id: UUID
    slug: str
    name: str

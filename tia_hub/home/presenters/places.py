"""How far an organisation is open to a member, by its state, and the words for it."""

from tia_hub.core.clock import format_date
from tia_hub.core.identity import Access
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.types.organisations import OrganisationState
from tia_hub.tenants.types.roles import Role


def access_to(organisation: Organisation, role: Role) -> Access:
    """All of it while it is active; its leads read it until it is gone, so that they can take what is theirs."""
    match OrganisationState(organisation.state):
        case OrganisationState.ACTIVE:
            return Access.OPEN
        case OrganisationState.SUSPENDED:
            return Access.SHUT
        case OrganisationState.ARCHIVED | OrganisationState.CLOSING:
            return Access.READ_ONLY if role is Role.LEAD else Access.SHUT


def notice_of(organisation: Organisation, role: Role) -> tuple[str, str] | None:
    """A title and a text that say why it is not open, and whom to ask."""
    state, name = OrganisationState(organisation.state), organisation.name
    if state is OrganisationState.ACTIVE:
        return None
    reason = f" The reason given: {organisation.state_reason}" if organisation.state_reason else ""
    ask = f" If you have questions, ask {organisation.state_contact}." if organisation.state_contact else ""
    if state is OrganisationState.SUSPENDED:
        text = f"Nobody can open it at the moment. Nothing in it is lost, and nobody sees what you wrote.{reason}{ask}"
        return f"{name} is suspended", text
    if state is OrganisationState.ARCHIVED:
        reading = "You can read everything and take it away with you. Nothing can be changed."
        text = reading if role is Role.LEAD else "It is kept and no longer used. Its leads can still read it."
        return f"{name} is archived", f"{text}{reason}{ask}"
    day = format_date(organisation.closing_on) if organisation.closing_on else "a day to come"
    reading = f"Until {day} you can read everything, take it away with you, or stop the deletion on the page “Organisation”."
    text = reading if role is Role.LEAD else f"It is closed, and deleted on {day} unless one of its leads stops that."
    return f"{name} is to be deleted", f"{text}{ask}"

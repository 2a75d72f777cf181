"""What an organisation asks of its members' sign-in."""

from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.tenants.queries.organisations import get_own_organisation


def set_sign_in_rules(scope: OrganisationScope, *, second_factor: bool, idle_minutes: int | None) -> None:
    """Ask for a second factor or not, and for a new sign-in after some minutes without use (None: as everywhere).

    Both hold from each member's next request on.
    """
    organisation = get_own_organisation(scope)
    if (organisation.second_factor, organisation.idle_minutes) == (second_factor, idle_minutes):
        return
    organisation.second_factor, organisation.idle_minutes = second_factor, idle_minutes
    factor = "a second factor is needed" if second_factor else "a second factor is needed where TIA Hub asks for one"
    idle = f"{idle_minutes or 60} minutes without use"
    record(scope, "organisation.sign_in_rules", f"Changed how people sign in: {factor}; again after {idle}")

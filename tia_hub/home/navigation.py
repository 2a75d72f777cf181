"""What each kind of place has in its navigation, in order."""

from tia_hub.core.pages import NavItem
from tia_hub.core.permissions import Permission as P
from tia_hub.core.permissions import PlaceKind

NAVIGATION: dict[PlaceKind, tuple[NavItem, ...]] = {
    PlaceKind.ORGANISATION: (
        NavItem("My work", "home.work", P.ORGANISATION_OPEN),
        NavItem("People", "tenants.people", P.PEOPLE_MANAGE),
        NavItem("Teams", "tenants.teams", P.PEOPLE_MANAGE),
    ),
    PlaceKind.PARTNERSHIP: (
        NavItem("Overview", "home.overview", P.PARTNERSHIP_OPEN),
        NavItem("Organisations", "tenants.organisations", P.ORGANISATION_MANAGE),
    ),
    PlaceKind.PROVIDER: (NavItem("Overview", "home.provider", P.PROVIDER_OPEN),),
}

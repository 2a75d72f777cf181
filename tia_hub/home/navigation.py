"""What each kind of place has in its navigation, in order."""

from tia_hub.core.pages import NavItem
from tia_hub.core.permissions import Permission as P
from tia_hub.core.permissions import PlaceKind

NAVIGATION: dict[PlaceKind, tuple[NavItem, ...]] = {
    PlaceKind.ORGANISATION: (
        NavItem("My work", "home.work", P.ORGANISATION_OPEN),
        NavItem("Courses", "trainers.courses", P.COURSE_READ),
    ),
    PlaceKind.PARTNERSHIP: (
        NavItem("Overview", "home.overview", P.PARTNERSHIP_OPEN),
        NavItem("Trainers", "trainers.registry", P.REGISTRY_MANAGE),
    ),
    PlaceKind.PROVIDER: (
        NavItem("Overview", "home.provider", P.PROVIDER_OPEN),
        NavItem("Courses", "trainers.own_courses", P.PROVIDER_OPEN),
    ),
}

"""What each kind of place has in its navigation, in order."""

from tia_hub.core.pages import NavItem
from tia_hub.core.permissions import Permission as P
from tia_hub.core.permissions import PlaceKind

NAVIGATION: dict[PlaceKind, tuple[NavItem, ...]] = {
    PlaceKind.ORGANISATION: (
        NavItem("My work", "home.work", P.ORGANISATION_OPEN),
        NavItem("Audits", "audits.index", P.AUDIT_READ),
        NavItem("My training needs", "training.mine", P.ASSESSMENT_OWN),
        NavItem("Conversations", "training.team", P.ASSESSMENT_MANAGE),
        NavItem("Training picture", "training.picture", P.TRAINING_PICTURE),
        NavItem("Courses", "trainers.courses", P.COURSE_READ),
        NavItem("Outcomes", "outcomes.index", P.OUTCOME_READ),
        NavItem("People", "tenants.people", P.PEOPLE_MANAGE),
        NavItem("Organisation", "tenants.own_organisation", P.ORGANISATION_CHANGE),
        NavItem("What is shared", "reports.publication", P.PUBLICATION_READ),
    ),
    PlaceKind.PARTNERSHIP: (
        NavItem("Overview", "home.overview", P.PARTNERSHIP_OPEN),
        NavItem("Organisations", "tenants.organisations", P.ORGANISATION_MANAGE),
        NavItem("Training providers", "trainers.registry", P.REGISTRY_MANAGE),
        NavItem("Reports", "reports.index", P.REPORT_READ),
        NavItem("Schedules", "reports.schedules", P.REPORT_READ),
    ),
    PlaceKind.PROVIDER: (
        NavItem("Overview", "home.provider", P.PROVIDER_OPEN),
        NavItem("Courses", "trainers.own_courses", P.COURSE_WRITE),
    ),
}

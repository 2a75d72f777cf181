"""What can be permitted, and the place where each permission holds. Roles, in plain English, are in `tenants.roles`."""

from enum import Enum, StrEnum


class PlaceKind(StrEnum):
    """The kinds of place an address leads to; the value is the name of its part in a route."""

    ORGANISATION = "organisation"
    PARTNERSHIP = "partnership"
    PROVIDER = "provider"


class Permission(Enum):
    """One thing that somebody may do in one kind of place: `(place, what it lets one do)`."""

    # Every member of an organisation, its guests included
    ORGANISATION_OPEN = (PlaceKind.ORGANISATION, "open the organisation's first page and see its name")
    AUDIT_CONTRIBUTE = (PlaceKind.ORGANISATION, "answer what they themselves were asked about an audit")
    # Everybody who works there
    AUDIT_READ = (PlaceKind.ORGANISATION, "read the organisation's audits")
    ASSESSMENT_OWN = (PlaceKind.ORGANISATION, "write, share and agree their own self-assessment")
    OUTCOME_READ = (PlaceKind.ORGANISATION, "see the outcomes that the organisation records")
    COURSE_READ = (PlaceKind.ORGANISATION, "search courses and read how organisations scored them")
    # Managers
    ASSESSMENT_MANAGE = (
        PlaceKind.ORGANISATION,
        "read and agree the self-assessments that were shared with them",
    )
    # Leads
    PEOPLE_MANAGE = (PlaceKind.ORGANISATION, "invite people, make teams and say who manages whom")
    AUDIT_WRITE = (PlaceKind.ORGANISATION, "start, rate, submit and share audits")
    TRAINING_PICTURE = (PlaceKind.ORGANISATION, "see training needs in counts, never anybody's text")
    COURSE_SCORE = (PlaceKind.ORGANISATION, "answer the five selection questions for the organisation")
    OUTCOME_WRITE = (PlaceKind.ORGANISATION, "record and share outcomes")
    PUBLICATION_READ = (PlaceKind.ORGANISATION, "see what the coordinator sees of the organisation")
    SIGN_IN_MANAGE = (PlaceKind.ORGANISATION, "have people sign in by the organisation's own identity provider")
    ORGANISATION_CHANGE = (
        PlaceKind.ORGANISATION,
        "change the organisation's logo and number of staff, and ask for its deletion or stop it",
    )
    SIGN_IN_RULES = (PlaceKind.ORGANISATION, "decide what is asked of members who sign in")
    ORGANISATION_EXPORT = (PlaceKind.ORGANISATION, "take all of the organisation's data away, self-assessments sealed")
    ORGANISATION_TRAIL = (
        PlaceKind.ORGANISATION,
        "read the organisation's trail, take it away, and see who has access",
    )
    RETENTION_CHOOSE = (PlaceKind.ORGANISATION, "choose how long the organisation keeps things")
    # The coordinator's office
    PARTNERSHIP_OPEN = (
        PlaceKind.PARTNERSHIP,
        "open the partnership's pages and see what organisations have published",
    )
    ORGANISATION_MANAGE = (
        PlaceKind.PARTNERSHIP,
        "create, suspend and archive organisations, invite their leads and see who leads them",
    )
    REGISTRY_MANAGE = (PlaceKind.PARTNERSHIP, "register training providers and accept their courses")
    REPORT_READ = (PlaceKind.PARTNERSHIP, "read and download partnership reports")
    REPORT_WRITE = (PlaceKind.PARTNERSHIP, "compile partnership reports and schedule them")
    PARTNERSHIP_TRAIL = (PlaceKind.PARTNERSHIP, "read the partnership's trail")
    # Provider users
    PROVIDER_OPEN = (PlaceKind.PROVIDER, "open the provider's pages")
    COURSE_WRITE = (PlaceKind.PROVIDER, "describe the provider, list courses and give them dates")

    def __init__(self, place: PlaceKind, words: str) -> None:
        self.place = place
        self.words = words

"""Sectors, roles in plain English with what each permits, the life of organisations, invitations, pages of long lists."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from tia_hub.core.permissions import Permission as P
from tia_hub.core.scope import OrganisationScope


class Sector(StrEnum):
    """What kind of organisation it is."""

    POLICE = "police"
    HEALTH = "health"
    COUNCIL = "council"
    EDUCATION = "education"
    JUSTICE = "justice"
    FIRE = "fire"
    CHARITY = "charity"

    @property
    def words(self) -> str:
        """As people say it."""
        return {
            "police": "Police",
            "health": "Health",
            "council": "Council",
            "education": "Education",
            "justice": "Justice",
            "fire": "Fire and rescue",
            "charity": "Charity and community",
        }[self.value]


class Role(StrEnum):
    """Roles in an organisation. What a role permits is here and nowhere else."""

    CONTRIBUTOR = "contributor"
    STAFF = "staff"
    MANAGER = "manager"
    LEAD = "lead"

    @property
    def words(self) -> str:
        """The role's name."""
        return {"contributor": "Contributor", "staff": "Member of staff", "manager": "Manager", "lead": "Lead"}[self.value]

    @property
    def description(self) -> str:
        """Who has it."""
        return {
            "contributor": "A guest, such as somebody with lived experience, a partner or a board member, who sees only the "
            "parts of an audit that they are asked about.",
            "staff": "Everybody who works in the organisation.",
            "manager": "Somebody who manages others and agrees their training plans with them.",
            "lead": "Somebody who leads the organisation's work on becoming trauma-informed.",
        }[self.value]

    @property
    def permissions(self) -> frozenset[P]:
        """What it permits in the organisation."""
        return _PERMISSIONS[self]


_CONTRIBUTOR = frozenset({P.ORGANISATION_OPEN, P.AUDIT_CONTRIBUTE})
_STAFF = _CONTRIBUTOR | {P.AUDIT_READ, P.ASSESSMENT_OWN, P.OUTCOME_READ, P.COURSE_READ}
_MANAGER = _STAFF | {P.ASSESSMENT_MANAGE}
_PERMISSIONS: dict[Role, frozenset[P]] = {
    Role.CONTRIBUTOR: _CONTRIBUTOR,
    Role.STAFF: _STAFF,
    Role.MANAGER: _MANAGER,
    Role.LEAD: _MANAGER
    | {
        P.PEOPLE_MANAGE,
        P.AUDIT_WRITE,
        P.TRAINING_PICTURE,
        P.COURSE_SCORE,
        P.OUTCOME_WRITE,
        P.PUBLICATION_READ,
        P.SIGN_IN_MANAGE,
        P.ORGANISATION_TRAIL,
        P.SIGN_IN_RULES,
        P.ORGANISATION_EXPORT,
        P.ORGANISATION_CHANGE,
        P.RETENTION_CHOOSE,
    },
}

OPERATOR_WORDS = "Operator"
OPERATOR_MAY = (
    "set up partnerships, their areas and their first coordinators, from the command line",
    "see who has an account, and send somebody a link to choose a password",
)
"""What the database role of who runs the installation lets them do. It has no policy on any organisation's table, so no page
and no command shows them any."""

COORDINATOR_WORDS = "Coordinator"
COORDINATOR_PERMISSIONS = frozenset(
    {
        P.PARTNERSHIP_OPEN,
        P.ORGANISATION_MANAGE,
        P.REGISTRY_MANAGE,
        P.REPORT_READ,
        P.REPORT_WRITE,
        P.PARTNERSHIP_TRAIL,
    }
)


class InvitationState(StrEnum):
    """What became of an invitation."""

    UNSENT = "unsent"
    """Its mail has not been written yet."""
    WAITING = "waiting"
    """The coordinator's office invites a further lead, and a present one has to confirm that."""
    SENT = "sent"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def words(self) -> str:
        """As a page says it."""
        return {
            "unsent": "Waiting to be sent",
            "waiting": "Waits for a lead",
            "sent": "Sent",
            "accepted": "Accepted",
            "expired": "Expired",
            "revoked": "Withdrawn",
        }[self.value]


@dataclass(frozen=True, kw_only=True)
class Invitee:
    """Somebody to invite into an organisation."""

    email: str
    name: str
    role: Role
    job_title: str = ""
    team_id: UUID | None = None
    manager_email: str | None = None
    """The address of their line manager, who need not have joined yet."""


@dataclass(frozen=True, kw_only=True)
class InvitedMany:
    """What became of several invitations at once, by address; each address is in one of the three."""

    made: tuple[str, ...]
    already_invited: tuple[str, ...]
    """They have an invitation that is still open."""
    already_members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Sending:
    """How far the mails of an organisation's open invitations are."""

    waiting: int
    """Not written yet: so many a minute are."""
    on_their_way: int
    sent: int
    failed: int

    @property
    def total(self) -> int:
        """All open invitations."""
        return self.waiting + self.on_their_way + self.sent + self.failed


class OrganisationState(StrEnum):
    """Where an organisation is in its life."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ARCHIVED = "archived"
    CLOSING = "closing"
    """Its deletion was asked for, and waits for its day."""

    @property
    def words(self) -> str:
        """As a page says it."""
        return {"active": "Active", "suspended": "Suspended", "archived": "Archived", "closing": "To be deleted"}[self.value]


class Step(StrEnum):
    """What changes where an organisation is in its life; the value is a part of addresses."""

    SUSPEND = "suspend"
    REACTIVATE = "reactivate"
    ARCHIVE = "archive"
    DELETE = "delete"
    """Ask for its deletion."""
    KEEP = "keep"
    """Stop its deletion."""


_STEPS: dict[OrganisationState, dict[Step, OrganisationState]] = {
    OrganisationState.ACTIVE: {
        Step.SUSPEND: OrganisationState.SUSPENDED,
        Step.ARCHIVE: OrganisationState.ARCHIVED,
        Step.DELETE: OrganisationState.CLOSING,
    },
    OrganisationState.SUSPENDED: {
        Step.REACTIVATE: OrganisationState.ACTIVE,
        Step.ARCHIVE: OrganisationState.ARCHIVED,
        Step.DELETE: OrganisationState.CLOSING,
    },
    OrganisationState.ARCHIVED: {
        Step.REACTIVATE: OrganisationState.ACTIVE,
        Step.DELETE: OrganisationState.CLOSING,
    },
    OrganisationState.CLOSING: {},
}


@dataclass(frozen=True)
class Life:
    """Where an organisation is, and what it becomes again should its deletion be stopped: all steps there are."""

    state: OrganisationState
    resumes_as: OrganisationState | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """What can happen to it now."""
        return (Step.KEEP,) if self.resumes_as else tuple(_STEPS[self.state])

    def after(self, step: Step) -> "Life | None":
        """Where it is after a step; None where the step is not one of those that can happen."""
        if step not in self.steps:
            return None
        if self.resumes_as:
            return Life(self.resumes_as)
        state = _STEPS[self.state][step]
        return Life(state, self.state if state is OrganisationState.CLOSING else None)


@dataclass(frozen=True, kw_only=True)
class Due:
    """An organisation whose deletion waited long enough."""

    organisation_id: UUID
    partnership_id: UUID
    closing_on: date


class RequestState(StrEnum):
    """What became of an organisation's request to join."""

    UNCONFIRMED = "unconfirmed"
    """The address of who asks is not known to be theirs: the coordinator does not see it."""
    WAITING = "waiting"
    ASKED = "asked"
    """A question was asked back."""
    APPROVED = "approved"
    DECLINED = "declined"

    @property
    def words(self) -> str:
        """As a page says it."""
        return {
            "unconfirmed": "Address not confirmed",
            "waiting": "Waits for you",
            "asked": "Question asked",
            "approved": "Approved",
            "declined": "Declined",
        }[self.value]


@dataclass(frozen=True, kw_only=True)
class OpenPartnership:
    """A partnership that organisations may ask to join by themselves, as everybody may know it."""

    id: UUID
    slug: str
    name: str


class ListedOrganisation(BaseModel, frozen=True):
    """A row of a spreadsheet of organisations that can be added."""

    number: int
    """The row, as the spreadsheet shows it."""
    name: str
    sector: Sector
    headcount: int
    area_ids: tuple[UUID, ...]
    lead_name: str
    lead_email: str


class RowFault(BaseModel, frozen=True):
    """A row that can't be added, with all that is wrong in it."""

    number: int
    name: str
    faults: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Somebody to turn to: a lead of an organisation, or somebody of the coordinator's office."""

    person_id: UUID
    name: str
    email: str


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


@dataclass(frozen=True, kw_only=True)
class Joining:
    """How many people are in an organisation, and how many were invited and have not joined."""

    members: int
    invited: int
    """Invitations that can still be accepted."""
    expired: int
    """Invitations that ran out."""
    to_confirm: int
    """Further leads whom the coordinator's office invites, and a lead has to confirm."""


@dataclass(frozen=True, kw_only=True)
class LevelBasis:
    """What the level finder was answered for a team, and what it suggested then."""

    edition: str
    service_has_remit: bool
    worker_has_contact: bool
    closest: str | None
    suggested: str | None


@dataclass(frozen=True, kw_only=True)
class TeamContents:
    """How many things belong to a team itself, without those of the teams within it."""

    people: int
    """Present members."""
    former: int
    """Those who left while they belonged to it."""
    invited: int
    """Invitations that are open."""
    teams: int
    """Open teams within it."""
    closed_teams: int
    """Closed teams that were within it or merged into it."""


@dataclass(frozen=True)
class HeldThing:
    """Something of an upper room that belongs to a team."""

    title: str
    words: str
    """Where it stands."""
    href: str
    begun_as: str | None
    """What the team was called when it was begun."""
    unfinished: bool
    """Whether it is still worked on: such a team is not closed."""


class HeldByTeams(Protocol):
    """A kind of things of an upper room that belong to teams. The factory hands them in, as this room stands below theirs."""

    words: str
    """What they are called, "audits"."""

    def list_held(self, scope: OrganisationScope, team_id: UUID) -> list[HeldThing]:
        """A team's things, newest first."""

    def move(self, scope: OrganisationScope, team_id: UUID, into_id: UUID) -> int:
        """Give all of a team's things to another; how many. Raises Refused where they can't stand beside the other's."""


@dataclass(frozen=True, kw_only=True)
class Beginnings:
    """How far an organisation, and a member in it, have come since they joined."""

    entry_checked: bool
    """Whether a lead said that the organisation's entry is right."""
    teams: int
    unmanaged: int
    """Members who have no line manager and do not lead."""
    managed_by_me: int
    has_manager: bool
    """Whether the member has a line manager."""
    dismissed: bool
    """Whether the member put the first steps away."""
    joining: Joining


class PeopleState(StrEnum):
    """Which people are listed."""

    PRESENT = "present"
    NO_MANAGER = "no_manager"
    INVITED = "invited"
    FORMER = "former"

    @property
    def words(self) -> str:
        """As the list's filter says it."""
        return {
            "present": "In the organisation",
            "no_manager": "Without a manager",
            "invited": "Invited, not joined yet",
            "former": "Left",
        }[self.value]


class PeopleOrder(StrEnum):
    """By what people are listed."""

    NAME = "name"
    NEWEST = "newest"
    JOB_TITLE = "job_title"

    @property
    def words(self) -> str:
        """As the list's filter says it."""
        return {"name": "Name", "newest": "Newest first", "job_title": "Job title"}[self.value]


@dataclass(frozen=True, kw_only=True)
class PeopleWanted:
    """Which people are listed, and how."""

    search: str = ""
    """Part of a name or of an address."""
    role: Role | None = None
    team_ids: Collection[UUID] | None = None
    """The teams they belong to one of; None for people of any team or none."""
    state: PeopleState = PeopleState.PRESENT
    order: PeopleOrder = PeopleOrder.NAME
    page: int = 1


class UploadState(StrEnum):
    """How far a staff list that was uploaded is."""

    TEXT = "text"
    """Somebody has to say whether its letters are right."""
    COLUMNS = "columns"
    """Somebody has to say which column is which."""
    CHECKING = "checking"
    CHECKED = "checked"
    """Somebody has to choose: the good rows, or nothing."""
    IMPORTING = "importing"
    DONE = "done"
    DISCARDED = "discarded"
    FAILED = "failed"

    @property
    def words(self) -> str:
        """As a page says it."""
        return {
            "text": "Waits for you to look at its letters",
            "columns": "Waits for you to match its columns",
            "checking": "Being checked",
            "checked": "Waits for you to import it",
            "importing": "Being imported",
            "done": "Imported",
            "discarded": "Not imported",
            "failed": "Could not be read",
        }[self.value]


class RowVerdict(StrEnum):
    """What a row of a staff list asks for; rows that ask for nothing are only counted."""

    NEW = "new"
    CHANGED = "changed"
    FAULTY = "faulty"


class RowOutcome(StrEnum):
    """What became of a row that was to be imported."""

    INVITED = "invited"
    ALREADY_INVITED = "already_invited"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class UploadCounts:
    """How many rows of a staff list ask for what."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    waiting: int = 0
    """People who were invited and have not joined: their invitations stay as they are."""
    faulty: int = 0
    examples: int = 0
    """Rows of the template that were left in."""
    leavers: int = 0
    """Present members who are not in the list, or are marked in it as leaving."""


Item = TypeVar("Item")


@dataclass(frozen=True)
class Slice(Generic[Item]):
    """One page of a long list."""

    items: Sequence[Item]
    total: int
    page: int
    """From 1."""
    per_page: int = 50

    @property
    def pages(self) -> int:
        """How many pages there are; 1 where there is nothing."""
        return max(1, -(-self.total // self.per_page))

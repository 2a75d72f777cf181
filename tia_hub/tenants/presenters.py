"""What pages about organisations need, already worded."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for

from tia_hub.core.clock import format_date, format_time
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.types import JobState
from tia_hub.core.mail.models import Email, EmailState
from tia_hub.core.sheets.types import letter
from tia_hub.framework.levels import Answers, Suggestion, suggest_level
from tia_hub.framework.loader import get_edition
from tia_hub.framework.types import Level, PracticeLevel
from tia_hub.tenants.models import Invitation, Membership, StaffUpload, StaffUploadRow, Team
from tia_hub.tenants.pasting import Line
from tia_hub.tenants.queries.uploads import Leaver
from tia_hub.tenants.trees import lay_out
from tia_hub.tenants.types import InvitationState, InvitedMany, LevelBasis, Role, RowVerdict, Slice, Step, UploadState

COLOURS = {
    "unsent": "teal",
    "waiting": "amber",
    "sent": "teal",
    "accepted": "green",
    "expired": "amber",
    "revoked": "grey",
}
"""The colour of an invitation's state, beside its word."""

STATE_COLOURS = {"active": "green", "suspended": "amber", "archived": "grey", "closing": "red"}
"""The colour of an organisation's state, beside its word."""

REQUEST_COLOURS = {"waiting": "teal", "asked": "amber", "approved": "green", "declined": "grey"}
"""The colour of a request's state, beside its word."""


@dataclass(frozen=True, kw_only=True)
class AboutStep:
    """A step in the life of an organisation: what it is called, what it means, its button, and what is said once it is done."""

    title: str
    link: str
    means: tuple[str, ...]
    button: str
    done: str
    warning: bool = False


ABOUT_STEPS = {
    Step.SUSPEND: AboutStep(
        title="Suspend",
        link="Suspend it",
        means=(
            "From their next click on nobody in it can open it. They see your reason, and that they can ask you.",
            "What was written stays, and nobody sees it.",
            "What the product does for it at the moment stops, and waits.",
            "Reports go on counting what it shared, and say that it is suspended.",
        ),
        button="Suspend it",
        done="Suspended",
        warning=True,
    ),
    Step.REACTIVATE: AboutStep(
        title="Make active again",
        link="Make it active again",
        means=("Everybody in it can work in it as before.", "Its leads are told by email."),
        button="Make it active",
        done="Made active again:",
    ),
    Step.ARCHIVE: AboutStep(
        title="Archive",
        link="Archive it",
        means=(
            "Its leads can read everything and take it away with them. Nobody can change anything.",
            "Everybody else in it can no longer open it.",
            "New reports leave it out, and say so.",
            "You can make it active again.",
        ),
        button="Archive it",
        done="Archived",
        warning=True,
    ),
    Step.DELETE: AboutStep(
        title="Delete",
        link="Delete it",
        means=(
            "Its leads and the coordinator’s office are told at once, and again 7 days and 1 day before the end.",
            "Until then its leads can read everything and take it away with them. Nobody can change anything, and nobody else "
            "can open it.",
            "Any of its leads can stop the deletion. It is then what it was before.",
            "New reports leave it out, and say so.",
            "After that day all that is in it is deleted for good: audits, self-assessments, outcomes, teams, people’s places.",
        ),
        button="Ask for its deletion",
        done="Asked for the deletion of",
        warning=True,
    ),
    Step.KEEP: AboutStep(
        title="Stop the deletion of",
        link="Stop its deletion",
        means=("It is again what it was before its deletion was asked for.", "Its leads and your office are told by email."),
        button="Stop the deletion",
        done="Stopped the deletion of",
    ),
}


@dataclass(frozen=True)
class PersonRow:
    """Somebody in the list of people: a member, or somebody who was invited."""

    name: str
    href: str
    role: str
    team: str
    email: str


def present_people(found: Slice[Membership], *, organisation: str) -> list[PersonRow]:
    """Members with their `person` and `team`."""
    return [
        PersonRow(
            name=member.person.name,
            href=url_for("tenants.person", organisation=organisation, membership_id=member.id),
            role=Role(member.role).words,
            team=member.team.name if member.team else "None",
            email=member.person.email,
        )
        for member in found.items
    ]


def present_invited(found: Slice[Invitation], teams: Sequence[Team], *, organisation: str) -> list[PersonRow]:
    """Invitations that are open; each leads to the list where it can be sent again or withdrawn."""
    names = {team.id: team.name for team in teams}
    return [
        PersonRow(
            name=invitation.name,
            href=url_for("tenants.invitations", organisation=organisation),
            role=Role(invitation.role).words,
            team=names.get(invitation.team_id, "None") if invitation.team_id else "None",
            email=invitation.email,
        )
        for invitation in found.items
    ]


DEEPEST = 6
"""The depth from which on a list of teams is indented no further: fifty levels would not fit on a phone."""


@dataclass(frozen=True)
class TeamRow:
    """A team in the list of all."""

    team: Team
    depth: int
    """How far it is indented, from 1."""
    part_of: str
    """The team that it is directly within, for those who do not see the indentation; empty at the top."""
    level: str
    people: int
    """Its own people, without those of the teams within it."""


def present_teams(teams: Sequence[Team], people: Mapping[UUID, int]) -> list[TeamRow]:
    """All open teams in the order of their tree."""
    return [
        TeamRow(
            team=placed.team,
            depth=min(len(placed.above) + 1, DEEPEST),
            part_of=placed.above[-1] if placed.above else "",
            level=level_name(placed.team),
            people=people.get(placed.team.id, 0),
        )
        for placed in lay_out(teams)
    ]


def level_name(team: Team) -> str:
    """The name of the level that is expected of a team, by the edition it was set with; empty where none was set."""
    if team.expected_level is None or team.level_basis is None:
        return ""
    return get_edition(team.level_basis["edition"]).level(team.expected_level).name


@dataclass(frozen=True)
class TeamLevel:
    """The level that is expected of a team, and where it comes from."""

    level: Level
    suggestion: Suggestion
    suggested: Level | None
    differs: bool
    """Whether whoever set it chose another level than the suggested one."""


def present_level(team: Team) -> TeamLevel | None:
    """The level that was set for a team, with the reasons in the words of the edition it was set with."""
    if team.expected_level is None or team.level_basis is None:
        return None
    basis = LevelBasis(**team.level_basis)
    edition = get_edition(basis.edition)
    answers = Answers(
        service_has_remit=basis.service_has_remit,
        worker_has_contact=basis.worker_has_contact,
        closest=PracticeLevel(basis.closest) if basis.closest else None,
    )
    return TeamLevel(
        level=edition.level(team.expected_level),
        suggestion=suggest_level(edition, answers),
        suggested=edition.level(basis.suggested) if basis.suggested else None,
        differs=basis.suggested != team.expected_level,
    )


UPLOAD_COLOURS = {
    "text": "amber",
    "columns": "amber",
    "checking": "teal",
    "checked": "amber",
    "importing": "teal",
    "done": "green",
    "discarded": "grey",
    "failed": "red",
}
"""The colour of a staff list's state, beside its words."""


@dataclass(frozen=True, kw_only=True)
class UploadPage:
    """A staff list as its page shows it."""

    id: UUID
    file_name: str
    uploaded_by: UUID
    uploaded_by_name: str
    uploaded_at: datetime
    decided_by_name: str | None
    finished_at: datetime | None
    state: UploadState
    counts: dict[str, int]
    new_teams: list[str]
    problem: str | None
    done: int
    total: int
    words: str
    """How far the job is, in words."""

    @property
    def is_busy(self) -> bool:
        """Whether a job works on it."""
        return self.state in (UploadState.CHECKING, UploadState.IMPORTING)

    @property
    def has_leavers(self) -> bool:
        """Whether it was compared with who is here."""
        return self.state in (UploadState.CHECKED, UploadState.DONE) and bool(self.counts.get("leavers"))

    @property
    def good(self) -> int:
        """The rows that can be imported."""
        return self.counts.get("new", 0) + self.counts.get("changed", 0)

    @property
    def facts(self) -> list[tuple[str, int]]:
        """What is in it, in numbers: what and how many."""
        words = {
            "new": "New people, who will be invited",
            "changed": "People whose entry changes",
            "unchanged": "People who stay as they are",
            "waiting": "Invited before and not joined yet: their invitations stay as they are",
            "faulty": "Rows with something to correct",
            "examples": "Example rows of the template, left out",
        }
        return [(said, self.counts.get(key, 0)) for key, said in words.items() if key != "examples" or self.counts.get(key)]

    @property
    def tabs(self) -> list[tuple[RowVerdict, str, int]]:
        """The kinds of row that can be looked at, those that there are."""
        words = {
            RowVerdict.FAULTY: "To correct",
            RowVerdict.NEW: "New",
            RowVerdict.CHANGED: "Changes",
        }
        return [(kind, said, self.counts.get(kind, 0)) for kind, said in words.items() if self.counts.get(kind)]

    def chosen(self, wanted: str) -> RowVerdict | None:
        """The kind of row that is looked at: the wanted one, else the first that there is."""
        kinds = [kind for kind, _, _ in self.tabs]
        return next((kind for kind in kinds if kind == wanted), kinds[0] if kinds else None)


def upload_page(upload: StaffUpload, job: Job | None) -> UploadPage:
    """A staff list with the job that works on it. One that was parked as failed has failed."""
    state = UploadState(upload.state)
    problem = upload.problem
    if job and job.state == JobState.FAILED and state in (UploadState.CHECKING, UploadState.IMPORTING):
        state, problem = UploadState.FAILED, "Something went wrong on our side. Upload the file again: nothing is done twice."
    return UploadPage(
        id=upload.id,
        file_name=upload.file_name,
        uploaded_by=upload.uploaded_by,
        uploaded_by_name=upload.uploaded_by_name,
        uploaded_at=upload.created_at,
        decided_by_name=upload.decided_by_name,
        finished_at=upload.finished_at,
        state=state,
        counts=upload.counts,
        new_teams=upload.new_teams,
        problem=problem,
        done=job.progress_done if job else 0,
        total=job.progress_total if job else 0,
        words=job.progress_words if job and job.progress_words else "It waits for its turn",
    )


def column_lines(upload: StaffUpload, without_meaning: Sequence[str]) -> list[list[str]]:
    """The file's columns with what stands in their first rows; for a column of the product's own, that it is not read."""
    samples = upload.preview.get("samples", ())
    return [
        [
            f"{letter(place)}: {heading or '(no heading)'}",
            "Not read" if heading in without_meaning else ", ".join(row[place] for row in samples if row[place]) or "Empty",
        ]
        for place, heading in enumerate(upload.preview.get("header", ()))
    ]


def corrected_rows(upload: StaffUpload, rows: Iterable[StaffUploadRow]) -> tuple[list[str], Iterator[list[str]]]:
    """Headings and rows of a file in which somebody corrects what is at fault: the file's own cells, and what to do."""
    header = list(upload.preview.get("header", ()))
    cells = ([*row.entry["cells"], f"Row {row.number}: {' '.join(row.words)}"] for row in rows)
    return [*header, "What to correct"], cells


def leaver_hints(leavers: Iterable[Leaver]) -> dict[str, str]:
    """What is to be known of each of those who may have left, by the identifier of the membership."""
    hints = {}
    for leaver in leavers:
        words = ["The list says that they leave"] if leaver.marked else []
        if leaver.reports:
            words.append(f"Manages {leaver.reports} {'person' if leaver.reports == 1 else 'people'}")
        if words:
            hints[str(leaver.member.id)] = ". ".join(words)
    return hints


UNDELIVERED = frozenset({EmailState.FAILED, EmailState.UNCERTAIN, EmailState.WITHHELD})
UNDER_WAY = frozenset({EmailState.QUEUED, EmailState.SENDING})


@dataclass(frozen=True)
class InvitationRow:
    """An invitation in a list."""

    invitation: Invitation
    about: str
    """The address, and what they were invited as."""
    words: str
    colour: str
    when: str
    problem: str
    """Why its mail did not arrive; empty where it did, or may yet."""
    open: bool
    """Whether it can be sent again or withdrawn."""


def invitation_row(invitation: Invitation, email: Email | None = None) -> InvitationRow:
    """An invitation with its last mail, where that is on record and this place may see it."""
    state = invitation.state
    words, colour, problem = state.words, COLOURS[state], ""
    if state is InvitationState.SENT and email is not None and email.state in UNDER_WAY:
        words = "On its way"
    elif state in (InvitationState.SENT, InvitationState.EXPIRED) and email is not None and email.state in UNDELIVERED:
        words, colour = "Not delivered", "red"
        problem = f"The mail server said: {email.error}" if email.error else "The mail could not be handed over."
    return InvitationRow(
        invitation=invitation,
        about=f"{invitation.email}, {Role(invitation.role).words.lower()}",
        words=words,
        colour=colour,
        when=_when(invitation),
        problem=problem,
        open=state not in (InvitationState.ACCEPTED, InvitationState.REVOKED),
    )


def _when(invitation: Invitation) -> str:
    if invitation.accepted_at:
        return f"on {format_date(invitation.accepted_at)}"
    if invitation.revoked_at:
        return f"on {format_date(invitation.revoked_at)}"
    match invitation.state:
        case InvitationState.UNSENT:
            return "in its turn"
        case InvitationState.WAITING:
            return f"to confirm it until {format_date(invitation.expires_at)}"
        case InvitationState.SENT:
            return f"and good until {format_time(invitation.expires_at)}"
        case _:
            return f"on {format_date(invitation.expires_at)}"


@dataclass(frozen=True)
class Preview:
    """What would become of the lines that somebody pasted."""

    people: list[tuple[int, str, str, str]]
    """Those whose lines are right: number, name, address, and what will be done."""
    faults: list[tuple[int, str, str]]
    """The other lines: number, what they say, what is wrong."""
    new: int
    """How many would be invited."""

    @property
    def fault_words(self) -> str:
        """How many lines have faults."""
        return "1 line can’t be used" if len(self.faults) == 1 else f"{len(self.faults):,} lines can’t be used"


def make_preview(lines: Sequence[Line], known: InvitedMany) -> Preview:
    """The lines, each with what will become of it; `known` says of the right ones who is there already."""
    members, invited = set(known.already_members), set(known.already_invited)

    def what(email: str) -> str:
        if email in members:
            return "Belongs to the organisation already: stays as they are"
        return "Has an open invitation: stays as it is" if email in invited else "Will be invited"

    return Preview(
        people=[(line.number, line.name, line.email, what(line.email)) for line in lines if not line.fault],
        faults=[(line.number, line.text, line.fault) for line in lines if line.fault],
        new=len(known.made),
    )


def invited_words(invited: InvitedMany) -> str:
    """What became of many invitations."""
    made = len(invited.made)
    words = [f"{made:,} {'invitation is' if made == 1 else 'invitations are'} on the way."]
    if invited.already_invited:
        words.append(f"{len(invited.already_invited):,} had an open invitation already.")
    if invited.already_members:
        words.append(f"{len(invited.already_members):,} belonged to the organisation already.")
    return " ".join(words)

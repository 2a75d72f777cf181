"""The columns of a staff list, the template that has them, and what a cell of each may say."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from uuid import UUID

from tia_hub.core.forms import LINE, is_email_address
from tia_hub.core.sheets.matching import Column, plain
from tia_hub.core.sheets.types import Row
from tia_hub.tenants.models.people import Team
from tia_hub.tenants.trees import lay_out
from tia_hub.tenants.types.roles import Role

COLUMNS = (
    Column(
        key="email",
        label="Work email address",
        others=("Email", "Email address", "Work email", "Mail"),
        required=True,
        hint="Who it is. Every row needs one, and no two rows the same one.",
    ),
    Column(
        key="name",
        label="Name",
        others=("Full name", "Employee name", "Employee", "Staff name", "Display name"),
        hint="Needed for people who are new. People who have joined change their name themselves.",
    ),
    Column(key="job_title", label="Job title", others=("Job", "Position", "Post", "Job role"), hint="As you call it."),
    Column(
        key="team",
        label="Team",
        others=("Team path", "Department", "Directorate", "Service", "Unit"),
        hint="Its name, or its path where two teams have one name: Adult services / Outreach",
    ),
    Column(
        key="role",
        label="Role",
        others=("Role in TIA Hub", "Access"),
        hint="Member of staff, Manager or Lead. New people are members of staff where it is empty.",
    ),
    Column(
        key="manager",
        label="Manager’s email address",
        others=("Manager email", "Line manager email", "Line manager", "Manager", "Reports to"),
        hint="Somebody with the role of manager or lead, here already or in the list. Who has not joined yet becomes the "
        "manager of those who have none, as soon as they join.",
    ),
    Column(
        key="leaving",
        label="Leaving",
        others=("Leaver", "Left", "Has left"),
        hint="Write yes for people who leave. They are listed, and you choose whose access is closed.",
    ),
)
_LABELS = {column.key: column.label for column in COLUMNS}
WITHOUT_MEANING = ("Joined on", "State", "What to correct")
"""Columns of the product's own files that are not read."""

EXAMPLE_DOMAIN = "your-organisation.example"
EXAMPLES = (
    ("sam.field@your-organisation.example", "Sam Field", "Support worker", "Adult services / Outreach", "Member of staff",
     "max.lane@your-organisation.example", ""),
    ("max.lane@your-organisation.example", "Max Lane", "Outreach manager", "Adult services / Outreach", "Manager", "", ""),
    ("kit.moor@your-organisation.example", "Kit Moor", "Receptionist", "Adult services", "Member of staff", "", "yes"),
)  # fmt: skip
"""Rows of the template. Whoever forgets to delete them finds them left out, not imported."""

PATH = " / "
_ROLES = {
    "contributor": Role.CONTRIBUTOR,
    "guest": Role.CONTRIBUTOR,
    "staff": Role.STAFF,
    "member of staff": Role.STAFF,
    "employee": Role.STAFF,
    "worker": Role.STAFF,
    "user": Role.STAFF,
    "manager": Role.MANAGER,
    "line manager": Role.MANAGER,
    "lead": Role.LEAD,
    "leader": Role.LEAD,
}
_YES = frozenset({"yes", "y", "true", "x", "1", "leaving", "left", "leaver"})
_NO = frozenset({"", "no", "n", "false", "0"})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a row says. None: nothing, so that what is there stays as it is."""

    number: int
    email: str
    name: str
    job_title: str | None = None
    role: Role | None = None
    team_id: UUID | None = None
    new_team: str | None = None
    """The path of a team that is to be made."""
    manager: str | None = None
    """The line manager's address."""
    leaving: bool = False
    faults: tuple[str, ...] = ()
    """What is wrong with the row by itself, and what to do."""

    @property
    def is_example(self) -> bool:
        """Whether it is a row of the template."""
        return self.email.endswith(f"@{EXAMPLE_DOMAIN}")


def full_paths(teams: Iterable[Team]) -> dict[UUID, str]:
    """Every team's path, with all the teams that it is within, by its identifier."""
    return {placed.team.id: PATH.join((*placed.above, placed.team.name)) for placed in lay_out(teams)}


def split_path(text: str) -> list[str]:
    """The names in a team's path, from the top."""
    return [name for name in re.split(r"\s+/\s+|\s*>\s*", text) if name]


@dataclass
class TeamNames:
    """The organisation's teams, to be found by path or, where only one has it, by name."""

    paths: Mapping[UUID, str]
    """By identifier, each team's path."""
    may_make: bool = False
    new: set[str] = field(default_factory=set)
    """The paths of teams that were asked for, are not there, and may be made."""

    def __post_init__(self) -> None:
        self._by_path = {self._key(path): team_id for team_id, path in self.paths.items()}
        self._by_name: dict[str, list[UUID]] = {}
        for team_id, path in self.paths.items():
            self._by_name.setdefault(split_path(path)[-1].casefold(), []).append(team_id)
        self._known: dict[str, tuple[UUID | None, str | None, str | None]] = {}

    @staticmethod
    def _key(path: str) -> str:
        return PATH.join(split_path(path)).casefold()

    def find(self, text: str) -> tuple[UUID | None, str | None, str | None]:
        """A team that is there, the path of one to be made, or what is wrong."""
        if text not in self._known:
            self._known[text] = self._find(text)
        return self._known[text]

    def _find(self, text: str) -> tuple[UUID | None, str | None, str | None]:
        key = self._key(text)
        if key in self._by_path:
            return self._by_path[key], None, None
        alike = self._by_name.get(text.casefold(), [])
        if len(alike) == 1:
            return alike[0], None, None
        if alike:
            paths = " or ".join(f"“{self.paths[team_id]}”" for team_id in alike[:3])
            return None, None, f"There is more than one team called “{text}”. Write its path: {paths}."
        if self.may_make and split_path(text):
            path = PATH.join(split_path(text))
            self.new.add(path)
            return None, path, None
        close = get_close_matches(key, self._by_path, n=1, cutoff=0.75)
        hint = f" Did you mean “{self.paths[self._by_path[close[0]]]}”?" if close else ""
        return None, None, f"There is no team called “{text}”.{hint} Correct it, or have new teams made."


def read_entry(row: Row, columns: Mapping[str, int], teams: TeamNames) -> Entry:
    """What a row says, and what is wrong with it by itself."""
    cells = {key: row.cells[place] for key, place in columns.items()}
    email = cells.get("email", "").lower()
    faults = [row.fault] if row.fault else []
    if not email:
        faults.append("The work email address is missing. Enter it.")
    elif not is_email_address(email):
        faults.append(f"“{_short(email)}” is not an email address. Write it like name@example.com.")
    for key, cell in cells.items():
        if len(cell) > LINE:
            faults.append(f"The cell “{_LABELS[key]}” is too long. It may have {LINE} characters.")
        elif "\n" in cell:
            faults.append(f"The cell “{_LABELS[key]}” has a line break. Write it in one line.")
    role, fault = _role(cells.get("role", "")[:LINE])
    faults += [fault] if fault else []
    manager = cells.get("manager", "").lower() or None
    if manager and not is_email_address(manager):
        faults.append(f"The manager “{_short(manager)}” is not an email address. Write it like name@example.com.")
    leaving, fault = _leaving(cells.get("leaving", "")[:LINE])
    faults += [fault] if fault else []
    team_id = new_team = None
    if (team := " ".join(cells.get("team", "").split())) and len(team) <= LINE:
        team_id, new_team, fault = teams.find(team)
        faults += [fault] if fault else []
    return Entry(
        number=row.number,
        email=email,
        name=" ".join(cells.get("name", "").split()),
        job_title=cells.get("job_title") or None,
        role=role,
        team_id=team_id,
        new_team=new_team,
        manager=manager,
        leaving=leaving,
        faults=tuple(faults),
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


@lru_cache(maxsize=256)
def _role(cell: str) -> tuple[Role | None, str | None]:
    """The role that a cell names, or what is wrong with it."""
    said = plain(cell)
    if not said:
        return None, None
    if said in _ROLES:
        return _ROLES[said], None
    close = get_close_matches(said[:60], _ROLES, n=1, cutoff=0.75)
    hint = f" Did you mean {_ROLES[close[0]].words}?" if close else ""
    names = ", ".join(role.words for role in Role)
    return None, f"There is no role called “{_short(cell)}”.{hint} Use one of: {names}."


@lru_cache(maxsize=256)
def _leaving(cell: str) -> tuple[bool, str | None]:
    """Whether a cell says that somebody leaves, or what is wrong with it."""
    said = plain(cell)
    fault = None if said in _YES | _NO else f"“Leaving” says “{_short(cell)}”. Write yes, or leave it empty."
    return said in _YES, fault


def paths_to_make(paths: Iterable[str]) -> list[list[str]]:
    """Paths of teams, those within which others are first, each once."""
    every: set[tuple[str, ...]] = set()
    for path in paths:
        names = split_path(path)
        every |= {tuple(names[: depth + 1]) for depth in range(len(names))}
    return [list(names) for names in sorted(every, key=lambda names: (len(names), names))]

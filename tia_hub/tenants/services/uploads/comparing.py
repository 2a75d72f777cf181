"""A staff list against who is here: what each row asks for, and what can't be.

The list is gone through twice. The first time tells who is in it; then managers, circles and leads can be judged, which may be
named in a row further down; the second time gives each row its verdict. Only addresses are kept between the two.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tia_hub.tenants.services.people import MAY_MANAGE
from tia_hub.tenants.services.uploads.columns import Entry
from tia_hub.tenants.types.roles import Role
from tia_hub.tenants.types.uploads import RowVerdict

LAST = 1_000_000
"""The step of rows that take a role away: after all others, so that nobody is without a manager or lead meanwhile."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A present member, as a staff list knows them."""

    membership_id: UUID
    name: str
    role: Role
    job_title: str
    team_id: UUID | None
    manager: str | None
    """The line manager's address."""
    awaited: str | None = None
    """The address of a line manager who has not joined yet."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a row asks for; `kind` is None where it asks for nothing."""

    kind: RowVerdict | None
    words: tuple[str, ...] = ()
    membership_id: UUID | None = None
    name: str = ""
    """The name of the member whose place changes."""
    entry: Mapping[str, Any] = field(default_factory=dict)
    step: int = 0
    waiting: bool = False
    """Whether it is of somebody who was invited and has not joined."""


class Comparison:
    """Call `look` for every entry, then `settle`, then `judge` for every entry."""

    def __init__(self, present: Mapping[str, Known], invited: Mapping[str, Role], team_paths: Mapping[UUID, str]) -> None:
        self._present, self._invited, self._team_paths = present, invited, team_paths
        self._seen: dict[str, int] = {}
        self._roles: dict[str, Role] = {}
        """The role of everybody when all good rows are imported."""
        self._asked: dict[str, str] = {}
        """The line managers that good rows name."""
        self._asked_by: dict[str, list[str]] = {}
        """Who names somebody as their line manager."""
        self._unsure: set[str] = set()
        """Newcomers whose row is at fault, so that nobody knows what they are to be."""
        self._faults: dict[str, str] = {}
        """What is wrong with an address's row in the light of the others."""
        self._managers: dict[str, str] = {}
        """The line managers of everybody when all good rows are imported."""
        self._depths: dict[str, int] = {}
        self.marked: set[str] = set()
        """The addresses of those whom the list says to be leaving."""

    def look(self, entry: Entry) -> None:
        """Take note of an entry."""
        if entry.email in self._seen or not entry.email:
            return
        self._seen[entry.email] = entry.number
        if entry.leaving and entry.email in self._present:
            self.marked.add(entry.email)
        if self._is_left_alone(entry):
            return
        if entry.faults:
            if entry.email not in self._present:
                self._unsure.add(entry.email)
            return
        if entry.role:
            self._roles[entry.email] = entry.role
        if entry.manager:
            self._asked[entry.email] = entry.manager

    def _is_left_alone(self, entry: Entry) -> bool:
        return entry.is_example or (entry.email in self._invited and entry.email not in self._present)

    def is_seen(self, email: str) -> bool:
        """Whether an address is in the list."""
        return email in self._seen

    def _role(self, email: str) -> Role | None:
        """The role that somebody will have; None for who is neither here nor to be."""
        if email in self._roles:
            return self._roles[email]
        if email in self._present:
            return self._present[email].role
        if email in self._invited:
            return self._invited[email]
        return Role.STAFF if email in self._seen else None

    def settle(self) -> None:
        """Judge what needs the whole list: managers, circles, leads. A row that is refused takes nothing with it but its own
        wishes, which others may have counted on: so what depends on it is judged again."""
        self._managers = {email: known.manager for email, known in self._present.items() if known.manager}
        for email, manager in self._asked.items():
            self._asked_by.setdefault(manager, []).append(email)
            self._managers[email] = manager
        for email in self._asked:
            self._check_manager(email)
        refused = -1
        while refused != len(self._faults):
            refused = len(self._faults)
            self._refuse_circles()
            self._keep_a_lead()
            self._keep_managers()

    def _refuse(self, email: str, words: str) -> None:
        """Refuse the row of an address, and every row that names them as a manager whom they then can't be."""
        waiting = [(email, words)]
        while waiting:
            each, why = waiting.pop()
            if each in self._faults:
                continue
            self._faults[each] = why
            self._roles.pop(each, None)
            known = self._present.get(each)
            if known is None:
                self._unsure.add(each)
            if known and known.manager:
                self._managers[each] = known.manager
            else:
                self._managers.pop(each, None)
            for report in self._asked_by.get(each, ()):
                fault = self._fault_in_manager(report, each)
                if fault:
                    waiting.append((report, fault))

    def _check_manager(self, email: str) -> None:
        fault = None if email in self._faults else self._fault_in_manager(email, self._asked[email])
        if fault:
            self._refuse(email, fault)

    def _fault_in_manager(self, email: str, manager: str) -> str | None:
        if manager == email:
            return "Somebody can’t be their own manager. Name another one."
        if manager in self._unsure:
            # Their own row is to be corrected first; what it then says is not known yet.
            return None
        role = self._role(manager)
        if role is None:
            return f"The manager {manager} is not here and not in the list. Correct the address, or add a row for them."
        if role not in MAY_MANAGE:
            return f"{manager} can’t be a manager with the role “{role.words}”. Give them the role Manager in their own row."
        return None

    def _refuse_circles(self) -> None:
        for circle in self._find_circles():
            chain = " → ".join([*circle[:5], *(["…"] if len(circle) > 5 else []), circle[0]])
            for email in circle:
                if email in self._asked:
                    self._refuse(email, f"They would be their own manager through others: {chain}. Name another manager.")

    def _find_circles(self) -> list[list[str]]:
        """The addresses of people who manage each other in a circle."""
        circles: list[list[str]] = []
        done: set[str] = set()
        for start in self._asked:
            places: dict[str, int] = {}
            email: str | None = start
            while email is not None and email not in done and email not in places:
                places[email] = len(places)
                email = self._managers.get(email)
            if email in places:
                circles.append(list(places)[places[email] :])
            done.update(places)
        return circles

    def _keep_a_lead(self) -> None:
        if any(self._role(email) is Role.LEAD for email in self._present):
            return
        for email, known in self._present.items():
            if known.role is Role.LEAD:
                self._refuse(email, "There would be no lead left. Leave them the role Lead, or make a member a lead.")

    def _keep_managers(self) -> None:
        still = {manager for email, manager in self._managers.items() if email in self._present}
        for email in [email for email, role in self._roles.items() if role not in MAY_MANAGE and email in still]:
            self._refuse(
                email, "They would still manage people. Leave them the role Manager, or name another manager for those."
            )

    def judge(self, entry: Entry) -> Verdict:
        """What a row asks for, once everything is settled."""
        faults = list(entry.faults)
        first = self._seen.get(entry.email)
        if first is not None and first != entry.number:
            faults.append(f"Row {first:,} has this address already. Delete one of the two.")
        elif entry.email in self._faults:
            faults.append(self._faults[entry.email])
        known = self._present.get(entry.email)
        if not known and not faults and not entry.name and not self._is_left_alone(entry) and not entry.leaving:
            faults.append("The name is missing. Enter it, so that they can be invited.")
        if entry.is_example:
            return Verdict(kind=None)
        if faults:
            return Verdict(kind=RowVerdict.FAULTY, words=tuple(faults))
        if known:
            return self._changes(entry, known)
        if entry.email in self._invited:
            return Verdict(kind=None, waiting=True)
        if entry.leaving:
            return Verdict(kind=None)
        return Verdict(kind=RowVerdict.NEW, words=(self._about(entry),), entry=_said(entry))

    def _about(self, entry: Entry) -> str:
        parts = [(entry.role or Role.STAFF).words, entry.job_title, self._team(entry.team_id, entry.new_team)]
        return ", ".join(part for part in parts if part)

    def _team(self, team_id: UUID | None, new: str | None) -> str:
        return f"{new} (new)" if new else self._team_paths.get(team_id, "") if team_id else ""

    def _changes(self, entry: Entry, known: Known) -> Verdict:
        said: dict[str, Any] = {}
        words: list[str] = []

        def change(key: str, what: str, now: str, was: str) -> None:
            said[key] = _said(entry)[key]
            words.append(f"{what}: {now} (was {was or 'empty'})")

        if entry.role and entry.role is not known.role:
            change("role", "Role", entry.role.words, known.role.words)
        if entry.job_title and entry.job_title != known.job_title:
            change("job_title", "Job title", entry.job_title, known.job_title)
        if entry.new_team or (entry.team_id and entry.team_id != known.team_id):
            change(
                "new_team" if entry.new_team else "team_id",
                "Team",
                self._team(entry.team_id, entry.new_team),
                self._team(known.team_id, None),
            )
        if entry.manager and entry.manager != known.manager and entry.manager in self._present:
            was = self._present.get(known.manager or "")
            change("manager", "Manager", self._present[entry.manager].name, was.name if was else "")
        elif entry.manager and not known.manager and entry.manager != known.awaited:
            said["awaited"] = entry.manager
            words.append(f"Manager: {entry.manager}, as soon as they have joined")
        if not words:
            return Verdict(kind=None)
        takes_away = "role" in said and known.role in MAY_MANAGE and entry.role is not Role.LEAD
        return Verdict(
            kind=RowVerdict.CHANGED,
            words=tuple(words),
            membership_id=known.membership_id,
            name=known.name,
            entry=said,
            step=LAST if takes_away else self._depth(entry.email),
        )

    def _depth(self, email: str) -> int:
        """How many managers are above somebody, when all is imported."""
        path: dict[str, None] = {}
        above: str | None = email
        while above is not None and above not in self._depths and above not in path:
            path[above] = None
            above = self._managers.get(above)
        depth = self._depths.get(above, -1) if above is not None else -1
        for each in reversed(path):
            depth += 1
            self._depths[each] = depth
        return self._depths[email]

    def leavers(self) -> Iterable[tuple[UUID, bool]]:
        """The memberships of those who are not in the list, or are marked in it, and whether they are marked."""
        for email, known in self._present.items():
            # Guests are on nobody's staff list.
            if email in self.marked or (email not in self._seen and known.role is not Role.CONTRIBUTOR):
                yield known.membership_id, email in self.marked


def _said(entry: Entry) -> dict[str, Any]:
    """What an entry says, as it is kept until it is imported."""
    return {
        "role": entry.role,
        "job_title": entry.job_title,
        "team_id": str(entry.team_id) if entry.team_id else None,
        "new_team": entry.new_team,
        "manager": entry.manager,
    }

"""Who is in the sample partnership: organisations, teams and people, before anything is stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from tia_hub.demo.partnership.texts import chance, load, make_id
from tia_hub.tenants.types.organisations import Sector
from tia_hub.tenants.types.roles import Role

AREAS = ("Hampshire", "Isle of Wight", "Portsmouth", "Southampton")
COORDINATORS = ("Cora Lane", "Devon Hale")
SPEAKER = "Terry Vale"
"""Who speaks for the first of the providers."""
WELL_KNOWN = {Role.LEAD: "Lena Marsh", Role.MANAGER: "Max Okafor", Role.STAFF: "Sam Field"}
"""Who is the first of their role in the first organisation."""
STAFF_OF_OTHERS = 6
"""People in an organisation that is made from parts of names."""


class Story(StrEnum):
    """Where an organisation is with its audits."""

    TWO_SHARED = "two_shared"
    SECOND_PRIVATE = "second_private"
    SECOND_IN_PROGRESS = "second_in_progress"
    FIRST_SHARED = "first_shared"
    FIRST_IN_PROGRESS = "first_in_progress"
    JUST_JOINED = "just_joined"


@dataclass(frozen=True, kw_only=True)
class PlannedPerson:
    """Somebody, and what they are in their organisation."""

    id: UUID
    membership_id: UUID
    name: str
    email: str
    role: Role
    job_title: str
    team_id: UUID | None
    manager_id: UUID | None
    """The membership of the line manager."""


@dataclass(frozen=True, kw_only=True)
class PlannedTeam:
    """A team; its parent comes before it."""

    id: UUID
    parent_id: UUID | None
    name: str
    remit: str


@dataclass(frozen=True, kw_only=True)
class PlannedOrganisation:
    """An organisation. `maturity` is from 0 to 1: how far along it is."""

    id: UUID
    key: str
    """What chance goes by: the same in every sample partnership."""
    slug: str
    name: str
    sector: Sector
    areas: tuple[str, ...]
    headcount: int
    maturity: float
    story: Story
    audited_teams: tuple[str, ...]
    teams: tuple[PlannedTeam, ...]
    people: tuple[PlannedPerson, ...]

    @property
    def leads(self) -> list[PlannedPerson]:
        """Its leads; there is always one."""
        return [person for person in self.people if person.role is Role.LEAD]

    def person_of(self, role: Role) -> PlannedPerson | None:
        """The first with a role."""
        return next((person for person in self.people if person.role is role), None)


def plan_organisations(count: int, staff: int | None, mark: str) -> list[PlannedOrganisation]:
    """So many organisations, the written ones first; `staff` people in each, or as many as their entries say.

    `mark` is part of every address, so that several sample partnerships can be in one installation.
    """
    return [_organisation(entry, staff, mark) for entry, _ in zip(_entries(), range(count), strict=False)]


def _entries() -> Iterator[dict[str, Any]]:
    written: list[dict[str, Any]] = load("organisations")
    yield from written
    names = load("names")
    number = 0
    while True:
        number += 1
        by = chance("entry", number)
        sector = by.choice(list(Sector))
        place, kind = by.choice(names["places"]), by.choice(names["kinds"][sector])
        yield {
            "name": f"{place} {kind} {number}",
            "domain": f"{place} {kind} {number}".lower().replace("’", "").replace(" ", "-"),
            "sector": sector,
            "areas": sorted(by.sample(AREAS, by.choice((1, 1, 1, 2)))),
            "headcount": by.randint(12, 400),
            "people": STAFF_OF_OTHERS,
            "maturity": round(by.uniform(0.25, 0.8), 2),
            "story": Story.FIRST_SHARED,
            "teams": [],
        }


def _organisation(entry: dict[str, Any], staff: int | None, mark: str) -> PlannedOrganisation:
    key = (mark, entry["domain"])
    sector = Sector(entry["sector"])
    people_count = max(1, entry["people"] if staff is None else staff)
    teams = _teams(key, sector, people_count, entry["teams"])
    slug = "-".join(part for part in (entry["domain"], mark) if part)
    first = entry is load("organisations")[0]
    return PlannedOrganisation(
        id=make_id("organisation", *key),
        key=entry["domain"],
        slug=slug,
        name=entry["name"],
        sector=sector,
        areas=tuple(entry["areas"]),
        headcount=max(entry["headcount"], people_count),
        maturity=entry["maturity"],
        story=Story(entry["story"]),
        audited_teams=tuple(entry["teams"]),
        teams=teams,
        people=_people(key, f"{slug}.example", sector, teams, people_count, WELL_KNOWN if first else {}),
    )


def _teams(key: tuple[str, str], sector: Sector, people: int, wanted: list[str]) -> tuple[PlannedTeam, ...]:
    """As many of the sector's teams as its people fill; a team that is wanted brings its parent."""
    of_sector = {team[0]: team for team in load("sectors")[sector]["teams"]}
    names = list(of_sector)[: max(1, min(len(of_sector), people // 4))]
    for name in (*wanted, *names):
        parent = of_sector[name][2] if len(of_sector[name]) > 2 else None
        names += [each for each in (name, parent) if each and each not in names]
    ids = {name: make_id("team", *key, name) for name in names}
    teams = []
    for name, remit, *parent in sorted((of_sector[name] for name in names), key=len):
        parent_id = ids[parent[0]] if parent else None
        teams.append(PlannedTeam(id=ids[name], parent_id=parent_id, name=name, remit=remit))
    return tuple(teams)


def _people(
    key: tuple[str, str],
    domain: str,
    sector: Sector,
    teams: tuple[PlannedTeam, ...],
    count: int,
    well_known: dict[Role, str],
) -> tuple[PlannedPerson, ...]:
    by = chance("people", key[1])
    jobs = load("sectors")[sector]["jobs"]
    leads = 2 if count >= 20 else 1
    managers = min(max(0, count - leads - 1), max(1, count // 7))
    roles = [Role.LEAD] * leads + [Role.MANAGER] * managers + [Role.STAFF] * (count - leads - managers)
    names = _names(by, roles, well_known)
    ids = [make_id("membership", *key, number) for number in range(count)]
    people = []
    for number, (role, name) in enumerate(zip(roles, names, strict=True)):
        nth = number - leads
        manager = {Role.LEAD: None, Role.MANAGER: ids[0], Role.STAFF: ids[leads + nth % managers] if managers else ids[0]}[role]
        team = None if role is Role.LEAD else teams[nth % (managers or 1) % len(teams)]
        people.append(
            PlannedPerson(
                id=make_id("person", *key, number),
                membership_id=ids[number],
                name=name,
                email=f"{_address(name)}@{domain}",
                role=role,
                job_title=by.choice(jobs[role.value]),
                team_id=team.id if team else None,
                manager_id=manager,
            )
        )
    return tuple(people)


def _names(by: Any, roles: list[Role], well_known: dict[Role, str]) -> list[str]:
    """A name for each role, none of them twice."""
    parts = load("names")
    fixed = dict(well_known)
    taken = set(fixed.values())
    names = []
    for role in roles:
        name = fixed.pop(role, None)
        while name is None or (name in taken and name not in well_known.values()):
            name = f"{by.choice(parts['first'])} {by.choice(parts['last'])}"
            if len(taken) > len(parts["first"]) * len(parts["last"]) // 2:
                name += f"-{by.choice(parts['last'])}"
        taken.add(name)
        names.append(name)
    return names


def _address(name: str) -> str:
    return name.lower().replace(" ", ".").replace("’", "")

"""The rules of a staff list, over lists and organisations of any shape: whatever it says, what is done keeps to the rules."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tia_hub.core.sheets.types import Row
from tia_hub.tenants.services.people import MAY_MANAGE
from tia_hub.tenants.services.uploads.columns import COLUMNS, EXAMPLES, Entry, TeamNames, paths_to_make, read_entry
from tia_hub.tenants.services.uploads.comparing import Comparison, Known, Verdict
from tia_hub.tenants.types.roles import Role
from tia_hub.tenants.types.uploads import RowVerdict

PEOPLE = [f"p{number}@example.org" for number in range(7)]
ADDRESS = st.sampled_from(PEOPLE)


@st.composite
def organisations(draw: st.DrawFn) -> dict[str, Known]:
    """Members among whom nobody is their own manager, and one leads."""
    emails = PEOPLE[: draw(st.integers(1, 5))]
    roles = [Role.LEAD, *(draw(st.sampled_from(list(Role))) for _ in emails[1:])]
    found = {}
    for place, (email, role) in enumerate(zip(emails, roles, strict=True)):
        above = [other for other, its in zip(emails[:place], roles, strict=False) if its in MAY_MANAGE]
        manager = draw(st.sampled_from([None, *above]))
        found[email] = Known(membership_id=uuid4(), name=email, role=role, job_title="", team_id=None, manager=manager)
    return found


LISTS = st.lists(
    st.builds(
        lambda email, role, manager: (email, role, manager),
        ADDRESS,
        st.sampled_from([None, *Role]),
        st.sampled_from([None, *PEOPLE, "nobody@example.org"]),
    ),
    max_size=8,
)


def compare(present: dict[str, Known], rows: list[tuple[str, Role | None, str | None]]) -> list[tuple[Entry, Verdict]]:
    comparison = Comparison(present, {}, {})
    entries = [
        Entry(number=number, email=email, name="Some Name", role=role, manager=manager)
        for number, (email, role, manager) in enumerate(rows, start=2)
    ]
    for entry in entries:
        comparison.look(entry)
    comparison.settle()
    return [(entry, comparison.judge(entry)) for entry in entries]


@settings(max_examples=400, deadline=None)
@given(organisations(), LISTS)
def test_good_rows_done_in_their_order_never_break_a_rule(
    present: dict[str, Known], rows: list[tuple[str, Role | None, str | None]]
) -> None:
    """Done one after the other as `change_member` does it: every step is allowed, and so is what comes out."""
    roles = {email: known.role for email, known in present.items()}
    managers = {email: known.manager for email, known in present.items() if known.manager}
    judged = compare(present, rows)
    changes = [(entry, verdict) for entry, verdict in judged if verdict.kind is RowVerdict.CHANGED]
    for entry, verdict in sorted(changes, key=lambda each: (each[1].step, each[0].number)):
        role = Role(verdict.entry.get("role") or roles[entry.email])
        manager = verdict.entry.get("manager") or managers.get(entry.email)
        assert role is Role.LEAD or any(its is Role.LEAD for email, its in roles.items() if email != entry.email)
        assert role in MAY_MANAGE or entry.email not in managers.values(), "still manages people"
        if manager and manager != managers.get(entry.email):
            assert roles[manager] in MAY_MANAGE
            above = manager
            while above:
                assert above != entry.email, "a circle"
                above = managers.get(above, "")
        roles[entry.email] = role
        if manager:
            managers[entry.email] = manager
    assert Role.LEAD in roles.values()


@settings(max_examples=200, deadline=None)
@given(organisations(), LISTS)
def test_every_row_has_one_verdict_and_every_fault_its_reason(
    present: dict[str, Known], rows: list[tuple[str, Role | None, str | None]]
) -> None:
    seen: set[str] = set()
    for entry, verdict in compare(present, rows):
        if entry.email in seen:
            assert verdict.kind is RowVerdict.FAULTY
        seen.add(entry.email)
        assert bool(verdict.words) is (verdict.kind is not None)
        assert (verdict.membership_id is not None) is (verdict.kind is RowVerdict.CHANGED)
        if verdict.kind is RowVerdict.NEW:
            assert entry.email not in present


def test_many_small_circles_are_all_found_at_once() -> None:
    rows = []
    for number in range(0, 4_000, 2):
        one, other = f"a{number}@example.org", f"a{number + 1}@example.org"
        rows += [(one, Role.MANAGER, other), (other, Role.MANAGER, one)]
    judged = compare({}, rows)
    assert all("their own manager" in verdict.words[0] for _, verdict in judged)


TEAMS = {UUID(int=1): "Adult services", UUID(int=2): "Adult services / Outreach", UUID(int=3): "Children / Outreach"}


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("adult SERVICES", 1),
        ("Adult services / Outreach", 2),
        ("Adult services > outreach", 2),
        ("Children  /  Outreach", 3),
    ],
)
def test_teams_are_found_by_path_or_name(cell: str, found: int) -> None:
    assert TeamNames(TEAMS).find(cell) == (UUID(int=found), None, None)


def test_a_team_that_is_not_clear_is_a_fault_that_says_what_to_write() -> None:
    _, _, fault = TeamNames(TEAMS).find("Outreach")
    assert fault == "There is more than one team called “Outreach”. Write its path: " + (
        "“Adult services / Outreach” or “Children / Outreach”."
    )
    _, _, fault = TeamNames(TEAMS).find("Adult servces")
    assert fault and "Did you mean “Adult services”?" in fault
    teams = TeamNames(TEAMS, may_make=True)
    assert teams.find("Children / Hospital / Ward 7") == (None, "Children / Hospital / Ward 7", None)
    assert paths_to_make(teams.new) == [["Children"], ["Children", "Hospital"], ["Children", "Hospital", "Ward 7"]]


def test_the_rows_of_the_template_are_known_as_examples_and_have_no_fault() -> None:
    columns = {column.key: place for place, column in enumerate(COLUMNS)}
    teams = TeamNames({}, may_make=True)
    for number, cells in enumerate(EXAMPLES, start=2):
        entry = read_entry(Row(number, cells), columns, teams)
        assert entry.is_example and not entry.faults

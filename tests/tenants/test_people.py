"""The people of an organisation, as their lead looks after them."""

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import make_member, make_team, unique
from tests.statements import counted
from tests.tenants.mails import rows
from tia_hub.tenants.types.roles import Role


@pytest.fixture
def home(cast: Cast) -> str:
    return f"/o/{cast.ours.tenant.slug}/"


@pytest.fixture
def lead(as_, cast: Cast) -> StrictClient:
    return as_(cast.ours.lead)


def entry_of(engine: Engine, membership_id: object) -> tuple[object, ...]:
    return rows(engine, "SELECT role, job_title, team_id, manager_id FROM membership WHERE id = :id", id=membership_id)[0]


def test_everybody_is_listed_and_found_by_name_or_address(lead: StrictClient, cast: Cast, home: str) -> None:
    listed = lead.get(f"{home}people").text
    assert "Ours Sam Staff" in listed and "Ours Outreach team" in listed
    assert "Theirs" not in listed
    found = lead.get(f"{home}people?q=sam+st").text
    assert "Ours Sam Staff" in found and "Ours Max Manager" not in found
    assert "Ours Max Manager" in lead.get(f"{home}people?q={cast.ours.manager.email}").text
    assert "Nobody found for “%”" in lead.get(f"{home}people?q=%25").text


def test_the_search_answers_htmx_with_the_list_alone(lead: StrictClient, home: str) -> None:
    part = lead.get(f"{home}people?q=sam", headers={"HX-Request": "true"})
    assert "Ours Sam Staff" in part.text
    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=99999", "page=9" * 30, "page=x", "page=1&page=2", "q=" + "x" * 5000, "q[]=a"]
)
def test_odd_searches_are_answered(lead: StrictClient, home: str, query: str) -> None:
    assert lead.get(f"{home}people?{query}").status_code == 200


def test_long_lists_come_in_pages_with_few_statements(lead: StrictClient, cast: Cast, home: str, app: Flask) -> None:
    with app.app_context():
        for number in range(60):
            make_member(cast.ours.tenant, name=f"Zoe Number {number:02}")
    with counted(app) as statements:
        first = lead.get(f"{home}people").text
    assert len(statements) <= 6, statements
    assert "Zoe Number 10" in first and "Zoe Number 59" not in first
    assert f"{home}people?page=2" in first
    assert "Zoe Number 59" in lead.get(f"{home}people?page=2").text


def test_any_page_of_a_long_list_takes_six_statements_at_most(lead: StrictClient, cast: Cast, home: str, app: Flask) -> None:
    with app.app_context():
        team_id = make_team(cast.ours.tenant, "Ours Big team")
        for number in range(110):
            make_member(cast.ours.tenant, name=f"Zoe Number {number:03}", team_id=team_id)
    queries = ("page=1", "page=3", "page=99", "q=zoe&page=3", f"team={team_id}&page=2", "state=former", "state=invited&q=a")
    for query in queries:
        for headers in ({}, {"HX-Request": "true"}):
            with counted(app) as statements:
                assert lead.get(f"{home}people?{query}", headers=headers).status_code == 200
            assert len(statements) <= 6, (query, statements)
    found = lead.get(f"{home}people?q=zoe+number&team={team_id}&order=newest&page=2").text
    assert "110 people found" in found
    assert f"{home}people?q=zoe+number&amp;team={team_id}&amp;order=newest&amp;page=3" in found
    listed = [lead.get(f"{home}people?q=zoe&page={page}").text.count("Zoe Number") for page in (1, 2, 3, 4)]
    assert listed == [50, 50, 10, 0]


def test_people_are_listed_by_role_team_and_state(lead: StrictClient, cast: Cast, home: str, app: Flask) -> None:
    with app.app_context():
        top = make_team(cast.ours.tenant, "Ours Department")
        make_member(cast.ours.tenant, Role.MANAGER, name="Ours Ina Inner", team_id=top, manager=cast.ours.lead)
        gone = make_member(cast.ours.tenant, name="Ours Gil Gone", team_id=top)
    assert lead.submit(f"{home}teams/new", {"name": "Ours Inner", "parent": str(top)}).status_code == 303
    [inner] = re.findall(r'value="([0-9a-f-]{36})"[^>]*>Ours Department / Ours Inner<', lead.get(f"{home}people").text)
    entry = {"role": "staff", "team": inner, "manager": ""}
    assert lead.submit(f"{home}people/{cast.ours.staff.membership_id}", entry).status_code == 303
    lead.submit(f"{home}people/{gone.membership_id}/close")
    invited = {"name": "Ours Nia New", "email": f"{unique('nia')}@example.org", "role": "manager", "team": inner}
    assert lead.submit(f"{home}people/invite", invited).status_code == 303

    def names(query: str) -> set[str]:
        return set(re.findall(r">(Ours \w+ \w+)</a>", lead.get(f"{home}people?{query}").text.partition("<main")[2]))

    max_, sam, cleo, lena = "Ours Max Manager", "Ours Sam Staff", "Ours Cleo Colleague", "Ours Lena Lead"
    guest = "Ours Gil Guest"
    assert names("") == {max_, sam, cleo, lena, guest, "Ours Ina Inner"}
    assert names("role=manager") == {max_, "Ours Ina Inner"}
    assert names(f"team={top}") == {sam, "Ours Ina Inner"}, "with the teams within it"
    assert names(f"team={inner}") == {sam}
    assert names("state=no_manager") == {sam, cleo, lena}
    assert names("state=former") == {"Ours Gil Gone"}
    assert names("state=invited") == {"Ours Nia New"}
    assert names(f"state=invited&role=staff&team={top}") == set()
    assert names(f"state=invited&team={top}&q=NIA") == {"Ours Nia New"}
    assert names("role=manager&q=max&order=job_title") == {max_}
    assert names("role=king&team=nowhere&state=lost&order=chaos") == names("")


def test_people_are_found_however_their_name_is_typed_and_when_it_changes(
    lead: StrictClient, cast: Cast, home: str, app: Flask, superuser_engine: Engine
) -> None:
    with app.app_context():
        zoe = make_member(cast.ours.tenant, name="Zoë Žižka")
    for typed in ("zoe", "ZOË", "zizka", "Žiž", "zoë ž"):
        assert "Zoë Žižka" in lead.get(f"{home}people", query_string={"q": typed}).text, typed
    for typed in ("%", "_", "\\", "zoe%", "z_e"):
        assert "Nobody found" in lead.get(f"{home}people", query_string={"q": typed}).text, typed
    with superuser_engine.begin() as connection:
        change = text("UPDATE person SET name = 'Ada Newname', email = :to WHERE id = :id")
        connection.execute(change, {"id": zoe.id, "to": f"{unique('ada')}@example.org"})
    assert "Ada Newname" in lead.get(f"{home}people?q=newname").text
    assert "Nobody found" in lead.get(f"{home}people?q=zizka").text


def test_a_place_is_changed(lead: StrictClient, cast: Cast, home: str, app: Flask, superuser_engine: Engine) -> None:
    with app.app_context():
        team_id = make_team(cast.ours.tenant)
    member = cast.ours.staff.membership_id
    entry = {"role": "manager", "job_title": "Team leader", "team": str(team_id), "manager": str(cast.ours.lead.membership_id)}
    assert lead.submit(f"{home}people/{member}", entry).status_code == 303
    assert entry_of(superuser_engine, member) == ("manager", "Team leader", team_id, cast.ours.lead.membership_id)
    shown = lead.get(f"{home}people/{member}").text
    assert "Team leader" in shown
    told = rows(superuser_engine, "SELECT words FROM trail_event WHERE target_id = :id ORDER BY action", id=member)
    assert told == [
        ("Made Ours Sam Staff manager (was member of staff)",),
        ("Ours Sam Staff is now managed by Ours Lena Lead (was Ours Max Manager)",),
    ]


@pytest.mark.parametrize("field", ["role", "team", "manager"])
@pytest.mark.parametrize("value", ["nonsense", "foreign", "random", "a\x00b"])
def test_what_is_not_offered_is_refused(
    lead: StrictClient, cast: Cast, home: str, app: Flask, superuser_engine: Engine, field: str, value: str
) -> None:
    with app.app_context():
        foreign = {"team": make_team(cast.theirs.tenant), "manager": cast.theirs.manager.membership_id, "role": "coordinator"}
    bad = {"foreign": str(foreign[field]), "random": str(uuid4())}.get(value, value)
    member = cast.ours.staff.membership_id
    before = entry_of(superuser_engine, member)
    assert lead.submit(f"{home}people/{member}", {field: bad}).status_code == 422
    assert entry_of(superuser_engine, member) == before
    invitation = {"name": "Nia", "email": "nia@example.org", "role": "staff", field: bad}
    assert lead.submit(f"{home}people/invite", invitation).status_code == 422


def test_nobody_manages_themselves_not_even_through_others(lead: StrictClient, cast: Cast, home: str) -> None:
    manager = cast.ours.manager.membership_id
    answer = lead.submit(f"{home}people/{cast.ours.lead.membership_id}", {"role": "lead", "manager": str(manager)})
    assert answer.status_code == 422
    assert "their own manager" in answer.text


def test_there_is_always_a_lead(lead: StrictClient, cast: Cast, home: str) -> None:
    own = cast.ours.lead.membership_id
    demoted = lead.submit(f"{home}people/{own}", {"role": "staff"})
    assert demoted.status_code == 422
    assert "only lead" in demoted.text
    closed = lead.submit(f"{home}people/{own}/close", {"manager": "nobody"})
    assert closed.status_code == 422
    assert "only lead" in closed.text
    assert lead.get(home).status_code == 200


def test_two_leads_can_not_both_go_at_once(as_, cast: Cast, app: Flask, home: str, superuser_engine: Engine) -> None:
    with app.app_context():
        second = make_member(cast.ours.tenant, Role.LEAD, name="Second Lead")

    def leave(someone) -> int:
        return as_(someone).submit(f"{home}people/{someone.membership_id}/close", {"manager": "nobody"}).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(leave, [cast.ours.lead, second]))
    assert answers == [303, 422]
    leads = "SELECT count(*) FROM membership WHERE organisation_id = :id AND role = 'lead' AND ended_at IS NULL"
    assert rows(superuser_engine, leads, id=cast.ours.tenant.id) == [(1,)]


def test_who_leaves_is_out_at_the_next_click_and_manages_nobody(
    as_, lead: StrictClient, cast: Cast, home: str, superuser_engine: Engine
) -> None:
    manager = as_(cast.ours.manager)
    assert manager.get(home).status_code == 200
    close = f"{home}people/{cast.ours.manager.membership_id}/close"
    asked = lead.submit(close)
    assert asked.status_code == 422
    assert "Ours Max Manager manages 1 person" in asked.text and "Ours Sam Staff" in asked.text
    assert lead.submit(close, {"manager": "nobody"}).status_code == 303
    assert manager.get(home).status_code == 404
    assert manager.get("/account").status_code == 200
    assert entry_of(superuser_engine, cast.ours.staff.membership_id)[3] is None
    lead.get(f"{home}people")
    assert "Ours Max Manager" not in lead.get(f"{home}people").text
    assert "left on" in lead.get(f"{home}people/{cast.ours.manager.membership_id}").text


def test_a_member_is_not_invited_again_nor_anybody_twice(lead: StrictClient, cast: Cast, home: str) -> None:
    entry = {"name": "Nia", "role": "staff"}
    member = lead.submit(f"{home}people/invite", entry | {"email": cast.ours.staff.email})
    assert member.status_code == 422
    assert "belongs to" in member.text
    assert lead.submit(f"{home}people/invite", entry | {"email": "twice@example.org"}).status_code == 303
    twice = lead.submit(f"{home}people/invite", entry | {"email": "Twice@Example.org"})
    assert twice.status_code == 422
    assert "has an invitation already" in twice.text


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"name": ""}, "Enter their name"),
        ({"name": "a\x00b"}, "can&#39;t be stored"),
        ({"name": "two\nlines"}, "one line"),
        ({"email": "not an address"}, "correct format"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "one line"),
        ({"role": ""}, "Choose their role"),
    ],
)
def test_a_faulty_invitation_is_named_and_kept(lead: StrictClient, home: str, entry: dict[str, str], words: str) -> None:
    answer = lead.submit(f"{home}people/invite", {"name": "Nia Kept", "email": "nia@example.org", "role": "staff"} | entry)
    assert answer.status_code == 422
    assert words in answer.text
    assert "nia@example.org" in answer.text or "Nia Kept" in answer.text


def test_a_stale_page_keeps_what_was_typed(lead: StrictClient, home: str) -> None:
    answer = lead.post(
        f"{home}people/invite", data={"csrf_token": "old", "name": "Nia Kept", "email": "nia@example.org", "role": "staff"}
    )
    assert answer.status_code == 422
    assert "Your page had been open too long" in answer.text
    assert "Nia Kept" in answer.text


@pytest.mark.parametrize("who", ["staff", "manager"])
def test_only_leads_look_after_people(as_, cast: Cast, home: str, who: str) -> None:
    client = as_(getattr(cast.ours, who))
    for path in (
        "people",
        "people/invite",
        "people/invitations",
        "teams",
        "teams/new",
        f"people/{cast.ours.lead.membership_id}",
    ):
        assert client.get(home + path).status_code == 403
    for path in (f"people/{cast.ours.lead.membership_id}/close", "people/invite", "teams/new"):
        assert client.post(home + path).status_code == 403


def test_anothers_people_are_not_there(lead: StrictClient, cast: Cast, home: str) -> None:
    for member in (cast.theirs.staff.membership_id, uuid4()):
        for path in (f"people/{member}", f"people/{member}/close"):
            assert lead.get(home + path).status_code == 404
            assert lead.post(home + path).status_code == 404

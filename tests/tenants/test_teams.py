"""Teams, as a tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import make_team, unique
from tests.tenants.mails import rows
from tia_hub.tenants.models import Team
from tia_hub.tenants.trees import list_paths, make_tree


@pytest.fixture
def home(cast: Cast) -> str:
    return f"/o/{cast.ours.tenant.slug}/"


@pytest.fixture
def lead(as_, cast: Cast) -> StrictClient:
    return as_(cast.ours.lead)


def add(lead: StrictClient, home: str, engine, name: str, parent: object = "") -> object:
    assert lead.submit(f"{home}teams/new", {"name": name, "parent": str(parent)}).status_code == 303
    [(team_id,)] = rows(engine, "SELECT id FROM team WHERE name = :name", name=name)
    return team_id


def test_teams_are_added_named_and_moved(lead: StrictClient, home: str, superuser_engine) -> None:
    top, inner = unique("Adult services"), unique("Outreach")
    top_id = add(lead, home, superuser_engine, top)
    inner_id = add(lead, home, superuser_engine, inner, top_id)
    shown = lead.get(f"{home}teams").text
    assert top in shown and inner in shown
    assert f"{top} / {inner}" in lead.get(f"{home}people/invite").text
    changed = {"name": inner + " and support", "parent": "", "remit": "Who sleeps outside."}
    assert lead.submit(f"{home}teams/{inner_id}", changed).status_code == 303
    assert rows(superuser_engine, "SELECT name, parent_id, remit FROM team WHERE id = :id", id=inner_id) == [
        (inner + " and support", None, "Who sleeps outside.")
    ]


def test_no_team_is_within_itself(lead: StrictClient, home: str, superuser_engine) -> None:
    a = add(lead, home, superuser_engine, unique("A"))
    b = add(lead, home, superuser_engine, unique("B"), a)
    c = add(lead, home, superuser_engine, unique("C"), b)
    for below in (a, b, c):
        answer = lead.submit(f"{home}teams/{a}", {"name": "A again", "parent": str(below)})
        assert answer.status_code == 422
        assert "within itself" in answer.text


def test_a_name_is_used_once(lead: StrictClient, home: str, cast: Cast, superuser_engine, app) -> None:
    name = unique("Front door")
    add(lead, home, superuser_engine, name)
    twice = lead.submit(f"{home}teams/new", {"name": name, "remit": "Kept words"})
    assert twice.status_code == 422
    assert f"There is a team called {name} already" in twice.text
    assert "Kept words" in twice.text
    other = add(lead, home, superuser_engine, unique("Other"))
    assert lead.submit(f"{home}teams/{other}", {"name": name}).status_code == 422
    with app.app_context():
        assert make_team(cast.theirs.tenant, name)


def test_anothers_team_is_not_there(lead: StrictClient, home: str, cast: Cast, app) -> None:
    with app.app_context():
        foreign = make_team(cast.theirs.tenant)
    assert lead.get(f"{home}teams/{foreign}").status_code == 404
    assert lead.post(f"{home}teams/{foreign}", data={"name": "Taken over"}).status_code == 404
    assert lead.submit(f"{home}teams/new", {"name": "Within theirs", "parent": str(foreign)}).status_code == 422


@pytest.mark.parametrize(
    ("entry", "words"),
    [({"name": ""}, "Enter the name"), ({"name": "x" * 201}, "200 characters"), ({"remit": "x" * 2001}, "2,000 characters")],
)
def test_faulty_teams_are_named(lead: StrictClient, home: str, entry: dict[str, str], words: str) -> None:
    answer = lead.submit(f"{home}teams/new", {"name": "Fine"} | entry)
    assert answer.status_code == 422
    assert words in answer.text


@given(st.lists(st.uuids(), unique=True, max_size=12), st.randoms())
def test_every_team_is_in_the_tree_once(ids, random) -> None:
    teams = [Team(id=each, name=str(each), parent_id=random.choice([None, *ids[:place]])) for place, each in enumerate(ids)]
    assert sorted(team_id for team_id, _ in list_paths(teams)) == sorted(ids)

    def count(tree) -> int:
        return sum(1 + count(branch.branches) for branch in tree)

    assert count(make_tree(teams, {})) == len(ids)

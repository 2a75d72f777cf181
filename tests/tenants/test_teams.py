"""Teams, as a tree: made, moved, merged, closed, and the level expected of each."""

import html
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import make_member, make_person, make_team, unique
from tests.statements import counted
from tests.tenants.mails import invitation_path, rows
from tia_hub.framework.loader import current_edition
from tia_hub.tenants.models.people import Team
from tia_hub.tenants.trees import ancestors, list_paths, name_apart, within
from tia_hub.tenants.types.roles import Role


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
    assert lead.submit(f"{home}teams/{inner_id}/change", changed).status_code == 303
    assert rows(superuser_engine, "SELECT name, parent_id, remit FROM team WHERE id = :id", id=inner_id) == [
        (inner + " and support", None, "Who sleeps outside.")
    ]


def test_no_team_is_within_itself(lead: StrictClient, home: str, superuser_engine) -> None:
    a = add(lead, home, superuser_engine, unique("A"))
    b = add(lead, home, superuser_engine, unique("B"), a)
    c = add(lead, home, superuser_engine, unique("C"), b)
    for below in (a, b, c):
        answer = lead.submit(f"{home}teams/{a}/change", {"name": "A again", "parent": str(below)})
        assert answer.status_code == 422
        assert "within itself" in answer.text
        assert "A again" in answer.text
    offered = lead.get(f"{home}teams/{a}/change").text
    assert str(b) not in offered and str(c) not in offered


def test_a_name_is_used_once_in_one_place(lead: StrictClient, home: str, cast: Cast, superuser_engine, app) -> None:
    name, east = unique("Reception"), add(lead, home, superuser_engine, unique("East"))
    add(lead, home, superuser_engine, name)
    twice = lead.submit(f"{home}teams/new", {"name": name.upper(), "remit": "Kept words"})
    assert twice.status_code == 422
    assert f"There is a team called {name} in the same place already" in twice.text
    assert "Kept words" in twice.text
    other = add(lead, home, superuser_engine, unique("Other"))
    assert lead.submit(f"{home}teams/{other}/change", {"name": name}).status_code == 422
    assert lead.submit(f"{home}teams/new", {"name": name, "parent": str(east)}).status_code == 303, "elsewhere it is another"
    started = lead.get(f"{home}audits/start").text
    assert f"/ {name}" in started
    with app.app_context():
        assert make_team(cast.theirs.tenant, name)


def test_anothers_team_is_not_there(lead: StrictClient, home: str, cast: Cast, app) -> None:
    with app.app_context():
        foreign = make_team(cast.theirs.tenant)
    own = cast.ours.staff.membership_id
    for page in ("", "/change", "/merge", "/level", "/close"):
        assert lead.get(f"{home}teams/{foreign}{page}").status_code == 404
        assert lead.get(f"{home}teams/{own}{page}").status_code == 404
    for action in ("change", "merge", "level", "close", "open", "delete"):
        assert lead.post(f"{home}teams/{foreign}/{action}", data={"name": "Taken over"}).status_code == 404
    assert lead.submit(f"{home}teams/new", {"name": "Within theirs", "parent": str(foreign)}).status_code == 422


@pytest.mark.parametrize(
    ("entry", "words"),
    [({"name": ""}, "Enter the name"), ({"name": "x" * 201}, "200 characters"), ({"remit": "x" * 2001}, "2,000 characters")],
)
def test_faulty_teams_are_named(lead: StrictClient, home: str, entry: dict[str, str], words: str) -> None:
    answer = lead.submit(f"{home}teams/new", {"name": "Fine"} | entry)
    assert answer.status_code == 422
    assert words in answer.text


def add_chain(engine, cast: Cast, depth: int) -> list[UUID]:
    """Teams, each within the one before."""
    ids = [uuid4() for _ in range(depth)]
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO team (organisation_id, id, parent_id, name, remit, level_note) VALUES (:o, :id, :p, :name, '', '')"
            ),
            [
                {"o": cast.ours.tenant.id, "id": each, "p": ids[place - 1] if place else None, "name": f"Depth {place + 1}"}
                for place, each in enumerate(ids)
            ],
        )
    return ids


def test_fifty_levels_are_shown_on_every_page_that_lists_teams(
    lead: StrictClient, home: str, cast: Cast, superuser_engine
) -> None:
    ids = add_chain(superuser_engine, cast, 50)
    listed = lead.get(f"{home}teams").text
    assert "Depth 50" in listed and ", part of Depth 49" in listed
    assert "Depth 50" in lead.get(f"{home}teams/{ids[-1]}").text
    assert lead.get(f"{home}teams/{ids[24]}/change").status_code == 200
    assert "Depth 1 / … / Depth 49 / Depth 50" in lead.get(f"{home}people/invite").text
    assert lead.get(f"{home}people?team={ids[0]}").status_code == 200


def test_five_hundred_teams_take_few_statements(lead: StrictClient, home: str, cast: Cast, superuser_engine, app) -> None:
    with superuser_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO team (organisation_id, id, name, remit, level_note) "
                "SELECT :o, gen_random_uuid(), 'Ward ' || n, '', '' FROM generate_series(1, 500) n"
            ),
            {"o": cast.ours.tenant.id},
        )
    with counted(app) as statements:
        shown = lead.get(f"{home}teams").text
    assert "Ward 500" in shown and "Ward 1<" in shown
    assert len(statements) <= 7, statements


def test_two_who_move_teams_at_once_make_no_circle(as_, cast: Cast, app, home: str, superuser_engine) -> None:
    with app.app_context():
        one, other = make_team(cast.ours.tenant, "One"), make_team(cast.ours.tenant, "Other")
        second = make_member(cast.ours.tenant, Role.LEAD, name="Ours Second Lead")

    def move(who, team_id: UUID, name: str, into: UUID) -> int:
        return as_(who).submit(f"{home}teams/{team_id}/change", {"name": name, "parent": str(into)}).status_code

    for _ in range(3):
        with superuser_engine.begin() as connection:
            connection.execute(text("UPDATE team SET parent_id = NULL WHERE id IN (:a, :b)"), {"a": one, "b": other})
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(move, (cast.ours.lead, second), (one, other), ("One", "Other"), (other, one)))
        assert sorted(done) == [303, 422]


def test_the_level_of_a_team_is_suggested_with_reasons_and_can_be_overruled(
    lead: StrictClient, home: str, cast: Cast, superuser_engine
) -> None:
    name = unique("Refuge")
    team = f"{home}teams/{add(lead, home, superuser_engine, name)}"
    edition = current_edition()
    assert edition.level_finder.service_question in html.unescape(lead.get(f"{team}/level").text)
    assert "Choose an answer" in lead.get(f"{team}/level?asked=service").text
    assert edition.level_finder.worker_question in html.unescape(lead.get(f"{team}/level?asked=service&service=yes").text)
    assert lead.get(f"{team}/level?service=yes&worker=yes&asked=worker").text.count('name="closest"') == 2
    found = f"{team}/level?service=yes&worker=yes&closest=enhanced&asked=closest"
    assert f"This suggests: {edition.level('enhanced').name}" in lead.get(found).text

    other = lead.submit(found, {"level": "specialist"})
    assert other.status_code == 422
    assert "Say in a few words why" in other.text
    assert lead.submit(found, {"level": "specialist", "note": "We offer therapies."}).status_code == 303
    shown = lead.get(team).text
    assert edition.level("specialist").name in shown and "set by Ours Lena Lead on" in shown
    assert f"The level finder suggested {edition.level('enhanced').name}" in shown and "We offer therapies." in shown
    assert edition.level_finder.service_question in html.unescape(shown)
    assert edition.level("specialist").name in lead.get(f"{home}teams").text

    assert lead.submit(f"{team}/level?service=no&worker=no").status_code == 303
    assert f"<strong>{edition.level('informed').name}</strong>" in lead.get(team).text
    assert "We offer therapies." not in lead.get(team).text


@pytest.mark.parametrize(
    "query", ["asked=done", "service=maybe", "service=yes&worker=x", "service=yes&worker=yes&closest=informed", "service=a%0Ab"]
)
def test_odd_answers_to_the_level_finder_are_asked_again(lead: StrictClient, home: str, superuser_engine, query: str) -> None:
    team = f"{home}teams/{add(lead, home, superuser_engine, unique('Odd'))}"
    for path in (f"{team}/level?{query}", f"{home}training/level?{query}"):
        answer = lead.get(path)
        assert answer.status_code in (200, 422)
        assert 'type="radio"' in answer.text


@pytest.fixture
def full(lead: StrictClient, home: str, cast: Cast, superuser_engine, app) -> UUID:
    """A team with one of everything: a person, one who left, an invitation, a team within it, a submitted audit."""
    with app.app_context():
        team_id = make_team(cast.ours.tenant, "Ours Street team")
        make_member(cast.ours.tenant, name="Ours Present", team_id=team_id)
        gone = make_member(cast.ours.tenant, name="Ours Gone", team_id=team_id)
    lead.submit(f"{home}people/{gone.membership_id}/close")
    invited = {"name": "Nia", "email": f"{unique('nia')}@example.org", "role": "staff", "team": str(team_id)}
    assert lead.submit(f"{home}people/invite", invited).status_code == 303
    add(lead, home, superuser_engine, unique("Night shift"), team_id)
    started = lead.submit(f"{home}audits/start", {"part": str(team_id), "title": "Spring audit"})
    audit = started.headers["Location"]
    assert lead.submit(f"{audit}/submit").status_code == 303
    return team_id


def test_a_merged_team_leaves_everything_to_the_other(
    lead: StrictClient, home: str, cast: Cast, superuser_engine, full: UUID
) -> None:
    target = cast_team(superuser_engine, cast)
    before = count_all(superuser_engine, cast)
    asked = lead.get(f"{home}teams/{full}/merge").text
    for words in ("1 person<", "1 person who left", "1 open invitation", "1 team within it", "1 audit<"):
        assert words in asked
    assert lead.submit(f"{home}teams/{full}/merge", {"into": str(target)}).headers["Location"].endswith(str(target))
    for table in ("membership", "invitation", "audit"):
        assert rows(superuser_engine, f"SELECT count(*) FROM {table} WHERE team_id = :id", id=full) == [(0,)]
    assert rows(superuser_engine, "SELECT count(*) FROM team WHERE parent_id = :id", id=full) == [(0,)]
    assert count_all(superuser_engine, cast) == before, "nothing is lost"

    shown = lead.get(f"{home}teams/{target}").text
    assert "Spring audit" in shown and "(begun as Ours Street team)" in shown and "Night shift" in shown
    assert "Ours Outreach team (begun as Ours Street team)" in lead.get(f"{home}audits").text
    old = lead.get(f"{home}teams/{full}").text
    assert "Everything of this team moved to" in old and f"{home}teams/{target}" in old
    assert "Ours Street team" not in lead.get(f"{home}people/invite").text
    assert "Merged the team Ours Street team into Ours Outreach team" in lead.get(f"{home}trail").text


def count_all(engine, cast: Cast) -> list[object]:
    return [
        rows(engine, f"SELECT count(*) FROM {table} WHERE organisation_id = :id", id=cast.ours.tenant.id)
        for table in ("membership", "invitation", "audit", "audit_entry", "team")
    ]


def cast_team(engine, cast: Cast) -> UUID:
    [(team_id,)] = rows(
        engine, "SELECT id FROM team WHERE organisation_id = :id AND name = 'Ours Outreach team'", id=cast.ours.tenant.id
    )
    assert isinstance(team_id, UUID)
    return team_id


def test_a_team_is_merged_into_one_within_it(lead: StrictClient, home: str, cast: Cast, superuser_engine) -> None:
    top, second, third, fourth = add_chain(superuser_engine, cast, 4)
    assert lead.submit(f"{home}teams/{second}/merge", {"into": str(fourth)}).status_code == 303
    parents = dict(rows(superuser_engine, "SELECT id, parent_id FROM team WHERE organisation_id = :id", id=cast.ours.tenant.id))
    assert (parents[fourth], parents[third], parents[second]) == (top, fourth, None)


@pytest.mark.parametrize("clash", ["name", "audit"])
def test_teams_that_can_not_stand_beside_each_other_are_not_merged(
    lead: StrictClient, home: str, cast: Cast, superuser_engine, clash: str
) -> None:
    one, other = (add(lead, home, superuser_engine, unique(name)) for name in ("One", "Other"))
    for team_id in (one, other):
        if clash == "name":
            assert lead.submit(f"{home}teams/new", {"name": "Reception", "parent": str(team_id)}).status_code == 303
        else:
            assert lead.submit(f"{home}audits/start", {"part": str(team_id), "title": "Both"}).status_code == 303
    before = rows(superuser_engine, "SELECT * FROM team WHERE organisation_id = :id ORDER BY id", id=cast.ours.tenant.id)
    refused = lead.submit(f"{home}teams/{one}/merge", {"into": str(other)})
    assert refused.status_code == 422
    assert {"name": "There is a team called Reception", "audit": "have an audit in progress"}[clash] in refused.text
    after = rows(superuser_engine, "SELECT * FROM team WHERE organisation_id = :id ORDER BY id", id=cast.ours.tenant.id)
    assert after == before
    for bad in ("", "nonsense", str(one)):
        assert lead.submit(f"{home}teams/{one}/merge", {"into": bad}).status_code == 422


def test_a_team_with_anything_in_it_is_neither_closed_nor_deleted(lead: StrictClient, home: str, full: UUID) -> None:
    page = lead.get(f"{home}teams/{full}/close").text
    for words in ("1 person<", "1 person who left", "1 open invitation", "1 team within it", "1 audit<"):
        assert words in page
    assert "Close the team" not in page and "Delete the team" not in page
    token = csrf(lead)
    for action in ("close", "delete"):
        refused = lead.post(f"{home}teams/{full}/{action}", data={"csrf_token": token})
        assert refused.status_code == 409
        assert "1 open invitation" in refused.text
    assert "Ours Street team" in lead.get(f"{home}teams").text


def csrf(client: StrictClient) -> str:
    return client.get("/about").text.split('name="csrf-token" content="')[1].split('"')[0]


def test_an_empty_team_is_closed_opened_and_deleted(lead: StrictClient, home: str, superuser_engine) -> None:
    name = unique("Quiet corner")
    team = f"{home}teams/{add(lead, home, superuser_engine, name)}"
    assert lead.submit(f"{team}/close").status_code == 303
    assert "Closed on" in lead.get(team).text
    for page in ("people/invite", "audits/start", "teams/new"):
        assert name not in lead.get(f"{home}{page}").text
    assert name in lead.get(f"{home}teams").text, "among the closed ones"
    assert lead.get(f"{team}/change").status_code == 404
    assert lead.submit(f"{home}teams/new", {"name": name}).status_code == 303, "a closed team does not keep its name"
    assert lead.submit(f"{team}/close", button=f"{team}/open").status_code == 409
    [other] = [row[0] for row in rows(superuser_engine, "SELECT id FROM team WHERE name = :n AND closed_at IS NULL", n=name)]
    assert lead.submit(f"{home}teams/{other}/close", button=f"{home}teams/{other}/delete").status_code == 303
    assert lead.submit(f"{team}/close", button=f"{team}/open").status_code == 303
    assert name in lead.get(f"{home}people/invite").text


@given(st.lists(st.uuids(), unique=True, max_size=12), st.randoms())
def test_every_team_is_in_the_tree_once(ids, random) -> None:
    parents = [random.choice([None, *ids[:place]]) for place in range(len(ids))]
    teams = [Team(id=each, name=str(each), parent_id=parent) for each, parent in zip(ids, parents, strict=True)]
    assert sorted(team_id for team_id, _ in list_paths(teams)) == sorted(ids)

    assert len(set(name_apart(teams).values())) == len(ids)
    for team in teams:
        assert within(teams, team.id) == {each.id for each in teams if team in ancestors(teams, each.id)}


@pytest.mark.parametrize("merged", [True, False])
def test_who_was_invited_into_a_team_that_is_gone_joins_the_one_after_it_or_none(
    lead: StrictClient, client: StrictClient, home: str, cast: Cast, superuser_engine, app, merged: bool
) -> None:
    """As when somebody invites and somebody else closes the team at one moment."""
    with app.app_context():
        someone = make_person("Nia New")
    one, other = (add(lead, home, superuser_engine, unique(name)) for name in ("One", "Other"))
    invited = {"name": "Nia New", "email": someone.email, "role": "staff", "team": str(one)}
    assert lead.submit(f"{home}people/invite", invited).status_code == 303
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE team SET closed_at = now(), merged_into_id = :into WHERE id = :id"),
            {"id": one, "into": other if merged else None},
        )
    assert client.sign_in(someone).submit(invitation_path(superuser_engine, someone.email)).status_code == 303
    [(joined,)] = rows(superuser_engine, "SELECT team_id FROM membership WHERE person_id = :id", id=someone.id)
    assert joined == (other if merged else None)

"""Organisations that ask to join by themselves: what who asks gets, what the office gets, and what neither does."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.joining import leave_request, make_confirmed_request
from tests.factories.tenants import unique
from tests.tenants.mails import bodies_to, invitation_path, rows
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.scope import IdentityScope, InvitationScope, JoiningScope, PartnershipScope, transaction
from tia_hub.core.tokens import hash_token
from tia_hub.tenants.retention import RULES
from tia_hub.tenants.scoring import list_similar
from tia_hub.tenants.services.joining_requests import (
    MOST_FROM_ADDRESS,
    MOST_TO_PARTNERSHIP,
    MOST_TO_RECIPIENT,
    approve_request,
    confirm_request,
)
from tia_hub.tenants.types.organisations import Sector

OF_OFFICE = [rule for rule in RULES if PartnershipScope in rule.scopes]
KINDS = ("joining_requests", "unconfirmed_requests", "joining_tries", "organisation_lists")


@pytest.fixture
def entry() -> dict[str, str]:
    return {
        "name": unique("Lantern House"),
        "sector": "charity",
        "headcount": "12",
        "why": "We work with people who sleep rough.\nWe want to learn.",
        "asker_name": "Asa Keen",
        "asker_job": "Director",
        "asker_email": f"{unique('asker')}@example.org",
    }


@pytest.fixture
def page(cast: Cast) -> str:
    return f"/join/{cast.region.slug}"


@pytest.fixture
def office(as_, cast: Cast) -> StrictClient:
    return as_(cast.coordinator)


def link_in(engine: Engine, address: str) -> str:
    found = re.search(r"http://localhost(/joining/\S+)", bodies_to(engine, address)[-1])
    assert found
    return found[1]


def test_the_whole_way_from_the_first_page_to_the_first_lead(
    client: StrictClient,
    app: Flask,
    office: StrictClient,
    cast: Cast,
    page: str,
    entry: dict[str, str],
    superuser_engine: Engine,
) -> None:
    assert f'href="{page}"' in client.get("/").text
    area = str(cast.region.areas["South"])
    sent = client.submit(page, entry | {"areas": [area]})
    assert sent.status_code == 303
    assert "Look at your email" in client.get(sent.location).text
    requests = f"/p/{cast.region.slug}/requests"
    assert entry["name"] not in office.get(requests).text, "nobody sees it before the address is confirmed"
    path = link_in(superuser_engine, entry["asker_email"])
    assert "Confirm your request" in client.get(path).text
    assert entry["name"] not in office.get(requests).text, "a program that follows links confirms nothing"
    assert client.submit(path).status_code == 303
    assert client.get(path).status_code == 404
    assert "1 organisation asks to join" in office.get(f"/p/{cast.region.slug}/").text
    listed = office.get(requests).text
    found = re.search(rf'href="({requests}/[0-9a-f-]+)">{entry["name"]}', listed)
    assert found
    shown = office.get(found[1]).text
    for words in ("Asa Keen, Director", entry["asker_email"], "South", "We want to learn.", "Waits for you"):
        assert words in shown

    approved = office.submit(found[1])
    assert approved.status_code == 303
    assert "North" not in office.get(approved.location).text and "South" in office.get(approved.location).text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', shown)[0]
    again = office.post(found[1], data={"csrf_token": token, "name": entry["name"], "sector": "charity", "headcount": "12"})
    assert again.location == approved.location, "sent twice, it makes one"
    invitation = invitation_path(superuser_engine, entry["asker_email"])
    assert client.submit(invitation, {"name": "Asa Keen", "password": "three calm harbours"}).status_code == 303
    home = client.get("/places").location
    assert client.get(f"{home}organisation").status_code == 200
    assert rows(superuser_engine, "SELECT count(*) FROM organisation WHERE name = :name", name=entry["name"]) == [(1,)]
    words = [row[0] for row in rows(superuser_engine, "SELECT words FROM trail_event WHERE home_id = :id", id=cast.region.id)]
    assert f"Approved the request of {entry['name']} to join" in words


def test_a_question_is_answered_by_a_link_that_works_once(
    client: StrictClient, app: Flask, office: StrictClient, cast: Cast, superuser_engine: Engine
) -> None:
    address = f"{unique('asker')}@example.org"
    with app.app_context():
        request_id = make_confirmed_request(cast.region, superuser_engine, email=address)
    path = f"/p/{cast.region.slug}/requests/{request_id}"
    assert office.submit(f"{path}/ask", {"question": ""}).status_code == 422
    assert office.submit(f"{path}/ask", {"question": "Who leads you?"}).status_code == 303
    first = link_in(superuser_engine, address)
    office.submit(f"{path}/ask", {"question": "Who leads you, and since when?"})
    assert client.get(first).status_code == 404, "the one before no longer works"
    link = link_in(superuser_engine, address)
    assert "since when?" in client.get(link).text
    assert client.submit(link, {"answer": "a\x00b"}).status_code == 422
    assert client.submit(link, {"answer": "A board, since 2019."}).status_code == 303
    assert client.get(link).status_code == 404
    shown = office.get(path).text
    assert "A board, since 2019." in shown and "Waits for you" in shown

    assert office.submit(f"{path}/decline", {"reason": "You are in another region."}).status_code == 303
    assert "You are in another region." in bodies_to(superuser_engine, address)[-1]
    assert "Declined" in office.get(path).text
    for step in ("ask", "decline"):
        assert office.get(f"{path}/{step}").status_code == 409
    token = re.findall(r'name="csrf_token" value="([^"]+)"', office.get(f"/p/{cast.region.slug}/requests").text)[0]
    entry = {"name": "Too Late", "sector": "charity", "headcount": "1", "csrf_token": token}
    assert office.post(path, data=entry).status_code == 409
    assert office.post(f"{path}/decline", data={"reason": "Again", "csrf_token": token}).status_code == 409


def test_who_asks_learns_nothing_of_who_is_there(client: StrictClient, cast: Cast, page: str, entry: dict[str, str]) -> None:
    """The same answer for a new organisation and for one that is there, a stranger and a lead, and for a second try."""
    known = entry | {"name": cast.ours.tenant.name, "asker_email": cast.ours.lead.email}
    answers = [client.submit(page, data) for data in (entry, known, entry)]
    assert {(answer.status_code, answer.location, answer.text) for answer in answers} == {
        (303, answers[0].location, answers[0].text)
    }


def test_a_form_sent_many_times_at_once_makes_one_request(
    app: Flask, page: str, entry: dict[str, str], superuser_engine: Engine
) -> None:
    token, form_token = None, None
    with app.app_context():
        client = app.test_client()
        shown = client.get(page).text
        token = re.findall(r'name="csrf_token" value="([^"]+)"', shown)[-1]
        form_token = re.findall(r'name="form_token" value="([^"]+)"', shown)[0]
    cookie = client.get_cookie("tia")
    assert cookie

    def send(_: int) -> int:
        one = app.test_client()
        one.set_cookie("tia", cookie.value)
        return one.post(page, data=entry | {"csrf_token": token, "form_token": form_token}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(4))) == {303}
    assert rows(superuser_engine, "SELECT count(*) FROM joining_request WHERE name = :name", name=entry["name"]) == [(1,)]
    assert len(bodies_to(superuser_engine, entry["asker_email"])) == 1


def test_there_are_limits_for_a_network_address_a_mailbox_and_a_partnership(
    client: StrictClient, app: Flask, cast: Cast, page: str, entry: dict[str, str], superuser_engine: Engine
) -> None:
    for _ in range(MOST_FROM_ADDRESS):
        assert client.submit(page, entry).status_code == 303
    assert len(bodies_to(superuser_engine, entry["asker_email"])) == MOST_TO_RECIPIENT, "no mailbox is filled"
    refused = client.submit(page, entry)
    assert refused.status_code == 429
    assert "We want to learn." in refused.text, "nothing typed is lost"
    with superuser_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO joining_try (id, partnership_id, address, recipient) "
                "SELECT gen_random_uuid(), :id, 'elsewhere', 'somebody' FROM generate_series(1, :most)"
            ),
            {"id": cast.other_region.id, "most": MOST_TO_PARTNERSHIP},
        )
    assert client.submit(f"/join/{cast.other_region.slug}", entry).status_code == 429
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE joining_try SET created_at = now() - interval '25 hours'"))
    assert client.submit(page, entry).status_code == 303


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Enter the name"),
        ({"asker_email": "nobody"}, "correct format"),
        ({"why": ""}, "Say in a few words"),
        ({"headcount": "-3"}, "whole number"),
        ({"sector": "piracy"}, "Choose one of the answers"),
        ({"form_token": "made up"}, "Reload this page"),
        ({"asker_name": "a\x00b"}, "can&#39;t be stored"),
    ],
)
def test_faulty_requests_are_named_and_kept(
    client: StrictClient, page: str, entry: dict[str, str], change: dict[str, str], words: str
) -> None:
    answer = client.submit(page, entry | change)
    assert answer.status_code == 422
    assert words in answer.text and "Director" in answer.text


def test_an_area_of_another_partnership_is_not_offered(
    client: StrictClient, cast: Cast, page: str, entry: dict[str, str]
) -> None:
    assert client.submit(page, entry | {"areas": [str(cast.other_region.areas["North"])]}).status_code == 422


def test_a_partnership_may_close_the_page(client: StrictClient, office: StrictClient, cast: Cast, page: str) -> None:
    requests = f"/p/{cast.region.slug}/requests"
    assert office.submit(requests).status_code == 303
    assert client.get(page).status_code == 404
    assert client.get(f"{page}/sent").status_code == 404
    assert f'href="{page}"' not in client.get("/").text
    assert office.submit(requests).status_code == 303
    assert client.get(page).status_code == 200


def test_similar_names_are_pointed_out(office: StrictClient, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    with app.app_context():
        request_id = make_confirmed_request(cast.region, superuser_engine, "Ours Harbor Trust")
        make_confirmed_request(cast.region, superuser_engine, "The Ours Harbour Foundation Trust")
    shown = office.get(f"/p/{cast.region.slug}/requests/{request_id}").text
    assert "similar name: Ours Harbour Trust." in shown
    assert "under a similar name: The Ours Harbour Foundation Trust." in shown
    taken = office.submit(f"/p/{cast.region.slug}/requests/{request_id}", {"name": "ours harbour trust"})
    assert taken.status_code == 422 and "already" in taken.text


@pytest.mark.parametrize(
    ("name", "other", "alike"),
    [
        ("Harbour Trust", "harbor trust", True),
        ("The Harbour NHS Foundation Trust", "Harbour", True),
        ("Café Lumière", "Cafe Lumiere", True),
        ("Harbour Trust", "Harvest Trust", False),
        ("NHS", "Trust", False),
    ],
)
def test_names_are_alike_as_people_would_say(name: str, other: str, alike: bool) -> None:
    assert bool(list_similar(name, [other])) is alike


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=6))
def test_any_names_can_be_compared(name: str, others: list[str]) -> None:
    found = list_similar(name, others)
    assert set(found) <= set(others) and len(found) <= 5
    if name in others and any(character.isalnum() for character in name):
        assert name in found or len(found) == 5


@pytest.mark.usefixtures("context")
def test_the_database_shows_a_request_to_its_own_partnership_alone(cast: Cast, superuser_engine: Engine) -> None:
    make_confirmed_request(cast.region, superuser_engine)
    leave_request(cast.region, "Unconfirmed House")
    every = text("SELECT name FROM joining_request")
    for scope, seen in (
        (cast.region.scope(), {"Lantern House"}),
        (cast.other_region.scope(), set()),
        (IdentityScope(person_key=cast.coordinator.key), set()),
        (JoiningScope(partnership_id=cast.region.id), set()),
    ):
        with transaction(scope, read_only=True) as opened:
            assert set(opened.session.execute(every).scalars()) == seen


@pytest.mark.usefixtures("context")
def test_many_approvals_at_once_make_one_organisation(app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    name = unique("Lantern House")
    request_id = make_confirmed_request(cast.region, superuser_engine, name)

    def approve(_: int) -> bool:
        try:
            with app.app_context(), transaction(cast.region.scope()) as scope:
                approve_request(scope, request_id, name=name, sector=Sector.CHARITY, headcount=1, area_ids=[])
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(approve, range(8))) == 1
    assert rows(superuser_engine, "SELECT count(*) FROM organisation WHERE name = :name", name=name) == [(1,)]


@pytest.mark.usefixtures("context")
def test_a_link_confirms_once_however_many_press_at_once(app: Flask, cast: Cast) -> None:
    token = leave_request(cast.region)

    def confirm(_: int) -> bool:
        try:
            with app.app_context(), transaction(InvitationScope(token_hash=hash_token(token))) as scope:
                confirm_request(scope)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(confirm, range(8))) == 1


@pytest.mark.usefixtures("context")
def test_what_nobody_confirmed_and_where_it_came_from_is_forgotten(cast: Cast, superuser_engine: Engine) -> None:
    leave_request(cast.region, "Unconfirmed House")
    make_confirmed_request(cast.region, superuser_engine)
    with transaction(cast.region.scope()) as scope:
        assert {rule.kind: rule.remove(scope, rule.cutoff()) for rule in OF_OFFICE} == dict.fromkeys(KINDS, 0)
    with superuser_engine.begin() as connection:
        for table in ("joining_request", "joining_try"):
            connection.execute(text(f"UPDATE {table} SET created_at = created_at - interval '3 days'"))
        connection.execute(text("UPDATE joining_request SET expires_at = expires_at - interval '3 days'"))
    with transaction(cast.region.scope()) as scope:
        taken = {rule.kind: rule.remove(scope, rule.cutoff()) for rule in OF_OFFICE}
    assert taken == dict.fromkeys(KINDS, 0) | {"unconfirmed_requests": 1, "joining_tries": 2}
    query = "SELECT name FROM joining_request WHERE partnership_id = :id"
    assert rows(superuser_engine, query, id=cast.region.id) == [("Lantern House",)]

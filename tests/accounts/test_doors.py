"""What an organisation asks of its members' sign-in: held at its door, with the way to set up what is missing, and back."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.accounts.authenticator import Device
from tests.accounts.conftest import PASSWORD, Phone
from tests.accounts.test_passkeys import NEW, add, use
from tests.accounts.test_second_factor import SET_UP
from tests.accounts.test_signing_in import sign_in
from tests.accounts.test_typed_text import GO_ON
from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import Someone, make_member, make_organisation
from tests.permissions.world import secret
from tia_hub.tenants.types.roles import Role


@pytest.fixture
def member(app: Flask, cast: Cast, account: Someone) -> Someone:
    """Somebody with a password, in two organisations: the cast's, and one that asks for nothing."""
    with app.app_context():
        make_member(make_organisation(cast.region, "Lighthouse"), Role.LEAD, person=account)
        return make_member(cast.ours.tenant, Role.STAFF, person=account)


def ask_for(as_, cast: Cast, *, second_factor: str = "no", idle: str = "60") -> None:
    path = f"/o/{cast.ours.tenant.slug}/people/sign-in-rules"
    lead = as_(cast.ours.lead).confirmed()
    with lead.session_transaction() as session:
        session["session_strong"] = True
    assert lead.submit(path, {"second_factor": second_factor, "idle": idle}).status_code == 303


def test_nobody_comes_in_without_the_second_factor_and_the_way_leads_back(
    as_, cast: Cast, client: StrictClient, member: Someone
) -> None:
    place = f"/o/{cast.ours.tenant.slug}/courses"
    sign_in(client, member)
    assert client.get(place).status_code == 200
    ask_for(as_, cast, second_factor="yes")
    stopped = client.get(place)
    assert stopped.status_code == 403 and "asks for a second factor" in stopped.text and SET_UP in stopped.text
    assert client.get("/places").status_code == 200
    shown = client.submit(SET_UP, {"setup": "authenticator"})
    phone = Phone.scan(shown.text)
    action = re.search(rf'action="({SET_UP}/[^"]+)"', shown.text)
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
    assert action and token
    ready = client.post(action[1], data={"csrf_token": token[1], "code": phone.code()})
    assert ready.location == "/account/recovery-codes"
    codes = client.submit("/account/recovery-codes")
    assert f'href="{place}"' in codes.text
    assert client.get(place).status_code == 200


def test_a_passkey_will_do_and_one_comes_straight_back(as_, cast: Cast, client: StrictClient, member: Someone) -> None:
    ask_for(as_, cast, second_factor="yes")
    place = f"/o/{cast.ours.tenant.slug}/courses"
    sign_in(client, member)
    assert client.get(place).status_code == 403
    device = Device()
    assert add(client, device, path=NEW).location == "/account/recovery-codes"
    assert client.get(place).status_code == 200
    client.submit("/account", button="/sign-out")
    use(client, device)
    assert client.get(place).status_code == 200


def test_the_wall_comes_before_the_door(as_, cast: Cast, client: StrictClient, account: Someone) -> None:
    ask_for(as_, cast, second_factor="yes")
    sign_in(client, account)
    assert client.get(f"/o/{cast.ours.tenant.slug}/courses").status_code == 404


@pytest.mark.parametrize(("minutes", "idle", "status"), [("15", 16, 302), ("15", 14, 200), ("30", 31, 302), ("60", 31, 200)])
def test_the_shortest_limit_of_somebodys_organisations_holds_everywhere(
    as_, cast: Cast, client: StrictClient, member: Someone, minutes: str, idle: int, status: int
) -> None:
    ask_for(as_, cast, idle=minutes)
    sign_in(client, member)
    with client.session_transaction() as session:
        session["session_seen"] -= idle * 60
    assert client.get("/account").status_code == status


def test_a_limit_that_was_shortened_meanwhile_holds_at_the_door_and_keeps_what_was_typed(
    as_, cast: Cast, client: StrictClient, member: Someone
) -> None:
    sign_in(client, member)
    ask_for(as_, cast, idle="15")
    with client.session_transaction() as session:
        session["session_seen"] -= 20 * 60
    assert client.get("/account").status_code == 200
    with client.session_transaction() as session:
        session["session_seen"] -= 20 * 60
    answer = client.post(f"/o/{cast.ours.tenant.slug}/training/start", data={"words": secret("typed")})
    assert answer.status_code == 401
    locked = re.search(r'name="locked" value="([^"]+)"', answer.text)
    assert locked
    sign_in(client, member)
    assert secret("typed") in client.post(GO_ON, data={"locked": locked[1]}).text


def test_what_was_decided_is_shown_recorded_and_can_be_taken_back(as_, cast: Cast, superuser_engine: Engine) -> None:
    ask_for(as_, cast, second_factor="yes", idle="15")
    lead = as_(cast.ours.lead).confirmed()
    with lead.session_transaction() as session:
        session["session_strong"] = True
    path = f"/o/{cast.ours.tenant.slug}/people/sign-in-rules"
    assert lead.get(path).text.count("checked") == 2
    assert lead.submit(path, {"idle": "45"}).status_code == 422
    assert "again after 15 minutes" in lead.get(f"/o/{cast.ours.tenant.slug}/trail").text
    assert lead.submit(path, {"second_factor": "no", "idle": "60"}).status_code == 303
    with superuser_engine.begin() as connection:
        rules = connection.execute(
            text("SELECT second_factor, idle_minutes FROM organisation WHERE id = :id"), {"id": cast.ours.tenant.id}
        ).one()
    assert tuple(rules) == (False, None)
    assert as_(cast.ours.staff).get(path).status_code == 403
    assert PASSWORD not in lead.get(path).text


def test_a_session_that_was_left_open_is_not_enough_to_change_the_rules(as_, cast: Cast, superuser_engine: Engine) -> None:
    path = f"/o/{cast.ours.tenant.slug}/people/sign-in-rules"
    answer = as_(cast.ours.lead).submit(path, {"second_factor": "no", "idle": "15"})
    assert answer.status_code == 409
    assert "Show once more that it is you" in answer.text and "/sign-in/confirm?next=" in answer.text
    assert re.search(r'value="15"[^>]*checked', answer.text), "what was chosen is kept"
    with superuser_engine.begin() as connection:
        idle = connection.execute(text("SELECT idle_minutes FROM organisation WHERE id = :id"), {"id": cast.ours.tenant.id})
        assert idle.scalar_one() is None

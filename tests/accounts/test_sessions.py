"""Where somebody is signed in: seen, ended, and told of."""

import re

from flask import Flask
from sqlalchemy import Engine, text

from tests.accounts.conftest import PASSWORD
from tests.accounts.test_passwords import mails_to
from tests.accounts.test_signing_in import sign_in
from tests.client import StrictClient
from tests.factories.tenants import Someone

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/19.0 Mobile/15E148 Safari/604.1"
)


def browser(app: Flask, user_agent: str, address: str = "127.0.0.1") -> StrictClient:
    client = app.test_client()
    assert isinstance(client, StrictClient)
    client.environ_base.update(HTTP_USER_AGENT=user_agent, REMOTE_ADDR=address)
    return client


def test_sessions_are_listed_with_browser_time_and_place_and_one_can_be_ended(
    app: Flask, account: Someone, other_account: Someone, superuser_engine: Engine
) -> None:
    desk, phone = browser(app, FIREFOX), browser(app, PHONE, "192.0.2.7")
    sign_in(desk, account)
    sign_in(phone, account)
    stranger = browser(app, FIREFOX)
    sign_in(stranger, other_account)
    shown = desk.get("/account/sessions").text
    assert "Firefox on Windows" in shown and "Safari on iPhone" in shown and "192.0.2.7" in shown
    assert shown.count("This session") == 1
    ends = re.findall(r'action="(/account/sessions/[0-9a-f-]{36}/end)"', shown)
    assert len(ends) == 1
    assert stranger.submit("/account/sessions", button="/account/sessions/end-others").status_code == 303
    token = re.search(r'name="csrf_token" value="([^"]+)"', stranger.get("/account/sessions").text)
    assert token
    assert stranger.post(ends[0], data={"csrf_token": token[1]}).status_code == 404
    assert phone.get("/account").status_code == 200

    assert desk.submit("/account/sessions", button=ends[0]).status_code == 303
    assert phone.get("/account").status_code == 302
    assert desk.get("/account").status_code == 200
    assert "Safari on iPhone" not in desk.get("/account/sessions").text.replace("The session in Safari on iPhone is ended.", "")
    told = mails_to(superuser_engine, account)[-1]
    assert told["subject"] == "A session of your TIA Hub account was ended"
    assert "Safari on iPhone" in told["text_body"]


def test_all_others_end_at_once_even_those_that_are_not_listed(
    app: Flask, account: Someone, client: StrictClient, superuser_engine: Engine
) -> None:
    unlisted, phone = browser(app, FIREFOX).sign_in(account), browser(app, PHONE)
    sign_in(phone, account)
    sign_in(client, account)
    assert unlisted.get("/account").status_code == 200
    assert client.submit("/account/sessions", button="/account/sessions/end-others").status_code == 303
    assert unlisted.get("/account").status_code == phone.get("/account").status_code == 302
    assert client.get("/account").status_code == 200
    assert mails_to(superuser_engine, account)[-1]["subject"] == "Sessions of your TIA Hub account were ended"


def test_the_last_use_is_noted_to_the_minute(client: StrictClient, account: Someone, superuser_engine: Engine) -> None:
    sign_in(client, account)
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE person_session SET seen_at = now() - interval '2 minutes' WHERE person_id = :id"), {"id": account.id}
        )
    with client.session_transaction() as session:
        session["session_seen"] -= 120
    client.get("/account")
    with superuser_engine.begin() as connection:
        seconds = connection.execute(
            text("SELECT extract(epoch FROM now() - seen_at) FROM person_session WHERE person_id = :id"), {"id": account.id}
        ).scalar_one()
    assert seconds < 60


def test_a_new_browser_is_told_of_and_one_that_is_known_is_not(app: Flask, account: Someone, superuser_engine: Engine) -> None:
    desk = browser(app, FIREFOX)
    for _ in range(2):
        sign_in(desk, account)
        desk.submit("/account", button="/sign-out")
    assert mails_to(superuser_engine, account) == []
    sign_in(browser(app, PHONE), account)
    (told,) = mails_to(superuser_engine, account)
    assert told["subject"] == "Your TIA Hub account was used in a new browser"
    assert "Safari on iPhone" in told["text_body"] and "127.0.0.1" in told["text_body"]


def test_what_happened_is_on_ones_own_trail_and_nobody_elses(
    app: Flask, client: StrictClient, account: Someone, other_account: Someone, cast, as_
) -> None:
    sign_in(client, account)
    client.submit("/account/password", {"password": PASSWORD, "new_password": "four quiet lanterns"})
    shown = client.get("/account/history").text
    assert "Signed in with" in shown and "The password was changed" in shown and "127.0.0.1" in shown
    other = browser(app, FIREFOX)
    sign_in(other, other_account)
    assert "The password was changed" not in other.get("/account/history").text
    assert "The password was changed" not in as_(cast.ours.lead).get(f"/o/{cast.ours.tenant.slug}/trail").text


def test_the_session_goes_on_under_another_key_when_a_role_changes(app: Flask, cast, superuser_engine: Engine) -> None:
    client = browser(app, FIREFOX).sign_in(cast.ours.staff)
    place = f"/o/{cast.ours.tenant.slug}/"
    client.get(place)
    copied = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert copied
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE membership SET role = 'lead' WHERE id = :id"), {"id": cast.ours.staff.membership_id})
    assert client.get(place).status_code == 200
    thief = app.test_client()
    thief.set_cookie(copied.key, copied.value)
    assert thief.get(place).status_code == 302
    assert client.get(place).status_code == 200

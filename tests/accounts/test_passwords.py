"""Choosing, changing and forgetting passwords."""

import re
from hashlib import sha1
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from tests.accounts.conftest import PASSWORD
from tests.accounts.test_signing_in import sign_in
from tests.client import StrictClient
from tests.factories.tenants import Someone
from tests.services import Services
from tia_hub.accounts.passwords import fault_in_password, is_breached
from tia_hub.app import create_app

NEW = "four quiet lanterns"


def mails_to(engine: Engine, someone: Someone) -> list[dict[str, str]]:
    with engine.begin() as connection:
        rows = connection.execute(
            text("SELECT subject, text_body, html_body FROM email WHERE to_address = :to ORDER BY created_at"),
            {"to": someone.email},
        )
        return [dict(row._mapping) for row in rows]


def reset_path(engine: Engine, someone: Someone) -> str:
    body = mails_to(engine, someone)[-1]["text_body"]
    found = re.search(r"http://localhost(/forgotten-password/\S+)", body)
    assert found, body
    return found[1]


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(
    app: Flask, client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    elsewhere = app.test_client()
    assert isinstance(elsewhere, StrictClient)
    sign_in(elsewhere, account)
    answer = client.submit("/forgotten-password", {"email": account.email})
    assert "If there is an account with that address" in answer.text
    path = reset_path(superuser_engine, account)
    assert client.submit(path, {"password": "short"}).status_code == 422
    assert client.submit(path, {"password": NEW}).location == "/sign-in"
    assert elsewhere.get("/account").status_code == 302
    assert sign_in(client, account).status_code == 422
    assert sign_in(client, account, NEW).location == "/places"
    assert [mail["subject"] for mail in mails_to(superuser_engine, account)] == [
        "Choose a new password for TIA Hub",
        "Your TIA Hub password was changed",
        "Your TIA Hub account was used in a new browser",
    ]
    stranger = app.test_client()
    used = stranger.get(path)
    assert (used.status_code, used.location) == (302, "/forgotten-password")


def test_a_newer_link_kills_the_one_before_and_a_new_password_kills_them_all(
    client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    paths = []
    for _ in range(2):
        client.submit("/forgotten-password", {"email": account.email})
        paths.append(reset_path(superuser_engine, account))
    assert client.get(paths[0]).location == "/forgotten-password"
    assert client.get(paths[1]).status_code == 200
    sign_in(client, account)
    assert client.submit("/account/password", {"password": PASSWORD, "new_password": NEW}).location == "/account"
    assert client.get(paths[1]).location == "/forgotten-password"
    with superuser_engine.begin() as connection:
        kept = connection.execute(text("SELECT string_agg(l::text, ' ') FROM mailed_link l")).scalar_one() or ""
    assert paths[1].rsplit("/", 1)[-1] not in kept


def test_the_link_is_to_this_product_whatever_host_was_asked(
    client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert client.get("/forgotten-password", headers=forged).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/forgotten-password").text)
    assert token
    client.post(
        "/forgotten-password",
        data={"email": account.email, "csrf_token": token[1]},
        headers={"X-Forwarded-Host": "evil.example", "Host": "localhost:8080"},
    )
    body = mails_to(superuser_engine, account)[-1]
    assert "http://localhost/forgotten-password/" in body["text_body"]
    assert "evil" not in body["text_body"] + body["html_body"]


def test_asking_tells_nobody_who_has_an_account(client: StrictClient, account: Someone, superuser_engine: Engine) -> None:
    known = client.submit("/forgotten-password", {"email": account.email})
    unknown = client.submit("/forgotten-password", {"email": "nobody@example.org"})

    def shape(answer, email: str) -> list[str]:
        return [line.replace(email, "") for line in answer.text.splitlines() if "csrf" not in line]

    assert known.status_code == unknown.status_code == 200
    assert shape(known, account.email) == shape(unknown, "nobody@example.org")


def test_mails_can_not_be_ordered_without_end(client: StrictClient, account: Someone, superuser_engine: Engine) -> None:
    answers = [client.submit("/forgotten-password", {"email": account.email}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_a_link_that_is_made_up_or_old_leads_back(client: StrictClient) -> None:
    answer = client.get("/forgotten-password/made-up")
    assert answer.location == "/forgotten-password"
    assert "can’t be used" in client.get("/forgotten-password").text


def test_a_changed_password_ends_the_other_sessions(
    app: Flask, client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    elsewhere = app.test_client()
    assert isinstance(elsewhere, StrictClient)
    sign_in(elsewhere, account)
    sign_in(client, account)
    path = "/account/password"
    assert client.submit(path, {"password": "something else entirely", "new_password": NEW}).status_code == 422
    assert client.submit(path, {"password": PASSWORD, "new_password": PASSWORD}).status_code == 422
    assert client.submit(path, {"password": PASSWORD, "new_password": NEW}).location == "/account"
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert mails_to(superuser_engine, account)[-1]["subject"] == "Your TIA Hub password was changed"


@pytest.mark.parametrize(
    "password",
    [
        "elevencharrs",
        "aaaaaaaaaaaa",
        "password1234",
        "Welcome-1234!",
        "robinash1234",
        "robin.ash@example.org",
        "x" * 1001,
        "a\x00" * 8,
    ],
)
def test_weak_passwords_are_named_as_such(password: str) -> None:
    if password == "elevencharrs":
        password = password[:11]
    assert fault_in_password(password, email="robin.ash@example.org", name="Robin Ash")


@pytest.mark.parametrize(
    "password", [PASSWORD, "ŵŷ-λόγος-рука", "🌊🌱🪨🔥🌙⭐🌧🍂🐚🪶🌾🕊", "    spaces  count  ", "correct horse battery"]
)
def test_any_characters_may_make_a_good_one(password: str) -> None:
    assert fault_in_password(password, email="robin.ash@example.org", name="Robin Ash") is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Password1234!", "many people use"),
        ("abcabcabcabc", "repeats itself"),
        ("abcdefghijkl", "follow each other"),
        ("27/03/1985 27", "a date"),
        ("trauma-informed", "this product"),
        ("robin.ash@example.org", "your name or your address"),
    ],
)
def test_what_is_wrong_is_said_and_what_to_do(password: str, why: str) -> None:
    fault = fault_in_password(password, email="robin.ash@example.org", name="Robin Ash")
    assert fault and why in fault and "Three words" in fault


HASHES = st.lists(st.text("0123456789ABCDEF", min_size=40, max_size=40), max_size=60)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hashes=HASHES,
    listed=st.lists(st.text(min_size=1, max_size=30), max_size=5),
    counts=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_the_breached_are_found_wherever_they_stand_and_nobody_else(
    tmp_path: Path, hashes: list[str], listed: list[str], counts: bool, end: str
) -> None:
    stolen = {sha1(each.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest().upper() for each in listed}
    lines = [f"{each}:{len(each)}" if counts else each for each in sorted({*hashes, *stolen})]
    file = tmp_path / "hashes.txt"
    file.write_text(end.join(lines), newline="")
    for password in listed:
        assert is_breached(file, [password])
    for other in ("three calm harbours", "not among them"):
        assert is_breached(file, [other]) is (other in listed)


def test_a_stolen_password_is_refused_where_the_operator_has_a_list(
    services: Services, account: Someone, tmp_path: Path
) -> None:
    listed = tmp_path / "hashes.txt"
    listed.write_text(f"{sha1(NEW.encode(), usedforsecurity=False).hexdigest().upper()}:3\n")
    app = create_app(services.settings.model_copy(update={"breached_passwords": listed}))
    app.test_client_class = StrictClient
    client = app.test_client()
    assert isinstance(client, StrictClient)
    sign_in(client, account)
    refused = client.submit("/account/password", {"password": PASSWORD, "new_password": NEW})
    assert refused.status_code == 422
    assert "stolen elsewhere" in refused.text
    assert client.submit("/account/password", {"password": PASSWORD, "new_password": NEW + " too"}).status_code == 302


@given(st.text(max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_short_ones_never_pass_and_nothing_fails(password: str, email: str, name: str) -> None:
    fault = fault_in_password(password, email=email, name=name)
    assert fault or len(password) >= 12

"""Signing in and out with a password: what works, what is refused, and what is given away."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.accounts.conftest import PASSWORD
from tests.client import StrictClient
from tests.factories.tenants import Someone

OPEN_REDIRECTS = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "https://evil.example",
    "http://evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x01//evil.example",
    "%2f%2fevil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/%0d%0aLocation:%20//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "//localhost@evil.example",
    "https://localhost@evil.example",
    "https://localhost.evil.example",
    "//evil.example/%2e%2e",
    "/.//evil.example",
    "//evil%E3%80%82example",
    "http:\\\\evil.example",
    "evil.example",
    "@evil.example",
]


def sign_in(client: StrictClient, someone: Someone, password: str = PASSWORD, **kwargs):
    return client.submit("/sign-in", {"email": someone.email, "password": password}, **kwargs)


def test_the_right_password_opens_and_leads_on(client: StrictClient, account: Someone) -> None:
    answer = sign_in(client, account)
    assert (answer.status_code, answer.location) == (302, "/places")
    assert client.get("/account").status_code == 200


def test_one_comes_back_to_where_one_was(client: StrictClient, account: Someone) -> None:
    refused = client.get("/account?tab=1")
    assert refused.status_code == 302
    answer = client.submit(refused.location, {"email": account.email, "password": PASSWORD}, button="/sign-in")
    assert answer.location == "/account?tab=1"


def test_capitals_and_spaces_in_the_address_do_not_matter(client: StrictClient, account: Someone) -> None:
    answer = client.submit("/sign-in", {"email": f"  {account.email.upper()} ", "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize("next_address", OPEN_REDIRECTS)
def test_signing_in_never_leads_elsewhere(client: StrictClient, account: Someone, next_address: str) -> None:
    shown = client.get("/sign-in", query_string={"next": next_address})
    assert shown.status_code in (302, 400)
    assert shown.headers.get("Location", "/sign-in") == "/sign-in"
    posted = client.submit("/sign-in", {"email": account.email, "password": PASSWORD, "next": next_address})
    assert posted.status_code == 400
    assert "Location" not in posted.headers


def test_a_wrong_password_and_an_unknown_address_look_alike(client: StrictClient, account: Someone) -> None:
    wrong = client.submit("/sign-in", {"email": account.email, "password": "something else entirely"})
    unknown = client.submit("/sign-in", {"email": "nobody@example.org", "password": "something else entirely"})
    assert wrong.status_code == unknown.status_code == 422

    def shape(answer, email: str) -> str:
        lines = [line for line in answer.text.splitlines() if "csrf" not in line]
        return "\n".join(lines).replace(email, "")

    assert shape(wrong, account.email) == shape(unknown, "nobody@example.org")
    assert "The email address or the password is not right" in wrong.text


def test_what_was_typed_is_kept_except_the_password(client: StrictClient, account: Someone) -> None:
    answer = sign_in(client, account, "something else entirely")
    assert account.email in answer.text
    assert "something else entirely" not in answer.text


@pytest.mark.parametrize("password", ["", "a" * 5000, "nul\x00nul\x00nul\x00", "\ufffd" * 12, " " * 12, "ŵ" * 12])
def test_odd_passwords_are_refused_calmly(client: StrictClient, account: Someone, password: str) -> None:
    assert sign_in(client, account, password).status_code == 422


@pytest.mark.parametrize(
    "email", ["", "x", "a@b", "nul\x00@example.org", "a" * 5000 + "@example.org", "a b@example.org", "<b>@x.y"]
)
@pytest.mark.parametrize("path", ["/sign-in", "/forgotten-password"])
def test_odd_addresses_are_refused_calmly(client: StrictClient, path: str, email: str) -> None:
    assert client.submit(path, {"email": email, "password": PASSWORD}).status_code == 422


@pytest.mark.parametrize("path", ["/sign-in", "/forgotten-password"])
def test_without_a_token_nothing_happens_and_the_page_says_so(client: StrictClient, account: Someone, path: str) -> None:
    client.get(path)
    answer = client.post(path, data={"email": account.email, "password": PASSWORD})
    assert answer.status_code == 422
    assert "Your page had been open too long" in answer.text
    assert account.email in answer.text
    assert client.get("/account").status_code == 302


def test_signing_out_needs_a_token_and_a_post(client: StrictClient, account: Someone) -> None:
    sign_in(client, account)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400
    assert client.post("/sign-out", data={"csrf_token": "made up"}).status_code == 400
    assert client.get("/account").status_code == 200


def test_signing_out_ends_the_session_and_every_copy_of_its_cookie(app: Flask, client: StrictClient, account: Someone) -> None:
    other = app.test_client()
    assert isinstance(other, StrictClient)
    sign_in(client, account)
    sign_in(other, account)
    copied = client.get_cookie("tia")
    assert copied
    answer = client.submit("/account", button="/sign-out")
    assert answer.location == "/"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/account").status_code == 302
    thief = app.test_client()
    thief.set_cookie("tia", copied.value)
    assert thief.get("/account").status_code == 302
    assert other.get("/account").status_code == 200


def test_each_sign_in_is_a_new_session_with_a_new_token(client: StrictClient, account: Someone) -> None:
    client.get("/sign-in")
    with client.session_transaction() as before:
        before["session_key"] = "planted"
        planted = dict(before)
    sign_in(client, account)
    with client.session_transaction() as after:
        assert after["session_key"] != "planted"
        assert after.get("csrf_token") != planted["csrf_token"]


@pytest.mark.parametrize(
    ("idle", "lived", "status"), [(3500, 3500, 200), (3700, 3700, 302), (10, 43100, 200), (10, 43300, 302)]
)
def test_sessions_end_when_idle_or_old(client: StrictClient, account: Someone, idle: int, lived: int, status: int) -> None:
    sign_in(client, account)
    with client.session_transaction() as session:
        session["session_began"] -= lived
        session["session_seen"] -= idle
    assert client.get("/account").status_code == status


def test_a_closed_account_is_refused_at_the_next_request(
    client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    sign_in(client, account)
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE person SET active = false WHERE id = :id"), {"id": account.id})
    assert client.get("/account").status_code == 302
    answer = sign_in(client, account)
    assert answer.status_code == 422
    assert "The email address or the password is not right" in answer.text


def test_ten_wrong_tries_are_enough_even_for_the_right_password(client: StrictClient, account: Someone, app: Flask) -> None:
    for _ in range(10):
        assert sign_in(client, account, "something else entirely").status_code == 422
    answer = sign_in(client, account)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "Wait 15 minutes" in answer.text
    assert client.get("/account").status_code == 302


def test_the_limit_passes(client: StrictClient, account: Someone, superuser_engine: Engine) -> None:
    for _ in range(11):
        sign_in(client, account, "something else entirely")
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE sign_in_try SET created_at = created_at - interval '16 minutes'"))
    assert sign_in(client, account).status_code == 302


def test_the_limit_is_the_accounts_own(client: StrictClient, account: Someone, other_account: Someone) -> None:
    for _ in range(11):
        sign_in(client, account, "something else entirely")
    assert sign_in(client, other_account).status_code == 302


def test_an_unknown_address_is_limited_alike(client: StrictClient) -> None:
    answers = [
        client.submit("/sign-in", {"email": "nobody.at.all@example.org", "password": "something else"}).status_code
        for _ in range(11)
    ]
    assert answers == [422] * 10 + [429]


def test_the_cookie_is_held_close(strict_client: StrictClient) -> None:
    answer = strict_client.get("/sign-in")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-tia=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
        assert "Domain" not in cookie


def test_pages_of_somebody_signed_in_are_never_stored(client: StrictClient, account: Someone) -> None:
    sign_in(client, account)
    assert client.get("/account").headers["Cache-Control"] == "no-store"


def test_json_is_not_answered_with_anything_but_the_page(client: StrictClient, account: Someone) -> None:
    answer = client.post("/sign-in?include_auth_token", json={"email": account.email, "password": PASSWORD})
    assert answer.mimetype == "text/html"
    assert "authentication_token" not in answer.text

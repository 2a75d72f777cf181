"""Links and redirections are the installation's own, whatever host a request names."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.accounts.conftest import make_account
from tests.cast import Cast
from tests.client import StrictClient
from tests.tenants.mails import bodies_to

EVIL = "evil.example"
FORWARDED = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Host": EVIL,
    "Forwarded": f"host={EVIL};proto=https",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Original-URL": f"//{EVIL}/",
    "X-Forwarded-For": "203.0.113.9",
}


@pytest.mark.parametrize("host", [EVIL, f"localhost.{EVIL}", f"{EVIL}:80", "localhost@evil.example", "127.0.0.1"])
@pytest.mark.parametrize("path", ["/", "/sign-in", "/account", "/no-such-page", "/health"])
def test_another_host_is_not_served(app: Flask, host: str, path: str) -> None:
    client = app.test_client()
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert EVIL not in answer.text + str(answer.headers)


def test_forwarded_hosts_are_ignored(app: Flask, cast: Cast, as_) -> None:
    for client, path in ((app.test_client(), "/account"), (app.test_client(), "/"), (as_(cast.ours.lead), "/places")):
        answer = client.get(path, headers=FORWARDED)
        assert answer.status_code in (200, 302)
        assert EVIL not in answer.text + str(answer.headers)


def test_the_link_in_a_mail_is_the_installations(app: Flask, client: StrictClient, superuser_engine: Engine) -> None:
    with app.app_context():
        someone = make_account()
    assert client.submit("/forgotten-password", {"email": someone.email}, headers=FORWARDED).status_code in (200, 302)
    [body] = bodies_to(superuser_engine, someone.email)
    assert "http://localhost/forgotten-password/" in body
    assert EVIL not in body


def test_an_address_to_go_on_to_is_kept_only_if_it_is_ones_own(client: StrictClient) -> None:
    """What a page asks for becomes `next`: a path of two slashes must not become a host."""
    for path in (
        "//evil.example/account",
        "/account?next=//evil.example",
        "/%2F/evil.example",
        "/account%0d%0aLocation:%20//evil.example",
    ):
        answer = client.get(path)
        location = answer.headers.get("Location", "")
        assert answer.status_code in (302, 308, 404, 400)
        assert not location.startswith(("//", "http://evil", "https://evil")), location
        assert "\n" not in location

"""Ways around the watch at sign-in: bodies that it does not read, and links that end somebody's session."""

import pytest
from flask import Flask

from tests.accounts.conftest import PASSWORD, make_account
from tests.client import StrictClient
from tests.factories.tenants import Someone


@pytest.fixture
def account(app: Flask) -> Someone:
    with app.app_context():
        return make_account()


@pytest.mark.parametrize("path", ["/sign-in", "/forgotten-password", "/sign-in/second-factor", "/sign-out"])
@pytest.mark.parametrize("body", [{"email": 12, "password": 3}, ["a"], "a"])
def test_json_is_no_way_in(client: StrictClient, path: str, body: object) -> None:
    """Guesses in it would be counted at nobody's account, and what is no form would be an error of ours."""
    assert client.post(path, json=body).status_code == 400


def test_a_password_in_json_is_not_even_tried(client: StrictClient, account: Someone) -> None:
    token = client.get("/sign-in").text.partition('name="csrf_token"')[2].split('value="')[1].split('"')[0]
    tried = {"email": account.email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", json=tried).status_code == 400
    assert client.get("/account").status_code == 302


def test_no_link_signs_anybody_out(client: StrictClient, account: Someone) -> None:
    client.sign_in(account)
    for path in ("/sign-in/second-factor", "/sign-in/recovery-code", "/sign-in", "/sign-out"):
        client.get(path)
        assert client.get("/account").status_code == 200, path


def test_no_page_stays_in_a_browser_that_others_use(client: StrictClient) -> None:
    """Also what somebody sees who is signed out, a second time in the same session."""
    for path in ("/invitation/unknown", "/invitation/unknown", "/o/nowhere/", "/sign-in", "/forgotten-password/unknown"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    refused = client.post("/o/nowhere/training/start", data={"text": "what was typed"})
    assert refused.status_code == 401
    assert refused.headers["Cache-Control"] == "no-store"

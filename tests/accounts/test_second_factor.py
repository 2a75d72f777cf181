"""The second factor: setting it up, signing in with it, and what opens nothing."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.accounts.conftest import PASSWORD, Phone
from tests.accounts.test_passwords import mails_to
from tests.accounts.test_signing_in import sign_in
from tests.client import StrictClient
from tests.factories.tenants import Someone

SET_UP, CODE = "/account/second-factor", "/sign-in/second-factor"


def set_up(client: StrictClient, someone: Someone) -> Phone:
    """Go through everything that a first sign-in asks for, up to the recovery codes."""
    assert sign_in(client, someone).location == SET_UP
    shown = client.submit(SET_UP, {"setup": "authenticator"})
    assert 'src="data:image/svg+xml;base64,' in shown.text
    phone = Phone.scan(shown.text)
    answer = client.submit(CODE, {"code": phone.code()})
    assert answer.location == "/account/recovery-codes"
    return phone


def sign_out(client: StrictClient) -> None:
    assert client.submit("/account", button="/sign-out").location == "/"


def test_nobody_is_in_before_the_second_factor_is_set_up(strict_client: StrictClient, account: Someone) -> None:
    assert sign_in(strict_client, account).location == SET_UP
    assert strict_client.get("/account").status_code == 302
    assert strict_client.get("/places").status_code == 302


def test_the_whole_way(
    strict_client: StrictClient, account: Someone, time_passes: Callable[[Someone], None], superuser_engine: Engine
) -> None:
    phone = set_up(strict_client, account)
    codes = re.findall(r"<code>([0-9a-f-]+)</code>", strict_client.submit("/account/recovery-codes").text)
    assert len(set(codes)) == 8
    assert codes[0] not in strict_client.get("/account/recovery-codes").text
    sign_out(strict_client)

    assert sign_in(strict_client, account).location == f"{CODE}?next=/places"
    assert [mail["subject"] for mail in mails_to(superuser_engine, account)] == [
        "How you sign in to TIA Hub was changed",
        "You have new recovery codes for TIA Hub",
    ]
    assert strict_client.get("/account").status_code == 302
    used = strict_client.submit(CODE, {"code": phone.code()})
    assert used.status_code == 422
    assert "was used before" in used.text
    time_passes(account)
    assert strict_client.submit(CODE, {"code": "000 000"}).status_code == 422
    code = phone.code()
    assert strict_client.submit(CODE, {"code": f"{code[:3]} {code[3:]}"}).location == "/places"
    assert strict_client.get("/account").status_code == 200
    sign_out(strict_client)

    sign_in(strict_client, account)
    assert strict_client.submit("/sign-in/recovery-code", {"code": "0000-0000-0000"}).status_code == 422
    assert strict_client.submit("/sign-in/recovery-code", {"code": codes[0]}).location == "/places"
    sign_out(strict_client)
    sign_in(strict_client, account)
    assert strict_client.submit("/sign-in/recovery-code", {"code": codes[0]}).status_code == 422


def test_one_comes_back_to_where_one_was_after_the_code(
    strict_client: StrictClient, account: Someone, time_passes: Callable[[Someone], None]
) -> None:
    phone = set_up(strict_client, account)
    sign_out(strict_client)
    time_passes(account)
    first = strict_client.submit("/sign-in?next=/account", {"email": account.email, "password": PASSWORD}, button="/sign-in")
    assert first.location == f"{CODE}?next=/account"
    assert strict_client.submit(first.location, {"code": phone.code()}).location == "/account"


def test_a_code_can_not_be_guessed_for_long(
    strict_client: StrictClient, account: Someone, time_passes: Callable[[Someone], None]
) -> None:
    phone = set_up(strict_client, account)
    sign_out(strict_client)
    time_passes(account)
    sign_in(strict_client, account)
    answers = [strict_client.submit(CODE, {"code": "000000"}).status_code for _ in range(10)]
    assert answers == [422] * 10
    assert strict_client.submit(CODE, {"code": phone.code()}).status_code == 429
    # Whoever has the password can begin again, and is asked for a code that can't be tried.
    sign_in(strict_client, account)
    assert strict_client.submit(CODE, {"code": phone.code()}).status_code == 429


@pytest.mark.parametrize("path", [SET_UP, CODE, "/sign-in/recovery-code"])
def test_the_second_step_needs_the_first(strict_client: StrictClient, path: str) -> None:
    answer = strict_client.get(path)
    assert (answer.status_code, answer.location) == (302, "/sign-in")


@pytest.mark.parametrize("path", ["/sign-in/second-factor/help", "/sign-in/second-factor/which"])
def test_what_is_not_offered_is_not_there(client: StrictClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_where_it_is_not_required_one_may_choose_it_and_turn_it_off(
    client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    sign_in(client, account)
    assert SET_UP in client.get("/account").text
    shown = client.submit(SET_UP, {"setup": "authenticator"})
    phone = Phone.scan(shown.text)
    address = re.search(rf'action="({SET_UP}/[^"]+)"', shown.text)
    assert address
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
    assert token
    wrong = client.post(address[1], data={"csrf_token": token[1], "code": "000000"})
    assert wrong.location == SET_UP
    answer = client.post(address[1], data={"csrf_token": token[1], "code": phone.code()})
    assert answer.location == "/account/recovery-codes"
    sign_out(client)
    assert sign_in(client, account).location == f"{CODE}?next=/places"
    client.submit(CODE, {"code": phone.code(1)})
    assert "Turn off" in client.get(SET_UP).text
    assert client.submit(SET_UP, {"setup": "disable"}).location == "/account"
    told = [mail["text_body"] for mail in mails_to(superuser_engine, account)]
    assert len(told) == 2
    assert "was set up" in told[0] and "was turned off" in told[1]
    sign_out(client)
    assert sign_in(client, account).location == "/places"


def test_changing_how_one_signs_in_asks_for_the_password_again(client: StrictClient, account: Someone) -> None:
    sign_in(client, account)
    with client.session_transaction() as session:
        session["fs_paa"] -= 3600
    asked = client.get(SET_UP)
    assert asked.location == f"/sign-in/confirm?next={SET_UP}"
    assert client.submit("/sign-in/confirm", {"password": "something else entirely"}).status_code == 422
    answer = client.submit(asked.location, {"password": PASSWORD}, button="/sign-in/confirm")
    assert answer.location == SET_UP
    assert client.get(SET_UP).status_code == 200

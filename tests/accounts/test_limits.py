"""Guessing: how often anybody may, and that nobody shuts somebody else out by it."""

import re
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.accounts.test_passwords import mails_to
from tests.accounts.test_second_factor import set_up, sign_out
from tests.accounts.test_signing_in import sign_in
from tests.client import StrictClient
from tests.factories.tenants import Someone, unique
from tests.services import Services
from tia_hub.accounts.services import MOST_TRIES, MOST_TRIES_FROM_ADDRESS, take_try
from tia_hub.accounts.types import Guess, Try
from tia_hub.app import create_app
from tia_hub.core.scope import IdentityScope, transaction

WRONG = "something else entirely"


def test_strangers_do_not_shut_out_a_browser_that_is_known(
    app: Flask, client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    sign_in(client, account)
    client.submit("/account", button="/sign-out")
    stranger = app.test_client()
    assert isinstance(stranger, StrictClient)
    assert [sign_in(stranger, account, WRONG).status_code for _ in range(12)] == [422] * 10 + [429] * 2
    assert sign_in(client, account).location == "/places"
    # In a browser of theirs that is new, a mailed link is still a way in.
    assert stranger.submit("/sign-in/link", {"email": account.email}).status_code == 200
    subjects = Counter(mail["subject"] for mail in mails_to(superuser_engine, account))
    assert subjects == {"Somebody tried to sign in to your TIA Hub account": 1, "Sign in to TIA Hub": 1}


def test_a_known_browser_has_no_more_tries_than_others(client: StrictClient, account: Someone) -> None:
    sign_in(client, account)
    client.submit("/account", button="/sign-out")
    assert [sign_in(client, account, WRONG).status_code for _ in range(11)] == [422] * 10 + [429]


def test_an_address_has_one_allowance_however_its_letters_are_composed(client: StrictClient) -> None:
    address = f"{unique('zoë')}@example.org"
    typed = [unicodedata.normalize(form, address) for form in ("NFC", "NFD")] * 6
    answers = [client.submit("/sign-in", {"email": each, "password": WRONG}).status_code for each in typed]
    assert answers == [422] * 10 + [429] * 2


def test_the_browser_that_one_account_knows_is_nothing_to_another(
    client: StrictClient, account: Someone, other_account: Someone
) -> None:
    sign_in(client, account)
    client.submit("/account", button="/sign-out")
    assert [sign_in(client, other_account, WRONG).status_code for _ in range(11)] == [422] * 10 + [429]


def test_guesses_spread_over_accounts_and_addresses_are_counted_both_ways(context: None, superuser_engine: Engine) -> None:
    with superuser_engine.begin() as connection:
        connection.execute(text("DELETE FROM sign_in_try"))
    granted: Counter[str] = Counter()
    with transaction(IdentityScope()) as scope:
        for number in range(20):
            # One account, from everywhere; and everybody's, from one address.
            tries = (("victim@example.org", f"192.0.2.{number}"), (f"somebody{number}@example.org", "198.51.100.1"))
            for email, address in tries:
                for _ in range(7):
                    found = take_try(scope, Guess.FIRST_FACTOR, email=email, address=address)
                    scope.session.flush()
                    granted[email.partition("@")[0].rstrip("0123456789")] += found is not Try.REFUSED
    assert granted["victim"] == MOST_TRIES
    assert granted["somebody"] == MOST_TRIES_FROM_ADDRESS


@pytest.fixture
def lonely_client(services: Services) -> StrictClient:
    """Before an installation whose broker does not answer."""
    app = create_app(services.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    app.test_client_class = StrictClient
    client = app.test_client()
    assert isinstance(client, StrictClient)
    return client


def test_without_a_broker_the_limits_hold_and_nothing_opens(
    lonely_client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    assert [sign_in(lonely_client, account, WRONG).status_code for _ in range(11)] == [422] * 10 + [429]
    assert sign_in(lonely_client, account).status_code == 429
    assert len(mails_to(superuser_engine, account)) == 1


def test_a_recovery_code_that_is_sent_twice_opens_once(
    strict_app: Flask, strict_client: StrictClient, account: Someone
) -> None:
    set_up(strict_client, account)
    codes = re.findall(r"<code>([0-9a-f-]+)</code>", strict_client.submit("/account/recovery-codes").text)
    sign_out(strict_client)
    path = "/sign-in/recovery-code"
    clients, tokens = [], []
    for _ in range(3):
        each = strict_app.test_client()
        assert isinstance(each, StrictClient)
        each.environ_base["wsgi.url_scheme"] = "https"
        sign_in(each, account)
        found = re.search(r'name="csrf_token" value="([^"]+)"', each.get(path).text)
        assert found
        clients.append(each)
        tokens.append(found[1])
    with ThreadPoolExecutor(3) as pool:
        statuses = list(
            pool.map(
                lambda pair: pair[0].post(path, data={"code": codes[0], "csrf_token": pair[1]}).status_code,
                zip(clients, tokens, strict=True),
            )
        )
    assert sorted(statuses) == [302, 422, 422]

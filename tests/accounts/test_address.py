"""Changing one's address: by who shows who they are, with a link to the new one, and the old one told."""

import re
from dataclasses import replace

from flask import Flask
from sqlalchemy import Engine

from tests.accounts.conftest import PASSWORD
from tests.accounts.test_passwords import mails_to
from tests.accounts.test_signing_in import sign_in
from tests.client import StrictClient
from tests.factories.tenants import Someone, unique

CHANGE = "/account/email-address"


def link_in(engine: Engine, address: str, account: Someone) -> str:
    body = mails_to(engine, replace(account, email=address))[-1]["text_body"]
    found = re.search(rf"http://localhost({CHANGE}/\S+)", body)
    assert found
    return found[1]


def test_the_address_changes_when_the_new_mailbox_says_so(
    app: Flask, client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    new = f"{unique('new')}@example.org"
    sign_in(client, account)
    answer = client.submit(CHANGE, {"email": new.upper()})
    assert answer.location == "/account"
    assert account.email in client.get("/account").text
    assert "was asked for" in mails_to(superuser_engine, account)[-1]["text_body"]
    link = link_in(superuser_engine, new, account)
    elsewhere = app.test_client()
    assert isinstance(elsewhere, StrictClient)
    assert new in elsewhere.get(link).text
    assert elsewhere.submit(link).location == "/sign-in"
    assert new in client.get("/account").text
    told = mails_to(superuser_engine, account)[-1]
    assert told["subject"] == "The address of your TIA Hub account was changed" and new in told["text_body"]
    assert elsewhere.get(link).status_code == 404
    assert elsewhere.submit("/sign-in", {"email": account.email, "password": PASSWORD}).status_code == 422
    assert elsewhere.submit("/sign-in", {"email": new, "password": PASSWORD}).status_code == 302


def test_it_asks_once_more_who_one_is(client: StrictClient, account: Someone) -> None:
    sign_in(client, account)
    with client.session_transaction() as session:
        session["fs_paa"] -= 3600
        session.pop("fs_gexp", None)
    assert client.get(CHANGE).location == f"/sign-in/confirm?next={CHANGE}"


def test_an_address_that_somebody_has_is_not_told_and_not_taken(
    client: StrictClient, account: Someone, other_account: Someone, superuser_engine: Engine
) -> None:
    sign_in(client, account)
    free = f"{unique('free')}@example.org"
    said = []
    for address in (free, other_account.email):
        client.submit(CHANGE, {"email": address})
        said.append(client.get("/account").text.count("We have sent a link"))
    assert said == [1, 1]
    assert mails_to(superuser_engine, other_account) == []


def test_of_two_accounts_that_want_one_address_the_first_to_confirm_has_it(
    app: Flask, client: StrictClient, account: Someone, other_account: Someone, superuser_engine: Engine
) -> None:
    wanted = f"{unique('wanted')}@example.org"
    other = app.test_client()
    assert isinstance(other, StrictClient)
    links = []
    for one, who in ((client, account), (other, other_account)):
        sign_in(one, who)
        one.submit(CHANGE, {"email": wanted})
        links.append(link_in(superuser_engine, wanted, account))
    opened = other.get(links[1])
    assert client.submit(links[0]).location == "/account"
    token = re.search(r'name="csrf_token" value="([^"]+)"', opened.text)
    assert token
    assert other.post(links[1], data={"csrf_token": token[1]}).status_code == 404
    assert other_account.email in other.get("/account").text

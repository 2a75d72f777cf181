"""Signing in by a mailed link: once, soon, by its own mailbox, and never past the second factor."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import Engine, text

from tests.accounts.conftest import Phone
from tests.accounts.test_passwords import mails_to
from tests.accounts.test_second_factor import CODE, set_up, sign_out
from tests.client import StrictClient
from tests.factories.tenants import Someone

ASK = "/sign-in/link"


def ask(client: StrictClient, engine: Engine, someone: Someone, path: str = ASK) -> str:
    """Ask for a link: where the mail leads."""
    assert client.submit(path, {"email": someone.email}, button=ASK).status_code == 200
    found = re.search(r"https?://localhost(/sign-in/link/\S+)", mails_to(engine, someone)[-1]["text_body"])
    assert found
    return found[1]


def test_the_link_signs_in_once_and_opening_it_alone_does_nothing(
    client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    link = ask(client, superuser_engine, account, f"{ASK}?next=/account/sessions")
    for _ in range(3):
        opened = client.get(link)
        assert opened.status_code == 200 and account.email in opened.text
    assert client.get("/account").status_code == 302
    assert client.submit(link).location == "/account/sessions"
    assert client.get("/account").status_code == 200
    assert client.get(link).status_code == 404


def test_a_link_that_was_asked_for_elsewhere_says_so(
    app: Flask, client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    link = ask(client, superuser_engine, account)
    other = app.test_client()
    assert "not asked for in this browser" in other.get(link).text
    assert "not asked for in this browser" not in client.get(link).text


def test_the_second_factor_is_asked_as_ever(
    strict_client: StrictClient, account: Someone, superuser_engine: Engine, time_passes: Callable[[Someone], None]
) -> None:
    phone: Phone = set_up(strict_client, account)
    sign_out(strict_client)
    time_passes(account)
    answer = strict_client.submit(ask(strict_client, superuser_engine, account))
    assert answer.location.startswith(CODE)
    assert strict_client.get("/account").status_code == 302
    assert strict_client.submit(answer.location, {"code": phone.code()}).location == "/places"


def test_old_links_are_dead(client: StrictClient, account: Someone, superuser_engine: Engine) -> None:
    first = ask(client, superuser_engine, account)
    second = ask(client, superuser_engine, account)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE mailed_link SET expires_at = now() - interval '1 second'"))
    assert client.get(second).status_code == 404
    assert client.get(f"{ASK}/made-up").status_code == 404
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(ASK).text)
    assert token
    assert client.post(second, data={"csrf_token": token[1]}).location == ASK
    assert client.get("/account").status_code == 302


def test_of_two_at_once_one_gets_in(app: Flask, client: StrictClient, account: Someone, superuser_engine: Engine) -> None:
    link = ask(client, superuser_engine, account)
    clients = [app.test_client() for _ in range(4)]
    tokens = [re.findall(r'name="csrf_token" value="([^"]+)"', each.get(link).text)[0] for each in clients]
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda pair: pair[0].post(link, data={"csrf_token": pair[1]}).location, zip(clients, tokens, strict=True))
        )
    assert sorted(answers) == ["/places", ASK, ASK, ASK]


def test_nothing_tells_who_has_an_account(client: StrictClient, account: Someone, superuser_engine: Engine) -> None:
    known = client.submit(ASK, {"email": account.email})
    unknown = client.submit(ASK, {"email": "nobody@example.org"})
    lines = [[line for line in answer.text.splitlines() if "csrf" not in line] for answer in (known, unknown)]
    assert known.status_code == unknown.status_code == 200
    assert lines[0] == lines[1]
    with superuser_engine.begin() as connection:
        closed = connection.execute(text("UPDATE person SET active = false WHERE id = :id"), {"id": account.id})
    assert closed.rowcount == 1
    client.submit(ASK, {"email": account.email})
    assert len(mails_to(superuser_engine, account)) == 1


def test_mails_can_not_be_ordered_without_end(client: StrictClient, account: Someone) -> None:
    answers = [client.submit(ASK, {"email": account.email}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_a_link_dies_with_the_address_it_was_mailed_to(
    client: StrictClient, account: Someone, superuser_engine: Engine
) -> None:
    link = ask(client, superuser_engine, account)
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE person SET email = :new WHERE id = :id"), {"id": account.id, "new": f"x{account.email}"}
        )
    assert client.submit(link).location == ASK
    assert client.get("/account").status_code == 302

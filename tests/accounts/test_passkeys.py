"""Passkeys: what they open, and what a device (or somebody who plays one) can't get past."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from justhtml import JustHTML
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from tests.accounts.authenticator import Device
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_passwords import mails_to
from tests.accounts.test_second_factor import CODE, SET_UP, set_up, sign_out
from tests.accounts.test_signing_in import sign_in
from tests.client import StrictClient, form_fields
from tests.factories.tenants import Someone

NEW, USE, LIST = "/account/passkeys/new", "/sign-in/passkey", "/account/passkeys"


def question(page: TestResponse, action: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a page asks the browser, and the fields of the form that answers."""
    (form,) = [form for form in JustHTML(page.text, sanitize=False).query("form") if form.attrs.get("action") == action]
    return json.loads(form.attrs["data-options"]), form_fields(form)


def add(client: StrictClient, device: Device, name: str = "My key", path: str = NEW) -> TestResponse:
    options, fields = question(client.get(path), NEW)
    return client.post(NEW, data=fields | {"name": name, "credential": device.make(options)})


def use(client: StrictClient, device: Device, path: str = USE, action: str = USE) -> TestResponse:
    options, fields = question(client.get(path), action)
    return client.post(action, data=fields | {"credential": device.use(options)})


@pytest.fixture
def device(client: StrictClient, account: Someone) -> Device:
    """A device with a passkey of the account, which is signed out again."""
    found = Device()
    sign_in(client, account)
    assert add(client, found).status_code == 303
    sign_out(client)
    return found


def test_a_passkey_signs_in_by_itself_and_leads_on(
    client: StrictClient, account: Someone, device: Device, superuser_engine: Engine
) -> None:
    assert use(client, device, f"{USE}?next=/account/sessions").location == "/account/sessions"
    assert account.email in client.get("/account").text
    assert "Last used on" in client.get(LIST).text
    assert [mail["subject"] for mail in mails_to(superuser_engine, account)] == ["How you sign in to TIA Hub was changed"]


def test_it_is_the_second_step_after_a_password_where_there_is_no_app(
    client: StrictClient, account: Someone, other_account: Someone, device: Device, app: Flask
) -> None:
    assert sign_in(client, account).location == f"{USE}?next=/places"
    assert client.get("/account").status_code == 302
    # The page for codes has none to ask for.
    assert client.get(CODE).location.startswith(USE)
    stranger, theirs = app.test_client(), Device()
    assert isinstance(stranger, StrictClient)
    sign_in(stranger, other_account)
    add(stranger, theirs)
    refused = use(client, theirs)
    assert refused.status_code == 422 and "does not know this passkey" in refused.text
    assert use(client, device).location == "/places"
    assert client.get("/account").status_code == 200


def test_where_everybody_needs_a_second_factor_a_passkey_can_be_the_first_thing_set_up(
    strict_client: StrictClient, account: Someone
) -> None:
    device = Device(origin="https://localhost")
    assert sign_in(strict_client, account).location == SET_UP
    assert NEW in strict_client.get(SET_UP).text
    assert add(strict_client, device).location == "/account/recovery-codes"
    assert strict_client.get("/account").status_code == 200
    codes = re.findall(r"<code>([0-9a-f-]+)</code>", strict_client.submit("/account/recovery-codes").text)
    sign_out(strict_client)
    assert use(strict_client, device).location == "/places"
    only = re.search(rf"{LIST}/[0-9a-f-]+/remove", strict_client.get(LIST).text)
    assert only
    assert "your only second factor" in strict_client.get(only[0]).text
    sign_out(strict_client)
    sign_in(strict_client, account)
    assert strict_client.submit("/sign-in/recovery-code", {"code": codes[0]}).location == "/places"


def test_with_an_app_one_may_choose_the_passkey_instead(
    strict_client: StrictClient, account: Someone, time_passes: Callable[[Someone], None]
) -> None:
    device = Device(origin="https://localhost")
    set_up(strict_client, account)
    add(strict_client, device)
    sign_out(strict_client)
    answer = sign_in(strict_client, account)
    assert answer.location.startswith(CODE)
    assert f"{USE}?next=/places" in strict_client.get(answer.location).text
    assert use(strict_client, device).location == "/places"


def test_nobody_makes_one_without_a_session_or_the_password(strict_client: StrictClient, account: Someone) -> None:
    assert strict_client.get(NEW).location == f"/sign-in?next={NEW}"
    set_up(strict_client, account)
    sign_out(strict_client)
    # Who has a second factor must show it before making another.
    sign_in(strict_client, account)
    assert strict_client.get(NEW).location == f"/sign-in?next={NEW}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8080"},
        {"origin": "https://localhost"},
        {"host": "evil.example"},
        {"verifies": False},
    ],
)
def test_answers_from_elsewhere_or_without_a_check_of_the_holder_are_refused(
    client: StrictClient, device: Device, wrong: dict[str, Any], account: Someone
) -> None:
    for name, value in wrong.items():
        setattr(device, name, value)
    answer = use(client, device)
    assert answer.status_code == 422 and "That did not work" in answer.text
    assert client.get("/account").status_code == 302
    sign_in(client, account)
    assert client.get("/account").status_code == 302


def test_another_key_with_the_same_name_is_refused(client: StrictClient, device: Device) -> None:
    assert use(client, Device(credential_id=device.credential_id)).status_code == 422
    assert use(client, Device()).status_code == 422


def test_an_answer_is_taken_once(app: Flask, client: StrictClient, device: Device) -> None:
    device.counts = False
    options, fields = question(client.get(USE), USE)
    answer = fields | {"credential": device.use(options)}
    assert client.post(USE, data=answer).status_code == 303
    sign_out(client)
    fields["csrf_token"] = question(client.get(USE), USE)[1]["csrf_token"]
    assert client.post(USE, data=answer | {"csrf_token": fields["csrf_token"]}).status_code == 422
    thief = app.test_client()
    token = question(thief.get(USE), USE)[1]["csrf_token"]
    assert thief.post(USE, data=answer | {"csrf_token": token}).status_code == 422


def test_an_answer_to_another_question_is_refused(client: StrictClient, account: Someone, device: Device) -> None:
    """The challenge of a page that makes a passkey, of one that confirms, of another person's second step."""
    sign_in(client, account)
    use(client, device)
    _, confirming = question(client.get("/sign-in/confirm"), "/sign-in/confirm/passkey")
    options, making = question(client.get(NEW), NEW)
    sign_out(client)
    asked, fields = question(client.get(USE), USE)
    for challenge in (confirming["challenge"], making["challenge"], "made up", ""):
        answer = client.post(USE, data=fields | {"challenge": challenge, "credential": device.use(options)})
        assert answer.status_code == 422
    assert client.post(USE, data=fields | {"credential": device.use(asked)}).status_code == 303


@pytest.mark.parametrize(
    "credential", ["", "{}", "[]", "null", '{"id": 1}', "not json", "\u0175", '{"id":"a","rawId":"a","response":{}}']
)
def test_what_is_no_answer_is_refused_calmly(client: StrictClient, device: Device, credential: str) -> None:
    _, fields = question(client.get(USE), USE)
    assert client.post(USE, data=fields | {"credential": credential}).status_code == 422


def test_a_copy_is_noticed_and_told(client: StrictClient, account: Someone, device: Device, superuser_engine: Engine) -> None:
    copied = copy.copy(device)
    use(client, device)
    sign_out(client)
    use(client, device)
    sign_out(client)
    answer = use(client, copied)
    assert answer.status_code == 422 and "may have been copied" in answer.text
    assert client.get("/account").status_code == 302
    assert mails_to(superuser_engine, account)[-1]["subject"] == "A passkey of your TIA Hub account was refused"


def test_a_device_that_does_not_count_is_no_copy(client: StrictClient, account: Someone) -> None:
    device = Device(counts=False)
    sign_in(client, account)
    add(client, device)
    for _ in range(2):
        sign_out(client)
        assert use(client, device).status_code == 303


def test_one_is_added_named_and_removed_by_who_has_shown_lately_who_they_are(
    client: StrictClient, account: Someone, device: Device, superuser_engine: Engine
) -> None:
    use(client, device)
    options, fields = question(client.get(NEW), NEW)
    again = client.post(NEW, data=fields | {"name": "The same", "credential": device.make(options)})
    assert again.status_code == 422 and "registered already" in again.text
    other = Device()
    options, fields = question(client.get(NEW), NEW)
    nameless = client.post(NEW, data=fields | {"name": " ", "credential": other.make(options)})
    assert nameless.status_code == 422 and "Enter a name" in nameless.text
    add(client, other, "Kitchen tablet")
    shown = client.get(LIST).text
    assert "My key" in shown and "Kitchen tablet" in shown
    remove = re.findall(rf"{LIST}/[0-9a-f-]+/remove", shown)[0]
    with client.session_transaction() as session:
        session["fs_paa"] -= 3600
        session.pop("fs_gexp", None)
    assert client.get(remove).location == f"/sign-in/confirm?next={remove}"
    assert client.get(NEW).location == f"/sign-in/confirm?next={NEW}"
    confirmed = use(client, other, f"/sign-in/confirm?next={remove}", "/sign-in/confirm/passkey")
    assert confirmed.location == remove
    assert client.submit(remove).status_code == 303
    assert "Kitchen tablet" in client.get(LIST).text and mails_to(superuser_engine, account)[-1]["text_body"].count("My key")
    sign_out(client)
    assert use(client, device).status_code == 422
    assert use(client, other).status_code == 303


def test_somebody_elses_passkey_neither_confirms_nor_goes(
    app: Flask, client: StrictClient, other_account: Someone, account: Someone, device: Device
) -> None:
    use(client, device)
    remove = re.findall(rf"{LIST}/[0-9a-f-]+/remove", client.get(LIST).text)[0]
    stranger, theirs = app.test_client(), Device()
    assert isinstance(stranger, StrictClient)
    sign_in(stranger, other_account)
    add(stranger, theirs)
    assert stranger.get(remove).status_code == 404
    with stranger.session_transaction() as session:
        session["fs_paa"] -= 3600
        session.pop("fs_gexp", None)
    refused = use(stranger, device, f"/sign-in/confirm?next={NEW}", "/sign-in/confirm/passkey")
    assert refused.location == f"/sign-in/confirm?next={NEW}"
    assert stranger.get(NEW).status_code == 302


def test_a_closed_account_is_not_opened(
    client: StrictClient, account: Someone, device: Device, superuser_engine: Engine
) -> None:
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE person SET active = false WHERE id = :id"), {"id": account.id})
    assert use(client, device).status_code == 422


def test_the_page_says_what_is_needed_without_javascript(client: StrictClient) -> None:
    shown = client.get(USE).text
    assert "need a browser that runs JavaScript" in shown
    assert "Sign in with your password" in shown
    assert PASSWORD not in shown

"""What was typed when a session ran out: kept for its writer, in their page, through any way of signing in again."""

import re

from flask import Flask
from justhtml import JustHTML

from tests.accounts.test_signing_in import sign_in
from tests.client import StrictClient, form_fields
from tests.factories.tenants import Someone

GO_ON = "/sign-in/go-on"
WORDS = "What we heard,\n  in “their” words & <ours> ŵ"


def run_out(client: StrictClient) -> None:
    with client.session_transaction() as session:
        session["session_seen"] -= 3700


def typed_without_session(client: StrictClient, path: str, data: dict[str, object]) -> str:
    """Send a form whose session has run out: the locked box in the answer."""
    run_out(client)
    answer = client.post(path, data={"csrf_token": "of a session that is over", **data})
    assert answer.status_code == 401
    found = re.search(r'name="locked" value="([^"]+)"', answer.text)
    assert found and "their" not in answer.text
    return found[1]


def test_it_waits_in_the_page_and_is_sent_after_signing_in(client: StrictClient, account: Someone) -> None:
    sign_in(client, account)
    data = {"email": WORDS, "several": ["one", "two"], "empty": "", "password": "never kept"}
    locked = typed_without_session(client, "/account/email-address?from=here", data)
    waiting = client.post(GO_ON, data={"locked": locked})
    assert waiting.status_code == 401 and locked in waiting.text
    sign_in(client, account)
    back = client.post(GO_ON, data={"locked": locked})
    assert back.status_code == 200 and "never kept" not in back.text
    form = JustHTML(back.text, sanitize=False).query("form[data-send-again]")[0]
    assert form.attrs["action"] == "/account/email-address?from=here"
    fields = [(node.attrs["name"], node.attrs["value"]) for node in form.query("input") if node.attrs["name"] != "csrf_token"]
    assert fields == [("email", WORDS), ("several", "one"), ("several", "two"), ("empty", "")]
    again = client.post(form.attrs["action"], data=form_fields(form))
    assert again.status_code == 422
    assert "Enter" in again.text or "email" in again.text


def test_nobody_else_on_the_computer_sees_it(client: StrictClient, account: Someone, other_account: Someone) -> None:
    sign_in(client, account)
    locked = typed_without_session(client, "/account/email-address", {"email": WORDS})
    sign_in(client, other_account)
    refused = client.post(GO_ON, data={"locked": locked})
    assert refused.status_code == 403
    assert "their" not in refused.text and locked not in refused.text


def test_a_session_that_was_ended_elsewhere_keeps_it_too(app: Flask, client: StrictClient, account: Someone) -> None:
    sign_in(client, account)
    elsewhere = app.test_client()
    assert isinstance(elsewhere, StrictClient)
    sign_in(elsewhere, account)
    elsewhere.submit("/account/sessions", button="/account/sessions/end-others")
    answer = client.post("/account/email-address", data={"email": WORDS})
    assert answer.status_code == 401 and 'name="locked"' in answer.text


def test_boxes_that_are_not_ours_open_nothing(client: StrictClient, account: Someone) -> None:
    sign_in(client, account)
    for locked in ("", "made up", "gAAAAA" + "A" * 100, "ŵ\x00"):
        assert client.post(GO_ON, data={"locked": locked}).status_code == 400


def test_whoever_was_never_here_gets_their_words_back_to_copy(client: StrictClient) -> None:
    answer = client.post("/account/email-address", data={"email": WORDS})
    assert answer.status_code == 401
    assert 'name="locked"' not in answer.text and "What we heard" in answer.text


def test_more_than_a_page_can_carry_comes_back_to_copy(client: StrictClient, account: Someone) -> None:
    sign_in(client, account)
    run_out(client)
    noise = "".join(f"{number * 2654435761 % 4294967296:08x}" for number in range(200_000))
    answer = client.post("/account/email-address", data={"email": noise})
    assert answer.status_code == 401
    assert 'name="locked"' not in answer.text and noise[:5000] in answer.text

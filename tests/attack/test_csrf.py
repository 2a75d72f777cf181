"""Forms that another site sends in somebody's name: refused on every route, and nothing changes."""

import pytest
from flask import Flask
from justhtml import JustHTML
from sqlalchemy import Engine

from tests.attack.conftest import Be, stranger
from tests.attack.forms import Found
from tests.attack.rows import fingerprint
from tests.attack.world import PRINCIPALS
from tests.client import StrictClient
from tests.permissions.world import World

REFUSED = {400, 422, 429}
"""429: signing in is refused before anything else once it was tried too often."""


def token_of(client: StrictClient, path: str) -> str:
    """The token in the first form of a page."""
    page = JustHTML(client.get(path).text, sanitize=False)
    found: str = page.query("[name=csrf_token]")[0].attrs["value"]
    return found


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_wrong_tokens_and_those_of_other_sessions_are_refused(
    app: Flask, world: World, be: Be, found: dict[str, list[Found]], superuser_engine: Engine, principal: str
) -> None:
    """The other sessions are somebody else's and an earlier one of the same person; the tokens are valid there."""
    start = "/sign-in" if principal == "nobody" else "/account"
    somebody_else = stranger(app, world, "coordinator" if principal != "coordinator" else "lead")
    tokens = {
        "missing": None,
        "made up": "a.b.c",
        "not even text": "\ufffd\u202e",
        "somebody else's": token_of(somebody_else, "/account"),
        "of another session": token_of(stranger(app, world, principal), start),
    }
    before = fingerprint(superuser_engine)
    client = be(principal)
    astray = []
    for form in found[principal]:
        for what, token in tokens.items():
            fields = {name: value for name, value in form.values.items() if name != "csrf_token"}
            if token is not None:
                fields["csrf_token"] = token
            answer = client.post(form.action, data=fields)
            if answer.status_code not in REFUSED:
                astray.append(f"{form.endpoint} ({what}): {answer.status_code}")
        header = client.post(form.action, data={}, headers={"X-CSRFToken": "made up", "HX-Request": "true"})
        if header.status_code not in REFUSED:
            astray.append(f"{form.endpoint} (in the header): {header.status_code}")
        in_address = client.post(f"{form.action}?csrf_token={form.values['csrf_token']}", data={})
        if in_address.status_code not in REFUSED:
            astray.append(f"{form.endpoint} (in the address): {in_address.status_code}")
    assert not astray, "\n".join(astray)
    assert fingerprint(superuser_engine) == before


def test_no_route_takes_other_verbs(app: Flask) -> None:
    """What a form can't send, a script of another site could."""
    assert {method for rule in app.url_map.iter_rules() for method in rule.methods or ()} == {"GET", "HEAD", "OPTIONS", "POST"}

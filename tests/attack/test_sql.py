"""Text that wants to be SQL, in every parameter and every field: it is text, and finds what that text finds."""

from itertools import cycle, islice

import pytest
from flask import Flask

from tests.attack.conftest import Be
from tests.attack.corpus import SQL
from tests.attack.forms import Found
from tests.attack.sending import Sender
from tests.attack.test_odd_input import ANSWERED
from tests.attack.world import PRINCIPALS
from tests.permissions.routes import address_of, get_rules
from tests.permissions.world import World

PARAMETERS = (
    "q",
    "page",
    "before",
    "after",
    "level",
    "area",
    "sector",
    "audience",
    "mode",
    "team",
    "role",
    "state",
    "sort",
    "job",
)
"""What pages read from their addresses, and what they might."""
SEARCHES = {"lead": "/o/{}/people", "coordinator": "/p/{}/organisations"}


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_no_address_lets_it_through(app: Flask, world: World, be: Be, principal: str) -> None:
    client, words, astray = be(principal), cycle(SQL), []
    for rule in get_rules(app, principal, world):
        for payload in islice(words, 3):
            answer = client.get(address_of(app, rule, world.ours), query_string=dict.fromkeys(PARAMETERS, payload))
            if answer.status_code not in ANSWERED | {410}:
                astray.append(f"{rule.rule} {payload}: {answer.status_code}")
    assert not astray, "\n".join(astray)


@pytest.mark.parametrize("principal", SEARCHES)
def test_a_search_finds_the_words_and_nothing_else(world: World, be: Be, principal: str) -> None:
    cast = world.cast
    slug = cast.ours.tenant.slug if principal == "lead" else cast.region.slug
    path, client = SEARCHES[principal].format(slug), be(principal)
    names = (cast.ours.lead.name, cast.theirs.lead.name) if principal == "lead" else ("Harbour Trust",)
    assert names[0] in client.get(path).text
    for payload in SQL:
        shown = client.get(path, query_string={"q": payload}, headers={"HX-Request": "true"})
        assert shown.status_code == 200, payload
        assert not any(name in shown.text for name in names), payload


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_no_field_lets_it_through(distinct: dict[str, list[Found]], be: Be, principal: str) -> None:
    sender, words = Sender(be(principal)), cycle(SQL)
    for form in distinct[principal]:
        if form.endpoint == "security.logout":
            continue
        for _ in range(2):
            sender.send(form, {name: next(words) for name in form.kinds}, "SQL", ANSWERED)
    assert not sender.astray, "\n".join(sender.astray)

"""The world that is attacked, and who attacks it."""

from collections.abc import Callable

import pytest
from flask import Flask
from justhtml import JustHTML
from sqlalchemy import Engine

from tests.attack.forms import Found, forms_of, pages_of
from tests.attack.world import PRINCIPALS, make_busy_world
from tests.client import StrictClient
from tests.permissions.world import World

Pages = dict[str, list[tuple[str, JustHTML]]]
"""By principal, the addresses and the content of pages."""
Be = Callable[[str], StrictClient]
"""The client of one of the matrix's principals: always the same, so that the tokens of its pages are good."""


def stranger(app: Flask, world: World, principal: str) -> StrictClient:
    """A new session of a principal."""
    client = app.test_client()
    assert isinstance(client, StrictClient)
    someone = world.principals()[principal]
    return client.sign_in(someone) if someone else client


@pytest.fixture(scope="package")
def world(app: Flask, owner_engine: Engine, superuser_engine: Engine) -> World:
    with app.app_context():
        return make_busy_world(owner_engine, superuser_engine)


@pytest.fixture(scope="package")
def be(app: Flask, world: World) -> Be:
    clients: dict[str, StrictClient] = {}

    def client_of(principal: str) -> StrictClient:
        if principal not in clients:
            clients[principal] = stranger(app, world, principal)
        return clients[principal]

    return client_of


@pytest.fixture(scope="package")
def pages(app: Flask, world: World, be: Be) -> Pages:
    """The pages of each principal."""
    return {principal: list(pages_of(app, be(principal), world, principal)) for principal in PRINCIPALS}


@pytest.fixture(scope="package")
def found(app: Flask, pages: Pages) -> dict[str, list[Found]]:
    """The forms of each principal, with tokens of the sessions that `be` gives."""
    return {principal: forms_of(app, principal, pages[principal]) for principal in PRINCIPALS}


@pytest.fixture(scope="package")
def distinct(found: dict[str, list[Found]]) -> dict[str, list[Found]]:
    """The forms of each principal without those that an earlier one has too: what is typed meets the same code."""
    seen = set[tuple[str, frozenset[str]]]()
    first: dict[str, list[Found]] = {principal: [] for principal in found}
    for principal, forms in found.items():
        for form in forms:
            if form.asked not in seen:
                seen.add(form.asked)
                first[principal].append(form)
    return first

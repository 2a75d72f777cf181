"""The browser, the server and the world of the end-to-end tests."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.e2e.browser import serving
from tests.permissions.world import World, make_world


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture(scope="session")
def world(app: Flask, owner_engine: Engine, superuser_engine: Engine) -> World:
    with app.app_context():
        return make_world(owner_engine, superuser_engine)

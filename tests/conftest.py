"""Fixtures that every test may use: real services, the application, clients that hold every page to a standard."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import Browser
from sqlalchemy import Engine, create_engine, text

from tests.cast import Cast, make_cast
from tests.client import StrictClient, client_of
from tests.e2e.browser import browsing
from tests.factories.tenants import Someone
from tests.services import Services, running
from tia_hub.app import create_app


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    with running() as services:
        yield services


@pytest.fixture(scope="session")
def app(services: Services) -> Flask:
    app = create_app(services.settings)
    app.test_client_class = StrictClient
    letters = {"mail/test.txt": "For {{ name }}", "mail/test.html": "<p>For {{ name }}</p>"}
    app.jinja_env.loader = ChoiceLoader([DictLoader(letters), app.jinja_env.loader])
    return app


@pytest.fixture(scope="session")
def owner_engine(services: Services) -> Iterator[Engine]:
    engine = create_engine(services.settings.migration_database_url or "")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def superuser_engine(services: Services) -> Iterator[Engine]:
    """Sees past every policy: for tests that compare what is stored with what is shown."""
    engine = create_engine(services.postgres.superuser_url("tia_hub"))
    yield engine
    engine.dispose()


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """An application context, for tests below the pages."""
    with app.app_context():
        yield


@pytest.fixture
def client(app: Flask) -> StrictClient:
    """Somebody who is not signed in."""
    client = app.test_client()
    assert isinstance(client, StrictClient)
    return client


@pytest.fixture
def empty_queue(superuser_engine: Engine) -> None:
    """No job, mail or schedule of an earlier test."""
    with superuser_engine.begin() as connection:
        connection.execute(text("DELETE FROM job"))
        connection.execute(text("DELETE FROM email"))
        connection.execute(text("DELETE FROM schedule"))


@pytest.fixture
def cast(app: Flask, owner_engine: Engine) -> Cast:
    """One of each role, in a partnership of this test's own."""
    with app.app_context():
        return make_cast(owner_engine)


@pytest.fixture
def as_(app: Flask) -> Callable[[Someone], StrictClient]:
    """A client in which somebody is signed in: `as_(cast.ours.lead).get(…)`."""

    return lambda someone: client_of(app, someone)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one browser of a run: Playwright takes no second one beside it."""
    with browsing() as browser:
        yield browser

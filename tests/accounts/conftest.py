"""People with passwords, and an application that asks for a second factor."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import Engine, text

from tests.accounts.oidc_world import Harbour, make_harbour
from tests.accounts.scripted_provider import Script, ScriptedProvider
from tests.client import StrictClient
from tests.factories.tenants import Someone, unique
from tests.services import Services
from tia_hub.accounts.services import register_person
from tia_hub.app import create_app
from tia_hub.core.scope import IdentityScope, transaction

PASSWORD = "three calm harbours"


@pytest.fixture(autouse=True)
def no_tries(superuser_engine: Engine) -> None:
    """Everybody here comes from one network address: the tries of earlier tests don't count."""
    with superuser_engine.begin() as connection:
        connection.execute(text("DELETE FROM sign_in_try"))


def make_account(name: str = "Robin Ash", password: str = PASSWORD) -> Someone:
    """Somebody who can sign in by the page."""
    email = f"{unique('account')}@example.org"
    with transaction(IdentityScope()) as scope:
        person = register_person(scope, email=email, name=name, password=password)
    return Someone(person.id, person.fs_uniquifier, person.name, person.email)


@pytest.fixture
def account(app: Flask) -> Someone:
    with app.app_context():
        return make_account()


@pytest.fixture
def other_account(app: Flask) -> Someone:
    with app.app_context():
        return make_account("Alex Birch")


@pytest.fixture(scope="session")
def strict_app(services: Services) -> Flask:
    """As outside the demo: everybody needs a second factor, and cookies travel by HTTPS alone."""
    settings = services.settings.model_copy(
        update={"two_factor_required": True, "secure_cookies": True, "base_url": "https://localhost"}
    )
    app = create_app(settings)
    app.test_client_class = StrictClient
    app.config["PREFERRED_URL_SCHEME"] = "https"
    return app


@pytest.fixture
def strict_client(strict_app: Flask) -> StrictClient:
    client = strict_app.test_client()
    assert isinstance(client, StrictClient)
    client.environ_base["wsgi.url_scheme"] = "https"
    return client


@dataclass
class Phone:
    """An authenticator app with one key."""

    totp: TOTP
    steps: int = 0

    @classmethod
    def scan(cls, page: str) -> "Phone":
        found = re.search(r"Key: <strong[^>]*>([A-Z2-7 -]+)</strong>", page)
        assert found, page
        return cls(TOTP(key=found[1].replace("-", "").replace(" ", "")))

    def code(self, later: int = 0) -> str:
        """The code it shows, or shows so many steps of 30 seconds later."""
        moment = self.totp.generate().start_time + 30 * later
        return self.totp.generate(moment).token


@pytest.fixture
def time_passes(superuser_engine: Engine) -> Callable[[Someone], None]:
    """As if the last code had been used long ago."""

    def pass_time(someone: Someone) -> None:
        with superuser_engine.begin() as connection:
            connection.execute(text("UPDATE person SET tf_last_counter = 1 WHERE id = :id"), {"id": someone.id})

    return pass_time


@pytest.fixture(scope="session")
def sso_app(services: Services) -> Flask:
    """Everybody needs a second factor, and identity providers on this machine may be asked."""
    settings = services.settings.model_copy(
        update={"two_factor_required": True, "internal_identity_hosts": "localhost, 127.0.0.1"}
    )
    app = create_app(settings)
    app.test_client_class = StrictClient
    return app


@pytest.fixture(scope="session")
def scripted_provider() -> Iterator[ScriptedProvider]:
    provider = ScriptedProvider()
    yield provider
    provider.close()


@pytest.fixture
def harbour(sso_app: Flask, superuser_engine: Engine, owner_engine: Engine, scripted_provider: ScriptedProvider) -> Harbour:
    scripted_provider.script = Script()
    scripted_provider.seen.clear()
    return make_harbour(sso_app, superuser_engine, owner_engine, scripted_provider)


@pytest.fixture
def harbour_too(
    harbour: Harbour, sso_app: Flask, superuser_engine: Engine, owner_engine: Engine, scripted_provider: ScriptedProvider
) -> Harbour:
    """Another organisation with the same provider."""
    return make_harbour(sso_app, superuser_engine, owner_engine, scripted_provider)

"""An organisation whose people sign in by its own provider, and a browser that goes there and back."""

import re
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from tests.accounts.scripted_provider import CLIENT_ID, CLIENT_SECRET, ScriptedProvider
from tests.client import StrictClient
from tests.factories.tenants import (
    Region,
    Someone,
    Tenant,
    make_member,
    make_organisation,
    make_person,
    make_region,
    unique,
)
from tia_hub.core.scope import transaction
from tia_hub.tenants.services.identity_providers import confirm_email_domain, save_provider
from tia_hub.tenants.types.roles import Role
from tia_hub.tenants.types.sign_in import Newcomers, OwnSignIn, SecondFactor

BACK = "/sign-in/organisation/back"


@dataclass
class Harbour:
    """The organisation, its people, and its provider."""

    app: Flask
    engine: Engine
    region: Region
    tenant: Tenant
    domain: str
    lead: Someone
    provider: ScriptedProvider

    @property
    def home(self) -> str:
        return f"/o/{self.tenant.slug}/"

    def member(self, role: Role = Role.STAFF, *, name: str = "Sam Field", domain: str | None = None) -> Someone:
        """A new member with an address in the domain."""
        with self.app.app_context():
            person = make_person(name, f"{unique('person')}@{domain or self.domain}")
            return make_member(self.tenant, role, person=person)

    def set_up(self, **changes: Any) -> None:
        """The provider as a lead sets it up; by default offered, with the second factor left to the provider."""
        entry = {
            "issuer": self.provider.issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "state": OwnSignIn.OFFERED,
            "second_factor": SecondFactor.PROVIDER,
            "newcomers": Newcomers.INVITED,
        }
        with self.app.test_request_context(), transaction(self.tenant.scope(self.lead)) as scope:
            save_provider(scope, **entry | changes)

    def enforce(self) -> None:
        """The provider as the only way in, as if somebody had come in by it."""
        self.sql("UPDATE identity_provider SET proven_at = now(), state = 'enforced' WHERE organisation_id = :o")

    def client(self, someone: Someone | None = None) -> StrictClient:
        """A browser; where somebody is named, they signed in by password a moment ago."""
        client = self.app.test_client()
        assert isinstance(client, StrictClient)
        return client.sign_in(someone).confirmed() if someone else client

    def sql(self, statement: str, **values: Any) -> list[Any]:
        with self.engine.begin() as connection:
            found = connection.execute(text(statement), {"o": self.tenant.id} | values)
            return list(found) if found.returns_rows else []

    def trail(self) -> str:
        """What the organisation's trail says."""
        return "\n".join(row[0] for row in self.sql("SELECT words FROM trail_event WHERE home_id = :o ORDER BY created_at"))

    def claims(self, someone: Someone, **changes: Any) -> dict[str, Any]:
        """What the provider knows of somebody."""
        return {"sub": f"sub {someone.id}", "email": someone.email, "email_verified": True, "name": someone.name} | changes

    def go(self, client: StrictClient, someone: Someone | None = None, *, then: str = "", **changes: Any) -> TestResponse:
        """Sign in at the provider, as somebody or with other claims, and come back: the answer to that."""
        if someone is not None:
            self.provider.script.claims = self.claims(someone, **changes)
        return client.get(self.there(client, then=then))

    def there(self, client: StrictClient, *, then: str = "") -> str:
        """Sign in at the provider; the path that it sends the browser back to."""
        shown = client.get(f"{self.home}sign-in", query_string={"next": then} if then else None)
        assert shown.status_code == 200, shown.text
        return at_provider(shown.headers["Refresh"].removeprefix("0; url="))


def at_provider(address: str) -> str:
    """Open the provider's page, that lets everybody in; the path and query of where it sends the browser."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    location = connection.getresponse().headers["Location"]
    connection.close()
    assert location.startswith(f"http://localhost{BACK}?"), location
    return location.removeprefix("http://localhost")


def make_harbour(app: Flask, engine: Engine, owner_engine: Engine, provider: ScriptedProvider) -> Harbour:
    """An organisation with a confirmed domain and a provider that is offered."""
    with app.app_context():
        region = make_region(owner_engine)
        tenant = make_organisation(region, unique("Harbour Trust"))
        lead = make_member(tenant, Role.LEAD, name="Lena Lead")
    domain = f"{unique('harbour')}.example.org"
    found = Harbour(app, engine, region, tenant, domain, lead, provider)
    with app.app_context(), transaction(region.scope()) as scope:
        confirm_email_domain(scope, tenant.id, domain)
    found.set_up()
    return found


def may_open(client: StrictClient, path: str) -> bool:
    """Whether a page opens, and is no refusal."""
    return client.get(path).status_code == 200


def words_of(answer: TestResponse) -> str:
    """The heading of a page."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    assert found, answer.text
    return found[1]

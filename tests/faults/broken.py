"""An application on services that a test may break."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Engine

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import Someone
from tests.faults.workers import ask
from tests.services import Services


@dataclass(frozen=True)
class Broken:
    """The services, the application, people in it, and a way past every policy."""

    services: Services
    app: Flask
    cast: Cast
    superuser: Engine

    def be(self, someone: Someone, app: Flask | None = None) -> StrictClient:
        """A client in which somebody is signed in."""
        client = (app or self.app).test_client()
        assert isinstance(client, StrictClient)
        return client.sign_in(someone)

    @property
    def teams(self) -> str:
        """The address of our organisation's teams."""
        return f"/o/{self.cast.ours.tenant.slug}/teams"

    def count_teams(self, name: str) -> int:
        """How many teams have a name."""
        found: int = ask(self.superuser, "SELECT count(*) FROM team WHERE name = :name", name=name)
        return found


def within(seconds: float, holds: Callable[[], bool], what: str) -> float:
    """Look again and again until something holds; how long that took. Fails where it took longer."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"{what}: not within {seconds:g} s"
        time.sleep(0.02)
    return time.monotonic() - began

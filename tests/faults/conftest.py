"""Services of this package's own, for tests that break them, and an application on them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from tests.cast import make_cast
from tests.client import StrictClient
from tests.faults.broken import Broken
from tests.services import running
from tia_hub.app import create_app


@pytest.fixture(scope="package")
def broken() -> Iterator[Broken]:
    with running(durable=True) as services:
        app = create_app(services.settings)
        app.test_client_class = StrictClient
        owner = create_engine(services.settings.migration_database_url or "")
        with app.app_context():
            cast = make_cast(owner)
        superuser = create_engine(services.postgres.superuser_url("tia_hub"), pool_pre_ping=True)
        yield Broken(services, app, cast, superuser)
        owner.dispose()
        superuser.dispose()

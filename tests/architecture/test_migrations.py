"""Migrations: one line of them, the models' own picture, and a way back."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from tests.services import Services
from tia_hub.core.db import Base
from tia_hub.core.migrate import MIGRATIONS, bootstrap, configuration, downgrade, migrate
from tia_hub.models import load_models

pytestmark = pytest.mark.usefixtures("app")


def test_the_head_is_the_one_that_is_written_down() -> None:
    """Two branches that both add a migration conflict in this file, and not in production."""
    script = ScriptDirectory.from_config(configuration("unused"))
    assert script.get_heads() == [(MIGRATIONS / "HEAD").read_text().strip()]


def test_revisions_are_numbered_without_a_gap() -> None:
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]


def test_the_migrated_database_is_what_the_models_say(owner_engine: Engine) -> None:
    load_models()
    with owner_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_migration_goes_down_and_up_again(services: Services) -> None:
    database = "tia_down_and_up"
    bootstrap(services.postgres.superuser_url(), database)
    url = services.postgres.url("tia_owner", database)
    migrate(url)
    engine = create_engine(url)

    def picture() -> list[tuple[str, ...]]:
        with engine.connect() as connection:
            return [
                tuple(row)
                for row in connection.execute(
                    text(
                        "SELECT tablename, policyname, roles::text, cmd, coalesce(qual, ''), coalesce(with_check, '') "
                        "FROM pg_policies ORDER BY 1, 2"
                    )
                )
            ]

    before = picture()
    downgrade(url, "base")
    with engine.connect() as connection:
        left = connection.execute(
            text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        ).scalars()
        assert set(left) == {"alembic_version"}
    migrate(url)
    assert picture() == before
    engine.dispose()

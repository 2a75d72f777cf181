"""Making the database and bringing it up to date."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import make_url

ROOT = Path(__file__).parents[2]
MIGRATIONS = ROOT / "migrations"


def _psycopg_url(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def bootstrap(superuser_url: str, database: str) -> None:
    """Make the database roles and, where it is missing, the database; as a superuser, safe to repeat."""
    with psycopg.connect(_psycopg_url(superuser_url), autocommit=True) as connection:
        connection.execute((MIGRATIONS / "roles.sql").read_bytes())
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        name = sql.Identifier(database)
        if not exists:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER tia_owner").format(name))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO tia_app, tia_backup").format(name))


def configuration(owner_url: str) -> Config:
    """Alembic's configuration for a database, reached as its owner."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = owner_url
    return config


def migrate(owner_url: str, revision: str = "head") -> None:
    """Bring a database to a revision, the newest by default. Two at once wait for each other."""
    command.upgrade(configuration(owner_url), revision)


def downgrade(owner_url: str, revision: str) -> None:
    """Take a database back to a revision."""
    command.downgrade(configuration(owner_url), revision)

"""Runs migrations as the owner, one process at a time, never waiting long for a lock that the application holds."""

from alembic import context
from sqlalchemy import create_engine, pool, text

from tia_hub.core.db import Base
from tia_hub.models import load_models

LOCK = 7_410_022

load_models()


def run() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '1s'"))
        connection.execute(text("SET default_transaction_isolation = 'read committed'"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.commit()


run()

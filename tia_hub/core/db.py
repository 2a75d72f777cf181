"""The database: base of all models, and sessions that know whose data they open.

A session carries a scope in `session.info["scope"]`. When its transaction begins, the scope's database role and its settings
are laid on the transaction; row-level security reads them. A session without a scope can't begin.
"""

import uuid
from datetime import datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, ForeignKey, MetaData, Text, event, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, SessionTransaction, mapped_column, registry

from tia_hub.settings import Settings

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

SCOPE_SETTINGS = ("organisation", "partnership", "provider", "home", "member", "person_key", "token", "way_in")
"""The settings `app.…` that policies read; every transaction sets each of them, to nothing where its scope has none."""

_LAY_SCOPE = text(
    "SELECT set_config('role', :role, true), set_config('transaction_read_only', :read_only, true), "
    + ", ".join(f"set_config('app.{name}', :{name}, true)" for name in SCOPE_SETTINGS)
)


class MissingScope(RuntimeError):
    """Somebody tried to reach the database without saying whose data they want."""


class Base(DeclarativeBase):
    """Base of all models: constraint names, instants with a zone. Flask-SQLAlchemy's own `db.Model` has no types."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: DateTime(timezone=True), str: Text()},
    )


class Identified:
    """A random identifier, and when the row was made."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OfOrganisation:
    """A row of one organisation: its key begins with the organisation, so that no reference can leave it."""

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


@event.listens_for(Session, "after_begin")
def _lay_scope(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.nested:
        return
    scope = session.info.get("scope")
    if scope is None:
        raise MissingScope("this session has no scope")
    values = dict.fromkeys(SCOPE_SETTINGS, "") | scope.settings()
    read_only = "on" if session.info.get("read_only") else "off"
    connection.execute(_LAY_SCOPE, {"role": scope.database_role, "read_only": read_only, **values})


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def engine_options(settings: Settings) -> dict[str, Any]:
    """Options of the one engine: short waits, so that a slow or absent database becomes a 503 page and not a hung one."""
    return {
        # An error's words go to the log, and what somebody typed is among a statement's parameters.
        "hide_parameters": True,
        "pool_size": settings.database_pool,
        "max_overflow": 0,
        "pool_timeout": 5,
        "pool_recycle": 300,
        "connect_args": {
            "connect_timeout": 5,
            "tcp_user_timeout": 5000,
            "application_name": "tia-hub",
            "options": f"-c statement_timeout={settings.statement_timeout} -c lock_timeout=4000 "
            "-c idle_in_transaction_session_timeout=60000",
        },
    }


DANGEROUS_ROLE = text(
    "SELECT rolsuper OR rolbypassrls OR pg_has_role(current_user, 'tia_owner', 'MEMBER') "
    "OR pg_has_role(current_user, 'tia_backup', 'MEMBER') FROM pg_roles WHERE rolname = current_user"
)


class WrongDatabaseRole(RuntimeError):
    """The process was given a database role that row-level security does not hold."""


def refuse_a_wrong_role(connection: Connection) -> None:
    """Raise WrongDatabaseRole where this connection's role could see past the policies (owner, superuser, BYPASSRLS)."""
    if connection.execute(DANGEROUS_ROLE).scalar_one():
        raise WrongDatabaseRole(
            "DATABASE_URL must use the role tia_app: this one owns the tables or bypasses row-level security"
        )

"""Putting one organisation back as it was in a backup, from a copy of the database that was restored beside this one.

The copy is read as tia_backup, which reads everything and writes nothing; what is written here is written as tia_leaving, which
reaches the rows of this organisation alone. All of it is one transaction.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Table, create_engine, delete, inspect, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from tia_hub.core.db import Base
from tia_hub.core.errors import Refused
from tia_hub.core.scope import Actor, IdentityScope, transaction
from tia_hub.core.trail import record
from tia_hub.home.services.erasing import erase_again
from tia_hub.leaving.queries import find_erased, find_people
from tia_hub.leaving.rows import line
from tia_hub.leaving.scope import LeavingScope
from tia_hub.leaving.services.importing import constraint_of, insert_rows
from tia_hub.leaving.tables import OWN_CHAIN, in_order, owner_column, put_back

AT_ONCE = 500
LIFE = frozenset(
    {"state", "state_reason", "state_contact", "state_changed_at", "resumes_as", "closing_on", "closing_by_partnership"}
)
"""Columns of an organisation that stay as they are here: a deletion that was asked for before the backup does not come back."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How a table here differs from the backup."""

    table: str
    same: int
    changed: int
    missing: int
    """Rows of the backup that are not here."""
    added: int
    """Rows that are here and not in the backup: made since then."""

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return bool(self.changed or self.missing or self.added)


@dataclass(frozen=True, kw_only=True)
class Found:
    """An organisation in a backup."""

    id: UUID
    partnership_id: UUID
    name: str


@contextmanager
def backup(url: str) -> Iterator[Connection]:
    """The restored copy, to be read at one moment. Raises Refused where it can't be read whole."""
    engine = create_engine(url, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            connection.execute(text("SET TRANSACTION READ ONLY"))
            sees_all = text("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
            if not connection.execute(sees_all).scalar_one():
                raise Refused("The copy has to be read as tia_backup: other roles do not see all of it.")
            _refuse_another_schema(connection)
            yield connection
    finally:
        engine.dispose()


def _refuse_another_schema(connection: Connection) -> None:
    found = inspect(connection)
    names = set(found.get_table_names())
    for table in put_back():
        columns = {column["name"] for column in found.get_columns(table.name)} if table.name in names else set()
        if columns != set(table.c.keys()):
            raise Refused(
                f"The copy is of another version of the product ({table.name} differs). Bring it up to date first, with "
                "MIGRATION_DATABASE_URL set to the copy: tia-hub migrate"
            )


def find_in_backup(connection: Connection, slug: str) -> Found:
    """The organisation that has a part of addresses in the backup. Raises Refused."""
    table = Base.metadata.tables["organisation"]
    row = connection.execute(select(table).where(table.c.slug == slug)).one_or_none()
    if row is None:
        raise Refused(f"The backup has no organisation with the address {slug}.")
    return Found(id=row.id, partnership_id=row.partnership_id, name=row.name)


def _own(table: Table, organisation_id: UUID) -> ColumnElement[bool]:
    return owner_column(table) == organisation_id


def _columns(table: Table) -> list[Any]:
    """What of a row is compared and put back."""
    own = OWN_CHAIN.get(table.name, frozenset()) | (LIFE if table.name == "organisation" else frozenset())
    return [column for column in table.c if column.name not in own]


def _digests(connection: Connection, table: Table, organisation_id: UUID) -> dict[tuple[Any, ...], bytes]:
    """By its key, the hash of each row of the organisation."""
    columns = _columns(table)
    keys = [column.name for column in table.primary_key.columns]
    query = select(*columns).where(_own(table, organisation_id))
    found = {}
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        values = {
            column.name: value.hex() if isinstance(value, bytes) else value for column, value in zip(columns, row, strict=True)
        }
        found[tuple(row._mapping[key] for key in keys)] = hashlib.sha256(line(values)).digest()
    return found


def _compare(there: dict[tuple[Any, ...], bytes], here: dict[tuple[Any, ...], bytes], name: str) -> Difference:
    both = there.keys() & here.keys()
    same = sum(there[key] == here[key] for key in both)
    return Difference(
        table=name,
        same=same,
        changed=len(both) - same,
        missing=len(there.keys() - here.keys()),
        added=len(here.keys() - there.keys()),
    )


def compare(connection: Connection, found: Found) -> list[Difference]:
    """How each table here differs from the backup; nothing is written."""
    with transaction(_scope(found, Actor()), read_only=True) as scope:
        here = scope.session.connection()
        return [
            _compare(_digests(connection, table, found.id), _digests(here, table, found.id), table.name) for table in put_back()
        ]


def _scope(found: Found, actor: Actor) -> LeavingScope:
    return LeavingScope(organisation_id=found.id, partnership_id=found.partnership_id, actor=actor, name=found.name)


def restore(connection: Connection, found: Found, *, actor: Actor, only_missing: bool) -> list[Difference]:
    """Put the organisation back; what differed. Raises Refused, and then nothing is written.

    With `only_missing`, rows that the backup has and that are not here come back, and everything else stays. Otherwise
    everything is as it was, and what was made since then is gone. The trail is never taken back: events since then stay.
    """
    newcomers = _missing_people(connection, found)
    try:
        with transaction(_scope(found, actor)) as scope:
            differences = _put_back(scope, connection, found, newcomers, only_missing=only_missing)
    except IntegrityError as fault:
        raise Refused(
            f"What is in the backup does not fit with what is here: {constraint_of(fault)}. Nothing was changed."
        ) from fault
    for person_id, name, email in _erased_meanwhile(connection, found):
        erase_again(person_id, name=name, email=email)
    return differences


def _members(connection: Connection, found: Found) -> list[dict[str, Any]]:
    """The organisation's people in the backup, as they were then."""
    person, membership = Base.metadata.tables["person"], Base.metadata.tables["membership"]
    members = select(membership.c.person_id).where(membership.c.organisation_id == found.id)
    columns = [person.c[name] for name in ("id", "created_at", "email", "name", "active")]
    return [dict(row._mapping) for row in connection.execute(select(*columns).where(person.c.id.in_(members)))]


def _erased_meanwhile(connection: Connection, found: Found) -> list[tuple[UUID, str, str]]:
    """Those of them who have been erased here since: identifier, and the name and address that came back with the rows."""
    there = {each["id"]: each for each in _members(connection, found)}
    with transaction(IdentityScope(), read_only=True) as scope:
        erased = find_erased(scope, list(there))
    return [(person_id, there[person_id]["name"], there[person_id]["email"]) for person_id in erased]


def _missing_people(connection: Connection, found: Found) -> list[dict[str, Any]]:
    """The organisation's people in the backup who have no account here any more."""
    people = _members(connection, found)
    with transaction(IdentityScope(), read_only=True) as scope:
        known = {person_id for person_id, _ in find_people(scope, emails=[], ids=[each["id"] for each in people])}
    return [each | {"fs_uniquifier": uuid4().hex} for each in people if each["id"] not in known]


def _put_back(
    scope: LeavingScope, connection: Connection, found: Found, newcomers: list[dict[str, Any]], *, only_missing: bool
) -> list[Difference]:
    organisation = Base.metadata.tables["organisation"]
    state = scope.session.execute(
        select(organisation.c.state).where(organisation.c.id == found.id).with_for_update()
    ).scalar_one_or_none()
    if state == "active" and not only_missing:
        raise Refused(
            f"{found.name} is at work. Suspend it first, so that nobody writes in it meanwhile: tia-hub organisation suspend"
        )
    if newcomers:
        scope.session.execute(insert(Base.metadata.tables["person"]), newcomers)
    here = scope.session.connection()
    differences, keys_here = [], {}
    for table in put_back():
        keys_here[table.name] = _digests(here, table, found.id)
        differences.append(_compare(_digests(connection, table, found.id), keys_here[table.name], table.name))
    replaced = [table for table in put_back() if table.name not in ("organisation", "trail_event")]
    if not only_missing:
        for table in reversed(replaced):
            scope.session.execute(delete(table).where(_own(table, found.id)))
    for table in put_back():
        rows = _rows(connection, table, found.id)
        if table.name == "organisation":
            _put_back_entry(scope, table, next(rows), state=state, only_missing=only_missing)
            continue
        if only_missing or table.name == "trail_event":
            keys = [column.name for column in table.primary_key.columns]
            known = keys_here[table.name]
            rows = (row for row in rows if tuple(row[key] for key in keys) not in known)
        insert_rows(scope, table, rows)
    words = "Put back what was missing" if only_missing else "Put back as it was"
    record(scope, "organisation.restored", f"{words}, from a backup")
    return differences


def _rows(connection: Connection, table: Table, organisation_id: UUID) -> Iterator[dict[str, Any]]:
    query = select(*_columns(table)).where(_own(table, organisation_id)).order_by(*in_order(table))
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        yield dict(row._mapping)


def _put_back_entry(scope: LeavingScope, table: Table, row: dict[str, Any], *, state: str | None, only_missing: bool) -> None:
    if state is None:
        # It was deleted meanwhile. It comes back at rest, and the operator says when it is at work again.
        scope.session.execute(table.insert().values(**row, state="suspended"))
    elif not only_missing:
        scope.session.execute(update(table).where(table.c.id == scope.organisation_id).values(**row))

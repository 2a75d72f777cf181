"""What stands in the database, past every policy, for tests that compare."""

from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from tia_hub.core.db import Base
from tia_hub.leaving.tables import HERE_ALONE, LEFT_OUT, OWN_CHAIN, all_tables, owner_column


def rows_of(engine: Engine, organisation_id: UUID, *, everything: bool = False) -> dict[str, list[str]]:
    """Every row of an organisation in every table that leaves with it, or in every one, as text, sorted."""
    found = {}
    with engine.connect() as connection:
        for name, table in all_tables().items():
            if name in {**LEFT_OUT, **HERE_ALONE} and not everything:
                continue
            columns = ", ".join(
                f't."{column.name}"'
                for column in sorted(table.c, key=lambda c: c.name)
                if column.name not in OWN_CHAIN.get(name, ())
            )
            query = text(f'SELECT ROW({columns})::text FROM "{name}" t WHERE t."{owner_column(table).name}" = :id')
            found[name] = sorted(connection.execute(query, {"id": organisation_id}).scalars())
    return found


def fingerprints(engine: Engine, *, but: UUID | None = None, tables: set[str] | None = None) -> dict[str, Any]:
    """Number and hash of the rows of every table; without those of one organisation."""
    owned = all_tables()
    found = {}
    with engine.connect() as connection:
        for name in sorted(tables or Base.metadata.tables):
            where = ""
            if but is not None and name in owned:
                where = f'WHERE t."{owner_column(owned[name]).name}" <> :id'
            elif but is not None and "home_id" in Base.metadata.tables[name].c:
                where = "WHERE t.home_id <> :id"
            query = (
                f"SELECT count(*) || md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{name}\" t {where}"
            )
            found[name] = connection.execute(text(query), {"id": but} if but else {}).scalar_one()
    return found

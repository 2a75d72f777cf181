"""Writing an organisation's archive: rows as lines of JSON, files as they are, personal forms sealed, a manifest over all."""

import base64
import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import IO, Any
from uuid import UUID, uuid4

from sqlalchemy import LargeBinary, Row, Select, Table, func, select

from tia_hub.core.clock import format_date, now
from tia_hub.core.db import Base
from tia_hub.core.errors import NotFound
from tia_hub.core.migrate import MIGRATIONS
from tia_hub.core.scope import OrganisationScope, transaction
from tia_hub.core.trail import record
from tia_hub.leaving.archive import (
    DATA,
    FORMAT,
    PRODUCT,
    README,
    SEALED_FILE,
    Manifest,
    PlaceEntry,
    Writer,
    open_digest,
)
from tia_hub.leaving.readme import readme
from tia_hub.leaving.rows import line, to_json
from tia_hub.leaving.scope import LeavingScope
from tia_hub.leaving.sealing import seal
from tia_hub.leaving.tables import REFERRED, SEALED, in_order, own_rows, referred_rows, taken_along
from tia_hub.leaving.types import PART_SIZE

Progress = Callable[[int, int, str], None]


AT_ONCE = 500
"""Rows held at a time."""


INLINE = 1024
"""Bytes up to which a binary value stays in its row; a larger one is a file of its own."""


@dataclass(frozen=True)
class Made:
    """An export that was written."""

    manifest: Manifest
    manifest_sha256: str


def see_one_moment(scope: LeavingScope) -> None:
    """Have every read of this transaction see the same moment: the first thing in it."""
    scope.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _ending(content: bytes) -> str:
    for start, ending in ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"), (b"%PDF", "pdf"), (b"PK\x03\x04", "zip")):
        if content.startswith(start):
            return ending
    return "bin"


def _stored(writer: Writer, table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row whose binary values are files of their own, or written in letters where they are short."""
    for column in table.c:
        content = row.get(column.name)
        if isinstance(column.type, LargeBinary) and content is not None:
            if len(content) <= INLINE:
                row[column.name] = "base64:" + base64.b64encode(content).decode()
            else:
                name = f"files/{table.name}/{uuid4()}.{_ending(content)}"
                with writer.file(name, packed=False) as target:
                    target.write(content)
                row[column.name] = f"file:{name}"
    return row


def _read(scope: LeavingScope, query: Select[Any]) -> Iterator[Row[Any]]:
    yield from scope.session.execute(query, execution_options={"yield_per": AT_ONCE})


def _cell(value: Any) -> Any:
    """A value for people who open a table in a spreadsheet: none of them is a formula."""
    shown = to_json(value)
    if isinstance(shown, str) and shown.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{shown}"
    return shown


def _write_table(scope: LeavingScope, writer: Writer, table: Table, query: Select[Any]) -> None:
    """A table as lines of JSON, which an installation reads, and as CSV, which people read."""
    with tempfile.TemporaryFile() as lines, tempfile.TemporaryFile() as cells:
        text_cells = io.TextIOWrapper(cells, "utf-8-sig", newline="", write_through=True)
        sheet = csv.writer(text_cells)
        names = [column.name for column in query.selected_columns]
        sheet.writerow(names)
        rows = 0
        for found in _read(scope, query):
            row = _stored(writer, table, dict(zip(names, found, strict=True)))
            lines.write(line(row))
            sheet.writerow([_cell(row[name]) for name in names])
            rows += 1
        text_cells.flush()
        for name, source in ((DATA.format(table.name), lines), (f"tables/{table.name}.csv", cells)):
            _copy(writer, name, source)
            writer.count_rows(rows)
        text_cells.detach()


def _copy(writer: Writer, name: str, source: IO[bytes]) -> None:
    source.seek(0)
    with writer.file(name) as target:
        while block := source.read(PART_SIZE):
            target.write(block)


def _sealed_lines(scope: LeavingScope, tables: list[Table]) -> Iterator[bytes]:
    for table in tables:
        names = list(table.c.keys())
        for found in _read(scope, select(table).where(own_rows(table, scope)).order_by(*in_order(table))):
            yield line({"table": table.name, "row": {name: to_json(value) for name, value in zip(names, found, strict=True)}})


def _people(scope: LeavingScope) -> Select[Any]:
    person, membership = Base.metadata.tables["person"], Base.metadata.tables["membership"]
    return (
        select(person.c.id, person.c.created_at, person.c.email, person.c.name, person.c.active)
        .where(person.c.id.in_(select(membership.c.person_id).where(membership.c.organisation_id == scope.organisation_id)))
        .order_by(person.c.id)
    )


def _editions(scope: LeavingScope, tables: list[Table]) -> tuple[str, ...]:
    found: set[str] = set()
    for table in tables:
        if "edition" in table.c:
            found.update(scope.session.scalars(select(table.c.edition).where(own_rows(table, scope)).distinct()))
    return tuple(sorted(found))


def _place(scope: LeavingScope, name: str, place_id: UUID) -> PlaceEntry:
    table = Base.metadata.tables[name]
    row = scope.session.execute(select(table.c.id, table.c.name, table.c.slug).where(table.c.id == place_id)).one_or_none()
    if row is None:
        raise NotFound
    return PlaceEntry(id=row.id, name=row.name, slug=row.slug)


def product_version() -> str:
    """The installed version of the product; "source" where it runs from its source."""
    try:
        return version("tia-hub")
    except PackageNotFoundError:
        return "source"


def write_export(scope: LeavingScope, target: IO[bytes], *, recipient: str, progress: Progress) -> Made:
    """Write everything that is the organisation's, as it is at one moment, holding some rows at a time.

    `recipient`: the receiving key of the installation that may open the sealed part.
    """
    see_one_moment(scope)
    writer = Writer(target)
    tables = taken_along()
    clear = [table for table in tables if table.name not in SEALED]
    steps = len(clear) + len(REFERRED) + 2
    organisation = _place(scope, "organisation", scope.organisation_id)
    partnership = _place(scope, "partnership", scope.partnership_id)
    _write_table(scope, writer, Base.metadata.tables["person"], _people(scope))
    for number, name in enumerate(REFERRED, 1):
        progress(number, steps, "What the organisation refers to")
        _write_table(scope, writer, Base.metadata.tables[name], referred_rows(name, scope))
    for number, table in enumerate(clear, len(REFERRED) + 1):
        progress(number, steps, table.name.replace("_", " ").capitalize())
        _write_table(scope, writer, table, select(table).where(own_rows(table, scope)).order_by(*in_order(table)))
    progress(steps - 1, steps, "Sealing what is personal")
    with writer.file(SEALED_FILE, packed=False) as sealed:
        seal(
            _sealed_lines(scope, [table for table in tables if table.name in SEALED]),
            sealed,
            recipient=recipient,
            bound_to=open_digest(organisation.id, tuple(writer.entries)),
        )
    made_at = now()
    with writer.file(README) as words:
        words.write(readme(organisation.name, partnership.name, format_date(made_at), writer.entries).encode())
    manifest = Manifest(
        product=PRODUCT,
        format=FORMAT,
        product_version=product_version(),
        schema_version=(MIGRATIONS / "HEAD").read_text().strip(),
        made_at=made_at.isoformat(),
        organisation=organisation,
        partnership=partnership,
        editions=_editions(scope, tables),
        sealed_for=recipient,
        files=tuple(writer.entries),
    )
    return Made(manifest, writer.finish(manifest))


def export_to(scope: OrganisationScope, target: IO[bytes], *, recipient: str) -> Made:
    """Write an export for the operator, which the organisation's leads see on their trail, whatever becomes of it."""
    with transaction(scope):
        record(
            scope, "organisation.exported", f"Exported all of the organisation’s data, personal forms sealed for {recipient}"
        )
    with transaction(LeavingScope.of(scope), read_only=True) as leaving:
        return write_export(leaving, target, recipient=recipient, progress=lambda done, total, words: None)


def count_export(scope: OrganisationScope) -> dict[str, int]:
    """How many rows of each table an export would have, without those that leave sealed."""
    with transaction(LeavingScope.of(scope), read_only=True) as leaving:
        return {
            table.name: leaving.session.execute(
                select(func.count()).select_from(table).where(own_rows(table, leaving))
            ).scalar_one()
            for table in taken_along()
            if table.name not in SEALED
        }

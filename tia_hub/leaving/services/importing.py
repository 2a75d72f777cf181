"""Bringing an organisation in from an export: everything or nothing, in one transaction."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import LargeBinary, Table, and_, bindparam, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from tia_hub.core.db import Base
from tia_hub.core.errors import Refused
from tia_hub.core.scope import Actor, IdentityScope, transaction
from tia_hub.core.tokens import hash_token, new_token
from tia_hub.core.trail import record
from tia_hub.framework.loader import get_edition
from tia_hub.framework.types import UnknownCode
from tia_hub.leaving.archive import DATA, SEALED_FILE, Reader
from tia_hub.leaving.queries import find_people
from tia_hub.leaving.rows import Renaming, read_line
from tia_hub.leaving.scope import LeavingScope
from tia_hub.leaving.sealing import CanNotOpen, SealingKey, unseal
from tia_hub.leaving.tables import OWN_CHAIN, SEALED, owner_column, reference_to_itself, taken_along

AT_ONCE = 500
WITHDRAWN = "It came with the data of an organisation that scored it"


@dataclass(kw_only=True)
class Imported:
    """What was brought in, or would be."""

    organisation_id: UUID
    name: str
    slug: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    people_known: int = 0
    """People who have an account here already, found by their address."""
    people_new: int = 0
    forms: bool = True
    """Whether the sealed part was opened and brought in."""


@dataclass(kw_only=True)
class _Coming:
    """An import while it runs."""

    archive: Reader
    partnership_id: UUID
    organisation_id: UUID
    renaming: Renaming
    copy: bool
    result: Imported


def import_organisation(
    archive: Reader,
    *,
    partnership_id: UUID,
    own: SealingKey,
    actor: Actor,
    areas: Mapping[str, str] | None = None,
    copy: bool = False,
    without_forms: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Bring an organisation into a partnership. Raises Refused, and then nothing at all is written.

    `areas`: what an area of the export is called here, where that differs. `copy`: bring it in beside one that is here already.
    """
    archive.verify()
    _check_editions(archive)
    if archive.manifest.sealed_for != own.public and not without_forms:
        raise CanNotOpen(
            "The personal forms are sealed for another installation. Have the operator who exported them run "
            f"tia-hub organisation reseal --for {own.public}, or leave them out with --without-forms."
        )
    old_id = archive.manifest.organisation.id
    new_id = uuid4() if copy else old_id
    renaming = Renaming()
    renaming.new |= {archive.manifest.partnership.id: partnership_id} | ({old_id: new_id} if copy else {})
    coming = _Coming(
        archive=archive,
        partnership_id=partnership_id,
        organisation_id=new_id,
        renaming=renaming,
        copy=copy,
        result=Imported(organisation_id=new_id, name=archive.manifest.organisation.name, forms=not without_forms),
    )
    newcomers = _match_people(coming)
    scope = LeavingScope(organisation_id=new_id, partnership_id=partnership_id, actor=actor, name=coming.result.name)
    try:
        with transaction(scope):
            _refuse_a_second(scope)
            _match_areas(scope, coming, areas or {})
            _bring_registry(scope, coming)
            _add_people(scope, newcomers)
            for table in taken_along():
                if table.name not in SEALED:
                    _bring_table(scope, coming, table)
            if not without_forms:
                _bring_sealed(scope, coming, own)
            record(scope, "organisation.imported", f"Brought in from an export made on {archive.manifest.made_at[:10]}")
            if dry_run:
                scope.session.flush()
                scope.session.rollback()
    except IntegrityError as fault:
        raise Refused(f"The export contradicts itself, or what is here: {constraint_of(fault)}.") from fault
    except (DataError, ProgrammingError) as fault:
        raise Refused("The export holds values that the database refuses.") from fault
    return coming.result


def constraint_of(fault: IntegrityError) -> str:
    """What was violated, by the name that the database has for it."""
    diagnosis = getattr(fault.orig, "diag", None)
    return str(
        getattr(diagnosis, "constraint_name", None) or getattr(diagnosis, "column_name", None) or "a rule of the database"
    )


def _check_editions(archive: Reader) -> None:
    for code in archive.manifest.editions:
        try:
            get_edition(code)
        except UnknownCode as fault:
            raise Refused(f"The export was written with the edition {code} of the framework, which is not here.") from fault


def _rows(coming: _Coming, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a file, with their number compared with the manifest's."""
    found = 0
    for text in coming.archive.lines(DATA.format(table.name)):
        yield read_line(table, text)
        found += 1
    if found != coming.archive.manifest.rows_of(table.name):
        raise Refused(f"{table.name} has {found:,} rows and not those that the manifest tells of.")


def _match_people(coming: _Coming) -> list[dict[str, Any]]:
    """Find by their addresses who has an account here; those who have none yet."""
    person = Base.metadata.tables["person"]
    people = list(_rows(coming, person))
    if len({each["email"] for each in people}) != len(people) or len({each["id"] for each in people}) != len(people):
        raise Refused("The export has a person twice.")
    with transaction(IdentityScope(), read_only=True) as scope:
        here = find_people(scope, emails=[each["email"] for each in people], ids=[each["id"] for each in people])
    by_email = {email: person_id for person_id, email in here}
    taken = {person_id for person_id, _ in here}
    newcomers = []
    for each in people:
        known = by_email.get(each["email"])
        if known is None:
            if each["id"] in taken:
                coming.renaming.new[each["id"]] = uuid4()
            newcomers.append(
                {name: each[name] for name in ("created_at", "email", "name", "active")}
                | {"id": coming.renaming.new.get(each["id"], each["id"]), "fs_uniquifier": uuid4().hex}
            )
        elif known != each["id"]:
            coming.renaming.new[each["id"]] = known
    coming.result.people_known, coming.result.people_new = len(people) - len(newcomers), len(newcomers)
    return newcomers


def _refuse_a_second(scope: LeavingScope) -> None:
    organisation = Base.metadata.tables["organisation"]
    name = scope.session.scalar(select(organisation.c.name).where(organisation.c.id == scope.organisation_id))
    if name is not None:
        raise Refused(
            f"{name} is here already. Use tia-hub organisation restore to put it back as it was, or --copy for a second one."
        )


def _match_areas(scope: LeavingScope, coming: _Coming, names: Mapping[str, str]) -> None:
    area = Base.metadata.tables["area"]
    rows = scope.session.execute(select(area.c.name, area.c.id).where(area.c.partnership_id == coming.partnership_id))
    here = {row.name: row.id for row in rows}
    missing = []
    for row in _rows(coming, area):
        known = here.get(names.get(row["name"], row["name"]))
        if known is None:
            missing.append(row["name"])
        else:
            coming.renaming.new[row["id"]] = known
    if missing:
        raise Refused(
            f'The partnership has no area called {", ".join(missing)}. Say what it is called here: --area "{missing[0]}=…"'
        )


def _bring_registry(scope: LeavingScope, coming: _Coming) -> None:
    """Providers and courses that the organisation scored, where the partnership does not have them.

    Courses come withdrawn, so that nobody is offered what the coordinator has not accepted.
    """
    for name in ("provider", "course", "course_date"):
        table = Base.metadata.tables[name]
        here = set(scope.session.scalars(select(table.c.id).where(table.c.partnership_id == coming.partnership_id)))
        for row in _rows(coming, table):
            values = {key: coming.renaming.apply(value) for key, value in row.items()}
            if values["id"] in here:
                continue
            if name == "course" and values["state"] == "live":
                values |= {"state": "withdrawn", "state_reason": WITHDRAWN}
            _insert_alone(scope, coming, table, values)


def _insert_alone(scope: LeavingScope, coming: _Coming, table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """Insert a row whose identifier and part of addresses may be taken by somebody else's: then it gets others."""
    before = values["id"]
    for attempt in range(3):
        try:
            with scope.session.begin_nested():
                scope.session.execute(table.insert().values(**values))
        except IntegrityError as fault:
            constraint = constraint_of(fault)
            if attempt == 2:
                raise
            if constraint == f"uq_{table.name}_slug":
                values["slug"] = f"{values['slug'][:50]}-{uuid4().hex[:6]}"
            elif constraint == f"pk_{table.name}" and table.name != "organisation":
                values["id"] = coming.renaming.new[before] = uuid4()
            else:
                raise
        else:
            break
    return values


def _add_people(scope: LeavingScope, newcomers: list[dict[str, Any]]) -> None:
    person = Base.metadata.tables["person"]
    for start in range(0, len(newcomers), AT_ONCE):
        scope.session.execute(insert(person), newcomers[start : start + AT_ONCE])


def _ready(coming: _Coming, table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row of the export as it is to be here. Raises Refused for one that is not the organisation's."""
    if row.get(owner_column(table).name) != coming.archive.manifest.organisation.id:
        raise Refused(f"{table.name} has a row of another organisation.")
    if row.get("partnership_id", coming.archive.manifest.partnership.id) != coming.archive.manifest.partnership.id:
        raise Refused(f"{table.name} has a row of another partnership.")
    own = OWN_CHAIN.get(table.name, frozenset())
    values = {name: coming.renaming.apply(value) for name, value in row.items() if name not in own}
    for column in table.c:
        if isinstance(column.type, LargeBinary) and isinstance(values.get(column.name), str):
            values[column.name] = _bytes(coming.archive, values[column.name])
    if coming.copy:
        if "token_hash" in values:
            values["token_hash"] = hash_token(new_token())
        if table.name != "organisation" and "organisation_id" not in table.primary_key.columns:
            values["id"] = uuid4()
    return values


def _bytes(archive: Reader, text: str) -> bytes:
    kind, _, rest = text.partition(":")
    try:
        return base64.b64decode(rest, validate=True) if kind == "base64" else archive.read(rest)
    except ValueError as fault:
        raise Refused("The export holds binary data that can't be read.") from fault


def _bring_table(scope: LeavingScope, coming: _Coming, table: Table) -> None:
    rows = (_ready(coming, table, row) for row in _rows(coming, table))
    if table.name == "organisation":
        found = list(rows)
        if len(found) != 1:
            raise Refused("The export is not that of one organisation.")
        coming.result.slug = _insert_alone(scope, coming, table, found[0])["slug"]
        coming.result.rows[table.name] = 1
        return
    coming.result.rows[table.name] = insert_rows(scope, table, rows)


def _bring_sealed(scope: LeavingScope, coming: _Coming, own: SealingKey) -> None:
    wrapper = Base.metadata.tables
    with coming.archive.open(SEALED_FILE) as source:
        lines = (_sealed_row(text) for text in unseal(source, own, bound_to=coming.archive.bound_to))
        for name, rows in groupby(lines, key=lambda each: each[0]):
            table = wrapper[name]
            ready = (_ready(coming, table, read_line(table, text)) for _, text in rows)
            coming.result.rows[name] = insert_rows(scope, table, ready)


def _sealed_row(text: bytes) -> tuple[str, bytes]:
    """Table and row of a sealed line, `{"table":…,"row":…}`."""
    start, _, rest = text.partition(b',"row":')
    name = start.removeprefix(b'{"table":"').removesuffix(b'"').decode(errors="replace")
    if name not in SEALED:
        raise CanNotOpen("The sealed part of the export has a table that is not known here.")
    return name, rest.removesuffix(b"}")


def insert_rows(scope: LeavingScope, table: Table, rows: Iterable[dict[str, Any]]) -> int:
    """Insert rows in batches; what refers to others of the same table once all are there. How many there were."""
    own, later, count = reference_to_itself(table), [], 0
    batch: list[dict[str, Any]] = []
    for row in rows:
        if any(row.get(name) is not None for name in own):
            key = {f"pk_{column.name}": row[column.name] for column in table.primary_key.columns}
            later.append(key | {name: row[name] for name in own})
            row |= dict.fromkeys(own)
        batch.append(row)
        count += 1
        if len(batch) == AT_ONCE:
            _insert(scope, table, batch)
            batch = []
    if batch:
        _insert(scope, table, batch)
    if later:
        same = and_(*(column == bindparam(f"pk_{column.name}") for column in table.primary_key.columns))
        scope.session.connection().execute(table.update().where(same).values({name: bindparam(name) for name in own}), later)
    return count


def _insert(scope: LeavingScope, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows of the same columns. Nothing at all in a JSON column is NULL, and not the JSON value `null`."""
    values = {
        name: bindparam(name, type_=JSONB(none_as_null=True) if isinstance(table.c[name].type, JSONB) else table.c[name].type)
        for name in rows[0]
    }
    scope.session.execute(table.insert().values(values), rows)

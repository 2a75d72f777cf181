"""Sealing the personal part of an export for another installation, without opening it."""

import shutil
from pathlib import Path

from sqlalchemy import select

from tia_hub.core.db import Base
from tia_hub.core.scope import Actor, transaction
from tia_hub.core.trail import record
from tia_hub.leaving.archive import SEALED_FILE, Manifest, Reader, Writer
from tia_hub.leaving.scope import LeavingScope
from tia_hub.leaving.sealing import read_public, reseal
from tia_hub.leaving.services.keys import own_key


def reseal_export(source: Path, target: Path, *, recipient: str, actor: Actor) -> None:
    """Write a copy of an export whose personal part another installation can open.

    Raises Refused where this installation can't, or where the export is not as it was made. An organisation that is still here
    has it on its trail.
    """
    read_public(recipient)
    partial = target.with_name(f"{target.name}.part")
    try:
        with Reader(source) as archive:
            archive.verify()
            with partial.open("xb") as file:
                _copy(archive, Writer(file), recipient)
            _note(archive.manifest, recipient, actor)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def _copy(archive: Reader, writer: Writer, recipient: str) -> None:
    for entry in archive.manifest.files:
        with archive.open(entry.name) as old, writer.file(entry.name, packed=entry.name != SEALED_FILE) as new:
            if entry.name == SEALED_FILE:
                reseal(old, new, own_key(), recipient=recipient)
            else:
                shutil.copyfileobj(old, new)
        if entry.rows is not None:
            writer.count_rows(entry.rows)
    writer.finish(archive.manifest.model_copy(update={"sealed_for": recipient, "files": tuple(writer.entries)}))


def _note(manifest: Manifest, recipient: str, actor: Actor) -> None:
    table = Base.metadata.tables["organisation"]
    scope = LeavingScope(organisation_id=manifest.organisation.id, partnership_id=manifest.partnership.id, actor=actor)
    with transaction(scope):
        if scope.session.scalar(select(table.c.id).where(table.c.id == scope.organisation_id)) is not None:
            record(
                scope,
                "organisation.export_resealed",
                f"Sealed the personal forms of an export for the installation {recipient}",
            )

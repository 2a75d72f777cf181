"""An organisation moves: what one installation exports, another brings in and shows equal."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from justhtml import JustHTML
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DataError

from tests.client import StrictClient
from tests.leaving.conftest import MARKS, Filled, Installation
from tests.leaving.rows import fingerprints, rows_of
from tia_hub.core.errors import Refused
from tia_hub.core.scope import Actor, transaction
from tia_hub.leaving.archive import SEALED_FILE, Reader
from tia_hub.leaving.scope import LeavingScope
from tia_hub.leaving.sealing import SealingKey, reseal
from tia_hub.leaving.services.exporting.writing import write_export
from tia_hub.leaving.services.importing import import_organisation
from tia_hub.leaving.tables import SEALED, taken_along

WRITTEN = frozenset(
    {
        *("organisation_area", "team", "membership", "invitation", "trail_event", "retention_period", "access_review"),
        *("audit", "audit_entry", "indicator", "reading", "course_score", "selection_answer", "course_rating"),
        *("publication", "published_audit", "published_rating", "published_reading"),
        *("training_figure", "self_assessment", "self_assessment_answer", "agreed_form"),
    }
)
"""Tables that the organisation has something in."""
OPERATOR = Actor(name="Operator")


def key_of(app: Flask) -> SealingKey:
    return SealingKey(app.extensions["settings"].storage_secret)


def write(app: Flask, filled: Filled, path: Path, *, recipient: str | None = None) -> Path:
    tenant = filled.cast.ours.tenant
    scope = LeavingScope(organisation_id=tenant.id, partnership_id=tenant.partnership_id)
    with app.app_context(), path.open("wb+") as target, transaction(scope, read_only=True):
        write_export(scope, target, recipient=recipient or key_of(app).public, progress=lambda done, total, words: None)
    return path


@pytest.fixture(scope="module")
def other(elsewhere: Callable[[str], Installation]) -> Installation:
    return elsewhere("tia_moving")


@pytest.fixture(scope="module")
def export(app: Flask, filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export sealed for the installation it was made by."""
    return write(app, filled, tmp_path_factory.mktemp("export") / "export.zip")


def bring(installation: Installation, path: Path, **how: Any) -> Any:
    with installation.app.app_context(), Reader(path) as archive:
        return import_organisation(
            archive, partnership_id=installation.region.id, own=key_of(installation.app), actor=OPERATOR, **how
        )


def pages(app: Flask, superuser: Engine, email: str, paths: list[str]) -> list[str]:
    """What somebody sees on some pages, as text."""
    with superuser.connect() as connection:
        key = connection.execute(text("SELECT fs_uniquifier FROM person WHERE email = :email"), {"email": email}).scalar_one()
    app.test_client_class = StrictClient
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = key
    found = []
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        main = JustHTML(answer.text, sanitize=False).query("main")[0]
        found.append(" ".join(main.to_text().split()))
    return found


def test_a_fresh_installation_shows_the_same(
    app: Flask, filled: Filled, superuser_engine: Engine, other: Installation, tmp_path: Path
) -> None:
    house = filled.cast.ours
    path = write(app, filled, tmp_path / "export.zip", recipient=key_of(other.app).public)
    foreseen = bring(other, path, dry_run=True)
    assert not any(rows_of(other.superuser, house.tenant.id).values())
    done = bring(other, path)
    assert foreseen.rows == done.rows and done.people_new == done.rows["membership"] > 3 and done.slug == house.tenant.slug
    renamed = {filled.cast.region.id: other.region.id} | {
        area: other.region.areas[name] for name, area in filled.cast.region.areas.items()
    }
    before, after = rows_of(superuser_engine, house.tenant.id), rows_of(other.superuser, house.tenant.id)
    for old, new in renamed.items():
        before = {name: sorted(row.replace(str(old), str(new)) for row in rows) for name, rows in before.items()}
    assert {name for name in WRITTEN if not before[name]} == set(), "the comparison says nothing about these"
    (arrival,) = set(after["trail_event"]) - set(before["trail_event"])
    assert "Brought in from an export made on" in arrival
    after["trail_event"].remove(arrival)
    assert before == after
    place = f"/o/{house.tenant.slug}"
    leads = [f"{place}/{page}" for page in ("audits", f"audits/{filled.audit_id}", "outcomes", "people", "teams")]
    leads.append(f"{place}/publication")
    for someone, paths in ((house.lead, leads), (house.staff, [f"{place}/training/forms/{filled.form_id}"])):
        here = pages(app, superuser_engine, someone.email, paths)
        there = pages(other.app, other.superuser, someone.email, paths)
        assert here == there


@pytest.mark.usefixtures("context")
def test_what_the_organisation_itself_can_not_read_is_sealed(filled: Filled) -> None:
    """A table that answers only to the member whose it is, is somebody's own: it leaves sealed, or not at all."""
    personal = set()
    for table in taken_along():
        try:
            with transaction(filled.cast.ours.tenant.scope(), read_only=True) as scope:
                scope.session.execute(select(table.primary_key.columns[0]).select_from(table)).all()
        except DataError:
            personal.add(table.name)
    assert "self_assessment" in personal
    assert personal <= set(SEALED)


def test_an_export_for_another_installation_is_resealed_by_the_operator_alone(
    app: Flask, filled: Filled, export: Path, other: Installation
) -> None:
    with pytest.raises(Refused, match="sealed for another installation"):
        bring(other, export, copy=True)
    result = bring(other, export, copy=True, without_forms=True)
    assert not set(result.rows) & set(SEALED) and result.rows["membership"] > 3
    assert result.organisation_id != filled.cast.ours.tenant.id


def test_whoever_is_here_already_is_found_by_their_address(app: Flask, export: Path, elsewhere, filled: Filled) -> None:
    third = elsewhere("tia_known")
    with third.superuser.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO person (id, email, name, active, fs_uniquifier) "
                "VALUES (gen_random_uuid(), :email, 'Known Before', true, 'known-before')"
            ),
            {"email": filled.cast.ours.lead.email},
        )
    result = bring(third, export, without_forms=True)
    assert (result.people_known, result.people_new) == (1, result.rows["membership"] - 1)
    assert "Known Before" in pages(third.app, third.superuser, filled.cast.ours.lead.email, [f"/o/{result.slug}/people"])[0]
    with pytest.raises(Refused, match="is here already"):
        bring(third, export, without_forms=True)


def rebuilt(path: Path, target: Path, change: Callable[[dict[str, bytes]], None], *, consistent: bool = True) -> Path:
    """An export that somebody opened, changed and closed again, with checksums that fit unless they forgot."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if consistent:
        manifest = json.loads(files["manifest.json"])
        for entry in manifest["files"]:
            if entry["name"] in files:
                content = files[entry["name"]]
                entry["size"], entry["sha256"] = len(content), hashlib.sha256(content).hexdigest()
        files["manifest.json"] = json.dumps(manifest).encode()
        files["manifest.json.sha256"] = hashlib.sha256(files["manifest.json"]).hexdigest().encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def in_manifest(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        manifest = json.loads(files["manifest.json"])
        manifest.update(changes)
        files["manifest.json"] = json.dumps(manifest).encode()

    return change


def replaced(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        assert re.search(old, files[name])
        files[name] = re.sub(old, new, files[name], count=1)

    return change


def without(name: str) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.pop(name) and None


def with_file(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({name: content})


def in_other(name: str, column: bytes) -> Callable[[dict[str, bytes]], None]:
    return replaced(f"data/{name}.jsonl", rb'"' + column + rb'":"[0-9a-f]{8}', rb'"' + column + rb'":"00000000')


CONSISTENT = {
    "another's row": (in_other("team", b"organisation_id"), "row of another organisation"),
    "a newer format": (in_manifest(format=2), "newer than what this installation reads"),
    "another product": (in_manifest(product="something"), "not that of an export"),
    "another edition": (in_manifest(editions=["of-next-year"]), "edition of-next-year .* not here"),
    "a missing file": (without("data/audit.jsonl"), "data/audit.jsonl is missing"),
    "a missing table of cells": (without("tables/team.csv"), "tables/team.csv is missing"),
    "a file too many": (with_file("data/more.jsonl", b"{}"), "not in the manifest"),
    "a path that leads out": (with_file("../outside.txt", b"x"), "a name that no export has"),
    "an absolute path": (with_file("/etc/passwd.txt", b"x"), "a name that no export has"),
    "a bomb": (with_file("data/bomb.jsonl", bytes(200_000_000)), "unpack to"),
    "a row too many": (replaced("data/team.jsonl", rb"\A(.*\n)", rb"\1\1"), "rows and not those"),
    "a column of tomorrow": (replaced("data/team.jsonl", rb'"remit"', rb'"remit_too"'), "comes from a newer one"),
    "a value of another kind": (replaced("data/audit.jsonl", rb'"edition":"[^"]+"', rb'"edition":7'), "is no row of it"),
    "a line that is none": (replaced("data/audit.jsonl", rb"\A\{", rb"["), "is no row of it"),
    "a team that is not there": (in_other("membership", b"team_id"), "contradicts itself"),
}


@pytest.mark.parametrize("what", CONSISTENT)
def test_a_changed_export_is_refused_with_the_reason(other: Installation, export: Path, tmp_path: Path, what: str) -> None:
    change, words = CONSISTENT[what]
    path = rebuilt(export, tmp_path / "changed.zip", change)
    before = fingerprints(other.superuser)
    with pytest.raises(Refused, match=words):
        bring(other, path, copy=True, without_forms=True)
    assert fingerprints(other.superuser) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (replaced("data/team.jsonl", rb"Outreach", rb"Overreach"), "data/team.jsonl was changed"),
        (in_manifest(editions=[]), "manifest was changed"),
    ],
)
def test_a_wrong_checksum_is_refused(other: Installation, export: Path, tmp_path: Path, change: Any, words: str) -> None:
    path = rebuilt(export, tmp_path / "changed.zip", change, consistent=False)
    with pytest.raises(Refused, match=words):
        bring(other, path, copy=True, without_forms=True)


def test_twice_the_same_name_and_what_is_no_zip_are_refused(other: Installation, export: Path, tmp_path: Path) -> None:
    twice = rebuilt(export, tmp_path / "twice.zip", lambda files: None)
    with zipfile.ZipFile(twice, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("data/team.jsonl", b"")
    with pytest.raises(Refused, match="twice"):
        bring(other, twice)
    (tmp_path / "no.zip").write_bytes(b"%PDF-1.7")
    with pytest.raises(Refused, match="can't be read as a ZIP"):
        bring(other, tmp_path / "no.zip")


def test_whoever_changes_who_is_who_can_not_have_the_forms_opened(
    app: Flask, filled: Filled, other: Installation, tmp_path: Path
) -> None:
    """A lead who writes their own address beside another's membership would read that one's form."""
    path = write(app, filled, tmp_path / "export.zip", recipient=key_of(other.app).public)
    email = filled.cast.ours.staff.email.encode()
    changed = rebuilt(path, tmp_path / "changed.zip", replaced("data/person.jsonl", email, b"lead@example.org"))
    before = fingerprints(other.superuser)
    with pytest.raises(Refused, match="was changed since it was made"):
        bring(other, changed, copy=True)
    assert fingerprints(other.superuser) == before


def test_a_resealed_part_opens_for_the_one_it_was_sealed_for(app: Flask, export: Path, other: Installation) -> None:
    target = io.BytesIO()
    with Reader(export) as archive, archive.open(SEALED_FILE) as source:
        reseal(source, target, key_of(app), recipient=key_of(other.app).public)
    assert not any(mark in target.getvalue() for mark in MARKS)
    with Reader(export) as archive, archive.open(SEALED_FILE) as source, pytest.raises(Refused, match="another installation"):
        reseal(source, io.BytesIO(), key_of(other.app), recipient=key_of(app).public)

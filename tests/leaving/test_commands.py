"""The operator moves, restores and deletes organisations from the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, text

from tests.client import StrictClient
from tests.e2e.browser import serving
from tests.factories.tenants import Someone
from tests.leaving.conftest import Filled, Installation
from tests.leaving.rows import fingerprints
from tests.services import Services
from tia_hub.cli import main

AS = Callable[[Someone], StrictClient]


def run_in(environment: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(main, words, env=environment)


@pytest.fixture
def run(services: Services) -> Callable[..., Result]:
    return lambda *words: run_in(services.environment, *words)


def trail_of(filled: Filled, as_: AS) -> str:
    return as_(filled.cast.ours.lead).get(f"/o/{filled.cast.ours.tenant.slug}/trail").text


@pytest.fixture(scope="module")
def other(elsewhere: Callable[[str], Installation]) -> Installation:
    return elsewhere("tia_commands")


def test_an_organisation_moves_by_commands_alone(
    run: Callable[..., Result], filled: Filled, other: Installation, services: Services, tmp_path: Path, as_: AS
) -> None:
    slug, there = (
        filled.cast.ours.tenant.slug,
        services.environment
        | {
            "DATABASE_URL": other.settings.database_url,
            "MIGRATION_DATABASE_URL": other.settings.migration_database_url or "",
            "SECRET_KEY": other.settings.secret_key.get_secret_value(),
        },
    )
    file, moved = tmp_path / "export.zip", tmp_path / "moved.zip"
    dry = run("organisation", "export", slug, "--to", str(file), "--dry-run")
    assert dry.exit_code == 0 and "Nothing was changed" in dry.output and not file.exists()
    assert "Operator" not in trail_of(filled, as_)
    assert run("export", "organisation", slug, "--to", str(file)).exit_code == 0
    again = run("organisation", "export", slug, "--to", str(file))
    assert again.exit_code == 1 and "is there already" in again.output
    refused = run_in(there, "organisation", "import", str(file), "--partnership", other.region.slug)
    assert refused.exit_code == 1 and "sealed for another installation" in refused.output
    key = run_in(there, "organisation", "receiving-key").output.strip()
    resealed = run("organisation", "reseal", str(file), "--for", key, "--to", str(moved))
    assert resealed.exit_code == 0, resealed.output
    assert "Operator (" in trail_of(filled, as_) and key in trail_of(filled, as_)
    before = fingerprints(other.superuser)
    tried = run_in(there, "organisation", "import", str(moved), "--partnership", other.region.slug, "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert fingerprints(other.superuser) == before
    done = run_in(there, "organisation", "import", str(moved), "--partnership", other.region.slug, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["rows"]["self_assessment"] == 3
    twice = run_in(there, "organisation", "import", str(moved), "--partnership", other.region.slug)
    assert twice.exit_code == 1 and "is here already" in twice.output
    listed = json.loads(run_in(there, "organisation", "list", "--json").output)
    assert [each["slug"] for each in listed] == [slug]
    assert json.loads(run_in(there, "organisation", "show", slug, "--json").output)["areas"] == ["North"]


@pytest.mark.parametrize(
    ("words", "code", "answer"),
    [
        (("organisation", "show", "no-such"), 1, "There is no organisation"),
        (("organisation", "show", "Not A Slug"), 2, "small letters"),
        (("organisation", "import", "/no/such.zip", "--partnership", "p"), 2, "does not exist"),
        (("organisation", "reseal", __file__, "--for", "key", "--to", "x"), 1, "no receiving key"),
        (("organisation", "import", __file__, "--partnership", "p"), 1, "can't be read as a ZIP"),
        (("organisation", "create", "--partnership", "p", "--name", "N", "--sector", "pirates"), 2, "pirates"),
        (("person", "show", "nobody@example.org"), 1, "There is no account"),
        (("person", "show", "nobody"), 2, "not an email address"),
        (("invite", "lead", "--organisation", "no-such", "--email", "a@example.org", "--name", "A"), 1, "no organisation"),
    ],
)
def test_what_can_not_be_done_says_why(run: Callable[..., Result], words: tuple[str, ...], code: int, answer: str) -> None:
    result = run(*words)
    assert result.exit_code == code, result.output
    assert answer in result.output and "Traceback" not in result.output


def test_the_life_of_an_organisation(run: Callable[..., Result], filled: Filled, as_: AS, superuser_engine: Engine) -> None:
    region = filled.cast.region.slug
    made = run(
        "organisation", "create", "--partnership", region, "--name", "Lamp House", "--sector", "charity", "--area", "North"
    )
    assert made.exit_code == 0, made.output
    dry = run("organisation", "create", "--partnership", region, "--name", "Lamp Hut", "--sector", "charity", "--dry-run")
    assert "Nothing was changed" in dry.output and "lamp-hut" not in run("organisation", "list").output
    assert run("invite", "lead", "--organisation", "lamp-house", "--email", "l@example.org", "--name", "Lee").exit_code == 0
    assert run("organisation", "suspend", "lamp-house", "--reason", "A question").exit_code == 0
    assert run("organisation", "suspend", "lamp-house").exit_code == 1
    assert run("organisation", "reactivate", "lamp-house").exit_code == 0
    wrong = run("organisation", "delete", "lamp-house", "--name", "Lamp")
    assert wrong.exit_code == 1 and "Type the name" in wrong.output
    assert run("organisation", "delete", "lamp-house", "--name", "Lamp House").exit_code == 0
    assert json.loads(run("organisation", "show", "lamp-house", "--json").output)["state"] == "closing"
    assert run("organisation", "keep", "lamp-house").exit_code == 0
    with superuser_engine.connect() as connection:
        words = connection.execute(
            text(
                "SELECT string_agg(e.words, '; ' ORDER BY e.created_at) FROM trail_event e JOIN organisation o "
                "ON o.id = e.home_id WHERE o.slug = 'lamp-house' AND e.actor_name LIKE 'Operator (%'"
            )
        ).scalar_one()
    assert "Made the organisation suspended: A question; Made the organisation active; Asked for" in words


def test_accounts_are_looked_after_and_their_owners_told(
    run: Callable[..., Result], filled: Filled, as_: AS, superuser_engine: Engine
) -> None:
    someone = filled.cast.theirs.colleague
    client = as_(someone)
    place = f"/o/{filled.cast.theirs.tenant.slug}/"
    assert client.get(place).status_code == 200
    shown = json.loads(run("person", "show", someone.email, "--json").output)
    assert shown["open"] is True and "places" not in shown
    assert run("person", "sessions-end", someone.email, "--dry-run").exit_code == 0
    assert client.get(place).status_code == 200
    assert run("person", "sessions-end", someone.email).exit_code == 0
    assert client.get(place).status_code == 302
    none = run("person", "reset-second-factor", someone.email)
    assert none.exit_code == 1 and "has no second factor" in none.output
    assert run("person", "deactivate", someone.email).exit_code == 0
    assert run("person", "deactivate", someone.email).exit_code == 1
    assert run("person", "reactivate", someone.email).exit_code == 0
    looked = json.loads(run("person", "show", someone.email, "--places", "--json").output)
    assert looked["places"] == [f"{filled.cast.theirs.tenant.slug} (Member of staff)"]
    with superuser_engine.connect() as connection:
        mailed = connection.execute(
            text("SELECT purpose FROM email WHERE to_address = :email ORDER BY created_at"), {"email": someone.email}
        ).scalars()
        assert list(mailed) == ["account.sessions_ended", "account.deactivated", "account.activated"]
        own = connection.execute(
            text("SELECT count(*) FROM trail_event WHERE home_id = :id AND actor_name LIKE 'Operator (%'"), {"id": someone.id}
        ).scalar_one()
        assert own == 3
    assert f"Looked up that {someone.name}" in as_(filled.cast.theirs.lead).get(f"{place}trail").text


def test_a_person_gets_their_copy_and_is_erased_by_command(
    run: Callable[..., Result], filled: Filled, as_: AS, superuser_engine: Engine, tmp_path: Path
) -> None:
    someone = filled.cast.theirs.staff

    def count(table: str) -> int:
        with superuser_engine.connect() as connection:
            return int(
                connection.execute(text(f"SELECT count(*) FROM {table} WHERE person_id = :id"), {"id": someone.id}).scalar_one()
            )

    assert run("export", "person", someone.email, "--dry-run").exit_code == 0 and count("personal_copy") == 0
    made = run("export", "person", someone.email)
    assert made.exit_code == 0 and count("personal_copy") == 1, made.output
    assert "zq-" not in made.output
    assert run("erase", "person", "nobody.here@example.org").exit_code == 1
    assert run("erase", "person", someone.email, "--dry-run").exit_code == 0 and count("erasure") == 0
    asked = run("erase", "person", someone.email)
    assert asked.exit_code == 0 and count("erasure") == 1, asked.output
    assert "erased on" in as_(someone).get("/account/erasure").text, "they see it, and can stop it"
    only_lead = run("erase", "person", filled.cast.theirs.lead.email)
    assert only_lead.exit_code == 1 and "only lead" in only_lead.output
    log = tmp_path / "erasures.jsonl"
    log.write_text(run("erase", "log").output)
    assert run("erase", "replay", str(log)).exit_code == 0
    log.write_text("{}\n")
    assert run("erase", "replay", str(log)).exit_code == 2


def test_a_coordinator_is_invited_by_command(run: Callable[..., Result], filled: Filled, superuser_engine: Engine) -> None:
    region = filled.cast.region.slug
    email = "cleo.office@example.org"
    words = ("invite", "coordinator", "--partnership", region, "--email", email, "--name", "Cleo Office")
    made = run(*words)
    assert made.exit_code == 0 and "/forgotten-password/" in made.output, made.output
    assert run(*words[:3], "no-such-place", *words[4:]).exit_code == 1
    with superuser_engine.connect() as connection:
        query = "SELECT count(*) FROM coordinator c JOIN person p ON p.id = c.person_id WHERE p.email = :email"
        assert connection.execute(text(query), {"email": email}).scalar_one() == 1


def test_the_health_of_a_web_process(run: Callable[..., Result], app: Flask) -> None:
    with serving(app) as address:
        assert run("health", "--url", f"{address}/health").exit_code == 0
        assert run("health", "--url", f"{address}/no-such-page").exit_code == 1
    away = run("health", "--url", f"{address}/health")
    assert away.exit_code == 1 and "does not answer" in away.output
    assert run("health", "--url", "file:///etc/passwd").exit_code == 2


def test_the_database_away_is_one_line(services: Services) -> None:
    away = services.environment | {"MIGRATION_DATABASE_URL": "postgresql+psycopg://tia_owner@localhost:1/tia_hub"}
    result = run_in(away, "organisation", "list")
    assert result.exit_code == 1
    assert result.output.startswith("Error: The database does not answer") and len(result.output.splitlines()) == 1

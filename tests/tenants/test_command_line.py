"""The operator's commands."""

import re

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from tests.client import StrictClient
from tests.factories.tenants import unique
from tests.services import Services
from tia_hub.cli import main

PASSWORD = "three calm harbours"


@pytest.fixture
def run(services: Services):
    def call(*words: str, **environment: str) -> Result:
        return CliRunner().invoke(main, words, env=services.environment | environment)

    return call


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["web"],
        ["migrate"],
        ["bootstrap"],
        ["demo"],
        ["seed"],
        ["partnership"],
        ["partnership", "create"],
        ["partnership", "add-coordinator"],
    ],
)
def test_every_command_explains_itself(run, words: list[str]) -> None:
    answer = run(*words, "--help")
    assert answer.exit_code == 0
    assert "Usage:" in answer.output


def test_a_partnership_and_its_first_coordinator(run, app: Flask) -> None:
    slug, email = unique("vale"), f"{unique('cora')}@example.org"
    assert run("partnership", "create", "--name", "Vale", "--slug", slug, "--area", "North", "--area", "South").exit_code == 0
    added = run("partnership", "add-coordinator", "--partnership", slug, "--email", email.upper(), "--name", "Cora Lane")
    assert added.exit_code == 0, added.output
    found = re.search(r"http://localhost(/forgotten-password/\S+)", added.output)
    assert found
    client = app.test_client()
    assert isinstance(client, StrictClient)
    assert client.submit(found[1], {"password": PASSWORD}).location == "/sign-in"
    client.submit("/sign-in", {"email": email, "password": PASSWORD})
    assert client.get("/places").location == f"/p/{slug}/"
    shown = client.get(f"/p/{slug}/organisations/new").text
    assert "North" in shown and "South" in shown
    again = run("partnership", "add-coordinator", "--partnership", slug, "--email", email, "--name", "Cora Lane")
    assert again.exit_code == 0
    assert "already" in again.output and "password" not in again.output


def test_what_can_not_be_done_is_said_in_one_line(run) -> None:
    slug = unique("vale")
    run("partnership", "create", "--name", "Vale", "--slug", slug)
    twice = run("partnership", "create", "--name", "Vale", "--slug", slug)
    assert twice.exit_code == 1
    assert twice.output.startswith("Error: There is a partnership")
    nowhere = run("partnership", "add-coordinator", "--partnership", "no-such", "--email", "a@example.org", "--name", "A")
    assert nowhere.exit_code == 1
    assert "There is no partnership" in nowhere.output
    away = run("migrate", MIGRATION_DATABASE_URL="postgresql+psycopg://tia_owner@localhost:1/tia_hub")
    assert away.exit_code == 1
    assert "The database does not answer" in away.output
    assert run("migrate", SECRET_KEY="short").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--name", "Vale", "--slug", "Not A Slug"),
        ("--name", "Vale", "--slug", "a--b"),
        ("--name", "", "--slug", "vale"),
        ("--name", "a\x00b", "--slug", "vale"),
        ("--slug", "vale"),
    ],
)
def test_what_was_asked_wrongly_is_refused(run, words: tuple[str, ...]) -> None:
    assert run("partnership", "create", *words).exit_code == 2


def test_help_shows_an_example(run) -> None:
    for words in (["organisation", "export"], ["organisation", "import"], ["invite", "lead"], ["partnership", "create"]):
        answer = run(*words, "--help")
        assert "Example:" in answer.output and f"tia-hub {' '.join(words)} " in answer.output, answer.output

"""A private PostgreSQL and a private Valkey, started for real."""

import os
import shutil
import stat
from pathlib import Path

import psycopg
import pytest
import redis
from kombu import Connection
from sqlalchemy import create_engine, text

from tia_hub.demo import postgres as launcher
from tia_hub.demo.postgres import EmbeddedPostgres
from tia_hub.demo.processes import CannotStartError, socket_folder
from tia_hub.demo.valkey import EmbeddedValkey

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user starts PostgreSQL as itself")


def keep_a_word(postgres):
    with psycopg.connect(postgres.superuser_dsn()) as connection:
        connection.execute("CREATE TABLE word (word text)")
        connection.execute("INSERT INTO word VALUES ('tŷ')")


def kept_words(postgres):
    with psycopg.connect(postgres.superuser_dsn()) as connection:
        return [word for (word,) in connection.execute("SELECT word FROM word")]


def test_what_was_committed_is_there_after_a_restart_and_after_a_crash(tmp_path: Path):
    with EmbeddedPostgres(tmp_path / "data", tmp_path / "run") as postgres:
        keep_a_word(postgres)
        postgres.restart()
        assert kept_words(postgres) == ["tŷ"]
        postgres.restart("immediate")
        assert kept_words(postgres) == ["tŷ"]
    assert postgres.pid is None
    with EmbeddedPostgres(tmp_path / "data", tmp_path / "run", durable=False) as again:
        assert kept_words(again) == ["tŷ"]


def test_only_its_owner_can_reach_it(tmp_path: Path):
    with EmbeddedPostgres(tmp_path / "with a space", tmp_path / "run too", durable=False) as postgres:
        with create_engine(postgres.superuser_url()).connect() as connection:
            assert connection.scalar(text("SHOW listen_addresses")) == ""
            assert connection.scalar(text("SELECT lower('ÅNGSTRÖM')")) == "ångström"
        assert stat.S_IMODE(postgres.socket_directory.stat().st_mode) == 0o700
        postgres.remove()
    assert list(tmp_path.iterdir()) == []


@ROOT_ONLY
@pytest.mark.parametrize("forbidden", ["AS_NOBODY", "AS_NOBODY_INSIDE"])
def test_root_can_start_it_in_a_folder_that_is_closed_to_others(tmp_path: Path, monkeypatch, forbidden):
    monkeypatch.setattr(launcher, forbidden, ("false",))
    with EmbeddedPostgres(tmp_path / "data", tmp_path / "run", durable=False) as postgres:
        keep_a_word(postgres)
        assert kept_words(postgres) == ["tŷ"]


@ROOT_ONLY
def test_root_without_a_way_is_told_what_to_do(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(launcher, "AS_NOBODY", ("false",))
    monkeypatch.setattr(launcher, "AS_NOBODY_INSIDE", ("false",))
    with pytest.raises(CannotStartError, match="run as an ordinary user with a name, or set DATABASE_URL"):
        EmbeddedPostgres(tmp_path / "data", tmp_path / "run").start()


@pytest.mark.parametrize("name", ["d" * 120, "one, two"])
def test_a_socket_address_that_could_not_be_used_is_made_short(tmp_path: Path, name):
    deep = tmp_path / name
    with EmbeddedPostgres(tmp_path / "data", deep, durable=False) as postgres:
        keep_a_word(postgres)
        assert postgres.socket_directory == socket_folder(deep, ".s.PGSQL.5432.lock")
        postgres.remove()
    with EmbeddedValkey(deep) as valkey:
        assert redis.Redis.from_url(valkey.client_url).ping()
    shutil.rmtree(valkey.socket.parent)


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path):
    (tmp_path / "letters").write_text("dear")
    with pytest.raises(CannotStartError, match="not a database"):
        EmbeddedPostgres(tmp_path, tmp_path / "run").start()
    assert (tmp_path / "letters").read_text() == "dear"


def test_a_server_that_does_not_start_says_why(tmp_path: Path):
    postgres = EmbeddedPostgres(tmp_path / "data", tmp_path / "run", durable=False)
    with postgres:
        pass
    (tmp_path / "data" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(CannotStartError, match="not compatible with this version"):
        postgres.start()
    assert postgres.pid is None


def test_the_broker_evicts_nothing_keeps_nothing_and_comes_back_under_the_same_address(tmp_path: Path):
    with EmbeddedValkey(tmp_path) as valkey:
        client = redis.Redis.from_url(valkey.client_url)
        settings = client.config_get("*")
        assert (settings["port"], settings["maxmemory-policy"], settings["save"]) == ("0", "noeviction", "")
        client.set("queued", 1)
        valkey.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        valkey.start()
        assert client.get("queued") is None
        with Connection(valkey.url) as connection:
            assert connection.connect()

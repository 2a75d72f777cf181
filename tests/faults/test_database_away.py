"""A database that is away, slow or held: a page that says so, nothing half done, and recovery by itself."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.client import StrictClient
from tests.faults.broken import Broken, within
from tests.faults.workers import ask
from tia_hub.app import create_app
from tia_hub.core.db import db

TYPED = "Words that took an hour to find"
AT_ONCE = 8


def team_form(broken: Broken, client: StrictClient) -> dict[str, Any]:
    """The form of a new team as it stands on its page."""
    page = client.get(f"{broken.teams}/new")
    assert page.status_code == 200
    with client.session_transaction() as session:
        assert session["csrf_token"]
    marker = 'name="csrf_token" value="'
    return {"csrf_token": page.text.split(marker)[1].split('"')[0], "parent": "", "remit": ""}


def assert_away(answer: TestResponse) -> None:
    """The page of a service that comes back by itself."""
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.mimetype == "text/html"
    assert "the service is away for a moment" in answer.text


def works(broken: Broken) -> bool:
    return broken.be(broken.cast.ours.lead).get(broken.teams).status_code == 200


def all_at_once(broken: Broken) -> list[int]:
    """The answers to as many requests at once as the pool has connections, and more."""
    clients = [broken.be(broken.cast.ours.lead) for _ in range(AT_ONCE * 2)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda client: client.get(broken.teams).status_code, clients))


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_pages_say_that_the_database_is_away_keep_what_was_typed_and_come_back(broken: Broken, mode: Any) -> None:
    client = broken.be(broken.cast.ours.lead)
    form = team_form(broken, client)
    all_at_once(broken)
    broken.services.postgres.stop(mode)
    try:
        for path in (broken.teams, "/places", "/account"):
            assert_away(client.get(path))
        assert client.get("/framework/").status_code in (200, 503)
        assert_away(broken.app.test_client().get(f"/invitation/{'x' * 43}"))
        posted = client.post(f"{broken.teams}/new", data=form | {"name": "Night team", "remit": TYPED})
        assert_away(posted)
        assert TYPED in posted.text
        assert "Night team" in posted.text
        assert form["csrf_token"] not in posted.text
        part = client.post(f"{broken.teams}/new", data=form | {"remit": TYPED}, headers={"HX-Request": "true"})
        assert_away(part)
        assert TYPED in part.text
        assert "<main" not in part.text
    finally:
        broken.services.postgres.start()
    within(10, lambda: works(broken), "the pages are back")
    assert set(all_at_once(broken)) == {200}, "no connection of before is left in the pool"
    assert client.post(f"{broken.teams}/new", data=form | {"name": f"After {mode}"}).status_code == 303
    assert broken.count_teams("Night team") == 0


def test_signing_in_while_the_database_is_away_says_so(broken: Broken) -> None:
    client = broken.app.test_client()
    client.get("/sign-in")
    broken.services.postgres.stop("immediate")
    try:
        answer = client.post("/sign-in", data={"email": "robin@example.org", "password": "three calm harbours"})
        assert_away(answer)
        assert "three calm harbours" not in answer.text
    finally:
        broken.services.postgres.start()
    within(10, lambda: works(broken), "the pages are back")


def test_what_was_answered_as_saved_is_there_after_a_crash(broken: Broken) -> None:
    """Four people save without pause while PostgreSQL crashes under them."""
    saved: list[str] = []
    statuses = set[int]()
    stop = threading.Event()

    def write(number: int) -> None:
        client = broken.be(broken.cast.ours.lead)
        form = team_form(broken, client)
        for count in range(10_000):
            if stop.is_set():
                return
            name = f"Crash {number} {count}"
            status = client.post(f"{broken.teams}/new", data=form | {"name": name}).status_code
            statuses.add(status)
            if status == 303:
                saved.append(name)

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, number) for number in range(4)]
        try:
            within(30, lambda: len(saved) >= 20, "they save")
            broken.services.postgres.stop("immediate")
            within(30, lambda: 503 in statuses, "they are told that it is away")
            broken.services.postgres.start()
            before = len(saved)
            within(10, lambda: len(saved) >= before + 8, "they save again")
        finally:
            stop.set()
            if broken.services.postgres.pid is None:
                broken.services.postgres.start()
        for writer in writers:
            writer.result()
    assert statuses <= {303, 503}
    with broken.superuser.connect() as connection:
        there = connection.execute(text("SELECT name FROM team WHERE name LIKE 'Crash %'")).scalars().all()
        told = connection.execute(text("SELECT count(*) FROM trail_event WHERE words LIKE '%Crash %'")).scalar_one()
    assert len(there) == len(set(there)), "nothing twice"
    assert not set(saved) - set(there), "everything that was answered as saved"
    assert told == len(there), "each with its line in the trail: nothing by halves"


@contextmanager
def held(broken: Broken, table: str) -> Iterator[None]:
    """Another session holds a table for itself."""
    with broken.superuser.connect() as holder:
        holder.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        yield
        holder.rollback()


def test_a_page_that_waits_for_a_lock_gives_up_in_good_time(broken: Broken) -> None:
    client = broken.be(broken.cast.ours.lead)
    with held(broken, "team"):
        began = time.monotonic()
        assert_away(client.get(broken.teams))
        assert time.monotonic() - began < 6
        assert client.get("/account").status_code == 200, "others go on meanwhile"
    assert client.get(broken.teams).status_code == 200


def test_a_session_that_is_ended_in_the_middle_of_a_change_leaves_nothing_of_it(broken: Broken) -> None:
    client = broken.be(broken.cast.ours.lead)
    form = team_form(broken, client)
    waiting = "SELECT pid FROM pg_stat_activity WHERE application_name = 'tia-hub' AND wait_event_type = 'Lock'"
    with held(broken, "trail_event"), ThreadPoolExecutor(1) as pool:
        posted = pool.submit(client.post, f"{broken.teams}/new", data=form | {"name": "Half a team"})
        within(4, lambda: ask(broken.superuser, waiting) is not None, "the change waits for its line in the trail")
        ask(broken.superuser, f"SELECT pg_terminate_backend(pid) FROM ({waiting}) AS waiting")
        assert_away(posted.result())
    assert broken.count_teams("Half a team") == 0
    assert set(all_at_once(broken)) == {200}
    assert client.post(f"{broken.teams}/new", data=form | {"name": "Half a team"}).status_code == 303
    assert broken.count_teams("Half a team") == 1


def test_when_every_connection_is_taken_the_next_one_is_told_to_come_back(broken: Broken) -> None:
    app = create_app(broken.services.settings.model_copy(update={"database_pool": 2}))
    app.test_client_class = StrictClient
    client = broken.be(broken.cast.ours.lead, app)
    assert client.get(broken.teams).status_code == 200
    with app.app_context():
        engine = db.engine
    with engine.connect(), engine.connect():
        began = time.monotonic()
        assert_away(client.get(broken.teams))
        assert time.monotonic() - began < 8
    assert client.get(broken.teams).status_code == 200
    engine.dispose()

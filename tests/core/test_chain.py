"""The chain of the trail: whatever somebody with all rights does to it is found, and the first broken event is named."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from tests.factories.tenants import Tenant, make_organisation, make_region
from tests.services import Services
from tia_hub.cli import main
from tia_hub.core.chain import Checked, Link, check_chain, get_head
from tia_hub.core.clock import now
from tia_hub.core.scope import Actor, TrailScope, transaction
from tia_hub.core.trail import record, shorten_trail

pytestmark = pytest.mark.usefixtures("context")

ODD = 'Quoted “words”, a "straight" one, a \\ and a \t tab, ŵ, 🙂 and \x7f'


@pytest.fixture
def tenant(owner_engine: Engine) -> Tenant:
    """An organisation whose trail has seven events."""
    tenant = make_organisation(make_region(owner_engine))
    for number in range(1, 8):
        scope = tenant.scope()
        scope.actor = Actor(name="Lena Lead", address="192.0.2.1")
        with transaction(scope):
            record(scope, "test.noted", ODD if number == 4 else f"Event {number}")
    return tenant


def check(tenant: Tenant, *, newest: int | None = None, known: tuple[Link, ...] = ()) -> Checked:
    with transaction(tenant.scope(), read_only=True) as scope:
        return check_chain(scope, tenant.id, newest=newest, known=known)


@contextmanager
def all_rights(engine: Engine) -> Iterator[Connection]:
    """A superuser who has triggers and policies out of the way."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection


def test_a_chain_that_nobody_touched_is_whole(tenant: Tenant) -> None:
    checked = check(tenant)
    assert checked.whole
    assert (checked.events, checked.first, checked.last, checked.head.number) == (7, 1, 7, 7)
    part = check(tenant, newest=3)
    assert part.whole
    assert (part.events, part.first, part.last) == (3, 5, 7)


ONE = "UPDATE trail_event SET {} WHERE home_id = :home AND number = 3"
TAMPERED = {
    "words": (ONE.format("words = 'Event 3!'"), 3),
    "the words of the last": ("UPDATE trail_event SET words = 'x' WHERE home_id = :home AND number = 7", 7),
    "who did it": (ONE.format("actor_name = 'Somebody else'"), 3),
    "where from": (ONE.format("address = NULL"), 3),
    "who, by identifier": (ONE.format("actor_id = gen_random_uuid()"), 3),
    "when": (ONE.format("created_at = created_at - interval '1 microsecond'"), 3),
    "which thing": (ONE.format("target_id = gen_random_uuid()"), 3),
    "what": (ONE.format("action = 'test.other'"), 3),
    "an erasure that was none": (ONE.format("words = 'x', erased_by = gen_random_uuid()"), 3),
    "a seal": (ONE.format("seal = sha256('x')"), 3),
    "a hash": (ONE.format("hash = sha256('x')"), 3),
    "no salt": (ONE.format("salt = NULL"), 3),
    "one from the middle": ("DELETE FROM trail_event WHERE home_id = :home AND number = 4", 4),
    "the first": ("DELETE FROM trail_event WHERE home_id = :home AND number = 1", 1),
    "the end": ("DELETE FROM trail_event WHERE home_id = :home AND number > 5", 6),
    "all": ("DELETE FROM trail_event WHERE home_id = :home", 1),
    "the head": ("DELETE FROM trail_head WHERE home_id = :home", 7),
    "an event of one's own": (
        "INSERT INTO trail_event (id, home_kind, home_id, actor_name, action, words) "
        "VALUES (gen_random_uuid(), 'organisation', :home, 'x', 'x', 'x')",
        8,
    ),
    "the beginning, as if by a rule": (
        "WITH gone AS (DELETE FROM trail_event WHERE home_id = :home AND number <= 2 RETURNING number, hash) "
        "UPDATE trail_head SET start_number = 2, start_hash = (SELECT hash FROM gone WHERE number = 2) WHERE home_id = :home",
        1,
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_somebody_with_all_rights_changes_is_found(tenant: Tenant, superuser_engine: Engine, what: str) -> None:
    statement, broken = TAMPERED[what]
    with all_rights(superuser_engine) as connection:
        connection.execute(text(statement), {"home": tenant.id})
    fault = check(tenant).fault
    assert fault is not None
    assert fault.number == broken


def test_two_events_that_changed_places_are_found(tenant: Tenant, superuser_engine: Engine) -> None:
    with all_rights(superuser_engine) as connection:
        for statement in ("number = -1 WHERE number = 3", "number = 3 WHERE number = 5", "number = 5 WHERE number = -1"):
            connection.execute(text(f"UPDATE trail_event SET {statement} AND home_id = :home"), {"home": tenant.id})
    fault = check(tenant).fault
    assert fault is not None
    assert fault.number == 3


def test_an_end_that_was_cut_with_its_head_is_found_by_what_was_shown_before(tenant: Tenant, superuser_engine: Engine) -> None:
    with transaction(tenant.scope(), read_only=True) as scope:
        shown = get_head(scope, tenant.id)
    assert check(tenant, known=(shown,)).whole
    with all_rights(superuser_engine) as connection:
        connection.execute(text("DELETE FROM trail_event WHERE home_id = :home AND number > 5"), {"home": tenant.id})
        connection.execute(
            text(
                "UPDATE trail_head h SET number = 5, "
                "hash = (SELECT hash FROM trail_event e WHERE e.home_id = h.home_id AND e.number = 5) WHERE home_id = :home"
            ),
            {"home": tenant.id},
        )
    assert check(tenant).whole, "nothing in the database can tell"
    fault = check(tenant, known=(shown,)).fault
    assert fault is not None
    assert fault.number == 7


def test_many_at_once_make_one_chain_without_a_gap(app: Flask, owner_engine: Engine) -> None:
    """Each transaction writes two events; one in four is rolled back."""
    tenant = make_organisation(make_region(owner_engine))

    def write(number: int) -> None:
        with app.app_context(), transaction(tenant.scope()) as scope:
            record(scope, "test.noted", f"First of {number}")
            record(scope, "test.noted", f"Second of {number}")
            scope.session.flush()
            if number % 4 == 0:
                scope.session.rollback()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(40)))
    checked = check(tenant)
    assert checked.whole
    assert checked.events == checked.head.number == 60


def test_a_long_transaction_holds_nobody_up(tenant: Tenant) -> None:
    with transaction(tenant.scope()) as slow:
        record(slow, "test.noted", "Written first, done last")
        slow.session.flush()
        with transaction(tenant.scope()) as quick:
            record(quick, "test.noted", "Written and done meanwhile")
    checked = check(tenant)
    assert checked.whole
    assert checked.events == 9


def test_the_operator_checks_all_of_them_without_belonging_anywhere(tenant: Tenant, owner_engine: Engine) -> None:
    with transaction(TrailScope(), read_only=True, engine=owner_engine) as scope:
        assert check_chain(scope, tenant.id).whole


def run(*arguments: str, services: Services) -> Result:
    return CliRunner().invoke(main, ["trail", *arguments], env=services.environment)


def test_the_command_says_what_is_whole_and_what_is_broken(
    tenant: Tenant, services: Services, superuser_engine: Engine, tmp_path: Path
) -> None:
    kept = tmp_path / "heads.csv"
    kept.write_text(run("heads", services=services).output)
    assert f"{tenant.id},7," in kept.read_text()
    whole = run("verify", "--home", str(tenant.id), "--known", str(kept), services=services)
    assert (whole.exit_code, whole.output) == (0, "7 events in 1 chains, 0 of them broken.\n")
    with all_rights(superuser_engine) as connection:
        connection.execute(text("DELETE FROM trail_event WHERE home_id = :home"), {"home": tenant.id})
        connection.execute(text("DELETE FROM trail_head WHERE home_id = :home"), {"home": tenant.id})
    assert run("verify", "--home", str(tenant.id), services=services).exit_code == 0, "a chain that is gone tells nothing"
    gone = run("verify", "--home", str(tenant.id), "--known", str(kept), services=services)
    assert gone.exit_code == 1
    assert f"{tenant.id}: broken at event 7: it was shown or exported before, and is missing" in gone.output
    kept.write_text("Name,Age\nRobin,7\n")
    assert run("verify", "--known", str(kept), services=services).exit_code == 2


def age(tenant: Tenant, *days: int) -> None:
    """Events that were written some days ago, one a transaction."""
    for number in days:
        with transaction(tenant.scope()) as scope:
            record(scope, "test.noted", f"Event of {number} days ago")
            for event in scope.session.new:
                event.created_at = now() - timedelta(days=number)


def shorten(tenant: Tenant, days: int) -> int:
    with transaction(tenant.scope()) as scope:
        return shorten_trail(scope, before=now() - timedelta(days=days))


def test_the_rule_takes_the_oldest_events_and_the_chain_still_holds(owner_engine: Engine, superuser_engine: Engine) -> None:
    tenant = make_organisation(make_region(owner_engine))
    age(tenant, 800, 500, 400, 30)
    with transaction(tenant.scope(), read_only=True) as scope:
        shown = get_head(scope, tenant.id)
    assert shorten(tenant, 450) == 2
    checked = check(tenant, known=(shown,))
    assert checked.whole
    assert (checked.events, checked.first, checked.removed) == (3, 3, 2)
    assert shorten(tenant, 450) == 0, "nothing more to take"
    with pytest.raises(DBAPIError, match="events of the last year stay"):
        shorten(tenant, 300)
    with all_rights(superuser_engine) as connection:
        connection.execute(text("DELETE FROM trail_event WHERE home_id = :home AND number = 3"), {"home": tenant.id})
    fault = check(tenant).fault
    assert fault is not None
    assert fault.number == 3


def test_where_all_is_old_the_event_that_says_so_remains(owner_engine: Engine) -> None:
    tenant = make_organisation(make_region(owner_engine))
    age(tenant, 800, 500)
    assert shorten(tenant, 400) == 2
    checked = check(tenant)
    assert checked.whole
    assert (checked.events, checked.removed) == (1, 2)

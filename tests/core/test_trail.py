"""The trail beneath its pages: who may write and read it, and that it is only added to."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from tests.cast import Cast
from tests.factories.tenants import make_person
from tia_hub.core.scope import Actor, IdentityScope, transaction
from tia_hub.core.trail import STRANGER, list_own_events, record, record_for_person

pytestmark = pytest.mark.usefixtures("context")

APPLICATION = ("tia_app", "tia_partnership", "tia_provider", "tia_identity", "tia_dispatch", "tia_backup")


def test_what_happened_to_an_account_is_read_by_its_owner_alone(app: Flask) -> None:
    robin, alex = make_person("Robin Ash"), make_person("Alex Reed")
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.7"}), transaction(IdentityScope()) as scope:
        record_for_person(scope, robin.id, "account.wrong_password", "A wrong password was tried")
    with transaction(IdentityScope(person_key=robin.key)) as scope:
        record_for_person(
            scope, robin.id, "account.password_changed", "Changed the password", by=Actor(person_id=robin.id, name=robin.name)
        )
    with transaction(IdentityScope(person_key=robin.key), read_only=True) as scope:
        changed, tried = list_own_events(scope, robin.id)
        assert (changed.number, changed.words, changed.actor_name) == (2, "Changed the password", "Robin Ash")
        assert (tried.number, tried.actor_name, tried.address) == (1, STRANGER, "192.0.2.7")
        assert list_own_events(scope, alex.id) == []
    with transaction(IdentityScope(person_key=alex.key), read_only=True) as scope:
        assert list_own_events(scope, robin.id) == []
    with transaction(IdentityScope(person_key=""), read_only=True) as scope:
        assert list_own_events(scope, robin.id) == []


def test_signing_in_writes_on_no_trail_of_a_place(cast: Cast) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), transaction(IdentityScope()) as scope:
        record_for_person(scope, cast.ours.tenant.id, "account.odd", "Something odd")


@pytest.mark.parametrize("role", APPLICATION)
@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE trail_event SET words = 'nothing happened'",
        "UPDATE trail_event SET hash = NULL",
        "DELETE FROM trail_event",
        "TRUNCATE trail_event",
        "UPDATE trail_head SET number = 0",
        "DELETE FROM trail_head",
        "INSERT INTO trail_event (id, home_kind, home_id, actor_name, action, words, number) "
        "VALUES (gen_random_uuid(), 'organisation', gen_random_uuid(), 'x', 'x', 'x', 1)",
        "SELECT trail_link(gen_random_uuid())",
    ],
)
def test_no_role_of_the_application_changes_or_removes_what_is_written(
    superuser_engine: Engine, role: str, attempt: str
) -> None:
    with superuser_engine.connect() as connection:
        connection.execute(text(f"SET ROLE {role}"))
        connection.execute(text("SET TRANSACTION READ WRITE"))
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(attempt))


def test_the_owner_of_the_tables_sees_no_event_to_change(superuser_engine: Engine, cast: Cast) -> None:
    with transaction(cast.ours.tenant.scope()) as scope:
        record(scope, "test.noted", "Something")
    with superuser_engine.connect() as connection:
        connection.execute(text("SET ROLE tia_owner"))
        assert connection.execute(text("SELECT count(*) FROM trail_event")).scalar_one() == 0
        for attempt in ("UPDATE trail_event SET words = 'nothing happened'", "DELETE FROM trail_event"):
            assert connection.execute(text(attempt)).rowcount == 0

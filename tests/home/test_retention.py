"""How long things are kept: what is overdue goes at night, what no rule names stays, and leads see beforehand what will go."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.reports import run_jobs
from tests.factories.tenants import Tenant
from tests.factories.training import make_agreed, make_draft
from tia_hub.core.chain import check_chain
from tia_hub.core.clock import now
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.mail.services import post, post_to_person
from tia_hub.core.retention import Rule, period_words
from tia_hub.core.schedules.services import run_due_schedules
from tia_hub.core.scope import Actor, IdentityScope, InstallationScope, transaction
from tia_hub.core.trail import record, record_for_person
from tia_hub.home.retention import RULES
from tia_hub.home.services.copying import ask_for_copy
from tia_hub.home.services.retention import apply_rules, choose_period, keep_nightly_work, look_ahead
from tia_hub.tenants.services.invitations import invite_member
from tia_hub.tenants.services.people import end_membership
from tia_hub.tenants.types.roles import Role

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def age(superuser_engine: Engine) -> Callable[..., None]:
    """Makes rows older: all instants of a table's rows are moved back by some days."""

    def older(table: str, days: int, where: str, *columns: str, **values: object) -> None:
        moved = ", ".join(f"{column} = {column} - make_interval(days => {days})" for column in columns)
        with superuser_engine.begin() as connection:
            assert connection.execute(text(f"UPDATE {table} SET {moved} WHERE {where}"), values).rowcount

    return older


def count(engine: Engine, query: str, **values: object) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {query}"), values).scalar_one())


def due(tenant: Tenant) -> dict[str, int]:
    with transaction(tenant.scope(), read_only=True) as scope:
        return {each.rule.kind: each.count for each in look_ahead(scope)}


def take(tenant: Tenant) -> dict[str, int]:
    with transaction(tenant.scope()) as scope:
        return apply_rules(scope)


def invite(tenant: Tenant, email: str) -> UUID:
    with transaction(tenant.scope()) as scope:
        return invite_member(scope, email=email, name="New Comer", role=Role.STAFF)


def test_closed_invitations_go_after_90_days_and_the_trail_says_how_many(cast: Cast, age, superuser_engine: Engine) -> None:
    tenant = cast.ours.tenant
    old, young = invite(tenant, "old@example.org"), invite(tenant, "young@example.org")
    age("invitation", 98, "id = :id", "expires_at", id=old)
    age("invitation", 96, "id = :id", "expires_at", id=young)
    assert due(tenant)["invitations"] == 1
    assert take(tenant)["invitations"] == 1
    assert count(superuser_engine, "invitation WHERE id IN (:old, :young)", old=old, young=young) == 1
    said = "trail_event WHERE home_id = :home AND action = 'retention.applied' AND words LIKE '%are too old: 1'"
    assert count(superuser_engine, said, home=tenant.id) == 1
    assert take(tenant)["invitations"] == 0
    assert count(superuser_engine, said, home=tenant.id) == 1, "nothing taken, nothing said"


def test_what_leavers_wrote_goes_after_a_year_and_what_others_wrote_stays(cast: Cast, age, superuser_engine: Engine) -> None:
    ours = cast.ours
    make_agreed(ours.tenant, ours.staff, ours.manager)
    make_draft(ours.tenant, ours.colleague)
    with transaction(ours.tenant.scope(ours.lead)) as scope:
        assert ours.staff.membership_id
        end_membership(scope, ours.staff.membership_id)
    assert due(ours.tenant)["leavers_forms"] == 0
    age("membership", 366, "id = :id", "ended_at", id=ours.staff.membership_id)
    forms = "{} WHERE organisation_id = :home"
    assert due(ours.tenant)["leavers_forms"] == 1
    assert take(ours.tenant)["leavers_forms"] == 1
    left = {
        table: count(superuser_engine, forms.format(table), home=ours.tenant.id)
        for table in ("self_assessment", "agreed_form", "training_figure")
    }
    assert left == {"self_assessment": 1, "agreed_form": 0, "training_figure": 0}
    assert due(ours.tenant)["leavers_forms"] == 0, "each leaver is looked after once"


def test_an_organisation_chooses_within_bounds(cast: Cast, age, as_) -> None:
    tenant = cast.ours.tenant
    old = invite(tenant, "old@example.org")
    age("invitation", 60, "id = :id", "expires_at", id=old)
    assert due(tenant)["invitations"] == 0
    client, path = as_(cast.ours.lead), f"/o/{tenant.slug}/retention"
    change = f"{path}/invitations"
    refused = client.submit(change, {"days": "7"})
    assert refused.status_code == 422
    assert 'value="7"' in refused.text
    assert "between 30 and 365" in refused.text
    assert client.submit(change, {"days": "30"}).location == path
    assert due(tenant)["invitations"] == 1
    shown = client.get(path).text
    assert "30 days" in shown
    assert client.get(f"{path}/sign_in_tries").status_code == 404
    assert as_(cast.ours.manager).get(path).status_code == 403
    assert "invitations" in str(due(cast.theirs.tenant)), "another organisation has its own"
    trail = client.get(f"/o/{tenant.slug}/trail").text
    assert "will be kept for 30 days" in trail


def test_the_trail_is_kept_for_six_years_and_its_chain_holds(cast: Cast) -> None:
    tenant = cast.ours.tenant
    for years in (8, 7, 5):
        with transaction(tenant.scope()) as scope:
            record(scope, "test.noted", f"{years} years ago")
            for event in scope.session.new:
                event.created_at = now() - timedelta(days=365 * years)
    assert due(tenant)["trail"] == 2
    assert take(tenant)["trail"] == 2
    with transaction(tenant.scope(), read_only=True) as scope:
        checked = check_chain(scope, tenant.id)
    assert checked.whole
    assert checked.removed == 2
    with pytest.raises(Exception, match="between 1 year and 10 years"), transaction(tenant.scope()) as scope:
        choose_period(scope, "trail", 30)


def test_the_installations_own_records_go_each_after_its_time(
    app: Flask, cast: Cast, age, superuser_engine: Engine, empty_queue: None
) -> None:
    person, tenant = cast.ours.staff, cast.ours.tenant
    with transaction(IdentityScope(person_key=person.key)) as scope:
        record_for_person(scope, person.id, "account.signed_in", "Signed in")
        for event in scope.session.new:
            event.created_at = now() - timedelta(days=370)
    with transaction(IdentityScope()) as scope:
        for minutes in (1, 2):
            post_to_person(scope, person_id=person.id, to=person.email, subject=f"{minutes}", bodies=("x", "x"), purpose="test")
        scope.session.execute(
            text(
                "INSERT INTO sign_in_try (id, subject, address) "
                "SELECT gen_random_uuid(), 'aged', 'x' FROM generate_series(1, 2)"
            )
        )
        scope.session.execute(
            text("INSERT INTO ended_session (session_key, ended_at) VALUES (:key, now() - interval '2 days')"),
            {"key": str(person.id)},
        )
    with transaction(tenant.scope()) as scope:
        post(scope, to=person.email, subject="Failed", template="test", context={"name": "x"})
        enqueue(scope, JobName.PUBLISH_FIGURES, key="a", payload={"name": "somebody"})
        enqueue(scope, JobName.PUBLISH_FIGURES, key="b", payload={"name": "somebody"})
        enqueue(scope, JobName.PUBLISH_FIGURES, key="c", payload={"name": "somebody"})
    with superuser_engine.begin() as connection:
        for statement in (
            "UPDATE email SET state = 'sent', created_at = now() - interval '366 days' WHERE subject = '1'",
            "UPDATE email SET state = 'failed', created_at = now() - interval '31 days' WHERE subject = 'Failed'",
            "UPDATE sign_in_try SET created_at = now() - interval '25 hours' WHERE id IN "
            "(SELECT id FROM sign_in_try WHERE subject = 'aged' LIMIT 1)",
            "UPDATE job SET state = 'done', finished_at = now() - interval '31 days' WHERE key = 'a'",
            "UPDATE job SET state = 'failed', finished_at = now() - interval '31 days', error = 'x' WHERE key = 'b'",
        ):
            assert connection.execute(text(statement)).rowcount == 1
    with app.test_request_context():
        keep_nightly_work()
        keep_nightly_work()
    with superuser_engine.begin() as connection:
        assert connection.execute(text("UPDATE schedule SET next_at = now()")).rowcount == 1
    assert run_due_schedules() == 1
    assert run_jobs(superuser_engine, JobName.APPLY_RETENTION) == 1
    left = {
        "old sent mail": "email WHERE subject = '1'",
        "young mail": "email WHERE subject = '2' AND text_body = 'x'",
        "failed mail": "email WHERE subject = 'Failed' AND text_body = '' AND html_body = ''",
        "tries": "sign_in_try WHERE subject = 'aged'",
        "old done job": "job WHERE key = 'a'",
        "old failed job": "job WHERE key = 'b' AND payload = '{}' AND error NOT LIKE '%x%'",
        "waiting job": "job WHERE key = 'c' AND payload <> '{}'",
        "places to look after": "job WHERE name = 'apply_retention_here' "
        "AND home_id IN (:organisation, :partnership, :provider)",
    }
    places = {"organisation": tenant.id, "partnership": cast.region.id, "provider": cast.trainer.id}
    found = {
        what: count(superuser_engine, query, **(places if ":organisation" in query else {})) for what, query in left.items()
    }
    assert found == {
        "old sent mail": 0,
        "young mail": 1,
        "failed mail": 1,
        "tries": 1,
        "old done job": 0,
        "old failed job": 1,
        "waiting job": 1,
        "places to look after": 3,
    }
    assert count(superuser_engine, "ended_session WHERE session_key = :key", key=str(person.id)) == 0
    events = "trail_event WHERE home_id = :home AND action = 'account.signed_in'"
    assert count(superuser_engine, events, home=person.id) == 0
    said = "trail_event WHERE home_kind = 'installation' AND action = 'retention.applied'"
    assert count(superuser_engine, said) >= 1


def test_a_copy_is_kept_for_a_week(cast: Cast, age, superuser_engine: Engine, empty_queue: None) -> None:
    person = cast.ours.staff
    with transaction(IdentityScope(person_key=person.key, actor=Actor(person_id=person.id, name=person.name))) as scope:
        ask_for_copy(scope)
    assert run_jobs(superuser_engine, JobName.COPY_PERSONAL_DATA) == 1
    age("personal_copy", 6, "person_id = :id", "made_at", id=person.id)
    for rows in (1, 0):
        with transaction(InstallationScope()) as scope:
            apply_rules(scope)
        assert count(superuser_engine, "personal_copy WHERE person_id = :id", id=person.id) == rows
        if rows:
            age("personal_copy", 2, "person_id = :id", "made_at", id=person.id)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind)
def test_every_rule_says_what_and_why_and_keeps_to_its_bounds(rule: Rule) -> None:
    assert rule.words and rule.why.endswith(".")
    if rule.bounds:
        assert rule.bounds[0] <= rule.days <= rule.bounds[1]


def test_periods_are_said_as_people_say_them() -> None:
    assert [period_words(days) for days in (1, 30, 365, 730, 1000)] == ["1 day", "30 days", "1 year", "2 years", "1,000 days"]

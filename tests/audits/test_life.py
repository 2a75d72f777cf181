"""The life of an audit, below the pages: begun, saved, submitted, shared, withdrawn, reopened; each once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.audits import fill_audit, make_audit, make_shared_audit, rated
from tests.factories.tenants import make_team
from tia_hub.audits.queries import get_audit, list_audits, list_entries, list_shared_audits
from tia_hub.audits.services.audits import reopen_audit, share_audit, start_audit, submit_audit, withdraw_audit
from tia_hub.audits.types import Rating
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.scope import transaction
from tia_hub.core.trail import list_events
from tia_hub.framework.loader import current_edition

pytestmark = pytest.mark.usefixtures("context")


def test_an_audit_begins_with_every_criterion_unrated(cast: Cast) -> None:
    audit_id = make_audit(cast.ours.tenant)
    with transaction(cast.ours.tenant.scope()) as scope:
        entries = list_entries(scope, audit_id)
        edition = current_edition()
        assert entries.keys() == {
            *(criterion.code for criterion in edition.criteria),
            *(principle.code for principle in edition.principles),
            "overall",
        }
        assert {entry.rated for entry in entries.values()} == {None}
        assert get_audit(scope, audit_id).edition == edition.code


def test_a_scope_has_one_audit_in_progress_whoever_starts_it_however_often(app: Flask, cast: Cast) -> None:
    tenant, barrier = cast.ours.tenant, Barrier(8)

    def start(_: int) -> tuple[object, bool]:
        with app.app_context():
            barrier.wait()
            with transaction(tenant.scope()) as scope:
                return start_audit(scope, title="Once", started_on=date(2027, 3, 9))

    with ThreadPoolExecutor(8) as pool:
        started = list(pool.map(start, range(8)))
    assert len({audit_id for audit_id, _ in started}) == 1
    assert sorted(new for _, new in started) == [False] * 7 + [True]


def test_each_team_has_an_audit_of_its_own_beside_the_organisations(cast: Cast) -> None:
    tenant = cast.ours.tenant
    team = make_team(tenant, "Night shelter")
    assert make_audit(tenant) != make_audit(tenant, team_id=team, team_name="Night shelter")
    with transaction(tenant.scope()) as scope:
        assert {audit.team_name for audit in list_audits(scope)} == {None, "Night shelter"}


def test_another_organisations_audit_does_not_exist(cast: Cast) -> None:
    audit_id = make_audit(cast.theirs.tenant)
    with transaction(cast.ours.tenant.scope()) as scope:
        with pytest.raises(NotFound):
            get_audit(scope, audit_id)
        for act in (submit_audit, share_audit, withdraw_audit):
            with pytest.raises(NotFound):
                act(scope, audit_id=audit_id)
        assert list_entries(scope, audit_id) == {}


def test_what_is_shared_is_the_ratings_of_submitted_audits(cast: Cast) -> None:
    tenant = cast.ours.tenant
    make_audit(tenant, entries=rated(green=5))
    team = make_team(tenant, "Alpha team")
    audit_id = make_shared_audit(
        tenant,
        team_id=team,
        team_name="Alpha team",
        entries={
            **rated(green=2, red=1),
            "safety.4": {"rating": "not_applicable", "reason": "We have no building"},
            "safety.5": {"rating": "not_applicable"},
            "safety": {"journey": "A private summary"},
        },
    )
    with transaction(tenant.scope()) as scope:
        (shared,) = list_shared_audits(scope)
    assert (shared.audit_id, shared.scope_kind, shared.team_name) == (audit_id, "team", "Alpha team")
    assert list(shared.ratings) == [criterion.code for criterion in current_edition().criteria]
    first = [shared.ratings[f"safety.{number}"] for number in range(1, 7)]
    assert first == [Rating.GREEN, Rating.GREEN, Rating.RED, Rating.NOT_APPLICABLE, None, None]
    assert "private" not in repr(shared)


def test_shared_audits_come_newest_first_within_their_scope(cast: Cast) -> None:
    tenant = cast.ours.tenant
    team = make_team(tenant, "Alpha team")
    of_team = make_shared_audit(tenant, team_id=team, team_name="Alpha team")
    first, second = make_shared_audit(tenant), make_shared_audit(tenant)
    with transaction(tenant.scope()) as scope:
        assert [shared.audit_id for shared in list_shared_audits(scope)] == [second, first, of_team]


def test_an_audit_is_submitted_once_however_often_it_is_sent(app: Flask, cast: Cast) -> None:
    tenant, barrier = cast.ours.tenant, Barrier(6)
    audit_id = make_audit(tenant, entries=rated(green=1))

    def submit(_: int) -> bool:
        with app.app_context():
            barrier.wait()
            with transaction(tenant.scope()) as scope:
                return submit_audit(scope, audit_id=audit_id)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(submit, range(6))) == [False] * 5 + [True]
    with transaction(tenant.scope()) as scope:
        assert [event.action for event in list_events(scope)].count("audit.submitted") == 1


def test_sharing_comes_after_submitting(cast: Cast) -> None:
    audit_id = make_audit(cast.ours.tenant)
    with transaction(cast.ours.tenant.scope()) as scope, pytest.raises(Refused, match="still in progress"):
        share_audit(scope, audit_id=audit_id)


def test_withdrawing_and_reopening_take_it_from_the_coordinator(cast: Cast) -> None:
    tenant = cast.ours.tenant
    audit_id = make_shared_audit(tenant)
    with transaction(tenant.scope()) as scope:
        assert withdraw_audit(scope, audit_id=audit_id)
        assert not withdraw_audit(scope, audit_id=audit_id)
        assert list_shared_audits(scope) == []
        assert share_audit(scope, audit_id=audit_id)
        assert not share_audit(scope, audit_id=audit_id)
    with transaction(tenant.scope()) as scope:
        assert reopen_audit(scope, audit_id=audit_id, reason="Night staff were left out")
        assert not reopen_audit(scope, audit_id=audit_id, reason="again")
        assert list_shared_audits(scope) == []
    with transaction(tenant.scope()) as scope:
        submit_audit(scope, audit_id=audit_id)
        assert list_shared_audits(scope) == [], "sharing is an act of its own"


def test_reopening_waits_for_the_audit_that_is_in_progress(cast: Cast) -> None:
    tenant = cast.ours.tenant
    earlier = make_shared_audit(tenant)
    make_audit(tenant)
    with transaction(tenant.scope()) as scope, pytest.raises(Refused, match="in progress"):
        reopen_audit(scope, audit_id=earlier, reason="A mistake")


def test_a_submitted_audit_stays_as_it_is(cast: Cast) -> None:
    audit_id = make_shared_audit(cast.ours.tenant)
    with pytest.raises(Refused, match="was submitted"):
        fill_audit(cast.ours.tenant, audit_id, {"safety.1": {"journey": "Later thoughts"}})


def test_each_change_of_what_the_coordinator_sees_is_on_the_trail_and_published(
    cast: Cast, empty_queue: None, superuser_engine: Engine
) -> None:
    tenant = cast.ours.tenant
    audit_id = make_audit(tenant)

    def queued() -> int:
        with superuser_engine.begin() as connection:
            return connection.execute(
                text("DELETE FROM job WHERE home_id = :home AND name = 'publish_figures' RETURNING id"), {"home": tenant.id}
            ).rowcount

    acts = (
        lambda scope: submit_audit(scope, audit_id=audit_id),
        lambda scope: share_audit(scope, audit_id=audit_id),
        lambda scope: withdraw_audit(scope, audit_id=audit_id),
        lambda scope: reopen_audit(scope, audit_id=audit_id, reason="A reason"),
    )
    assert queued() == 0
    for act in acts:
        with transaction(tenant.scope()) as scope:
            act(scope)
        assert queued() == 1
    with transaction(tenant.scope()) as scope:
        assert {event.action for event in list_events(scope)} == {
            "audit.started",
            "audit.submitted",
            "audit.shared",
            "audit.withdrawn",
            "audit.reopened",
        }

"""The trail: everything that happened in a place, newest first, to those who may read it."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.tenants import Tenant
from tia_hub.core.scope import Actor, transaction
from tia_hub.core.trail import record


def note(tenant: Tenant, *names: str) -> None:
    """Some events of one transaction, which bear one instant."""
    with transaction(tenant.scope()) as scope:
        for name in names:
            record(scope, "test.noted", name)


def walk(client, path: str) -> list[str]:
    """All events' words, page by page."""
    found: list[str] = []
    while path:
        page = client.get(path).text
        found += re.findall(r"Event \d+[a-z]?", page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older[1].replace("&amp;", "&") if older else ""
    return found


def test_it_is_read_page_by_page_and_no_event_is_lost_or_doubled(as_, make, app: Flask, cast: Cast) -> None:
    for number in range(45):
        make(note, cast.ours.tenant, f"Event {number}")
    make(note, cast.ours.tenant, *(f"Event 45{letter}" for letter in "abcdefgh"))
    for number in range(46, 50):
        make(note, cast.ours.tenant, f"Event {number}")
    for number in range(50, 90):
        make(note, cast.ours.tenant, f"Event {number}")
    path = f"/o/{cast.ours.tenant.slug}/trail"
    found = walk(as_(cast.ours.lead), path)
    assert len(found) == len(set(found)) == 97
    assert found[0] == "Event 89"
    assert found[-1] == "Event 0"


def test_it_is_the_leads_and_the_coordinators_alone(as_, make, cast: Cast) -> None:
    make(note, cast.ours.tenant, "Event 1")
    path = f"/o/{cast.ours.tenant.slug}/trail"
    assert "Event 1" in as_(cast.ours.lead).get(path).text
    assert as_(cast.ours.manager).get(path).status_code == 403
    assert as_(cast.theirs.lead).get(path).status_code == 404
    assert "Event 1" not in as_(cast.theirs.lead).get(f"/o/{cast.theirs.tenant.slug}/trail").text
    shown = as_(cast.coordinator).get(f"/p/{cast.region.slug}/trail")
    assert shown.status_code == 200
    assert "Event 1" not in shown.text


@pytest.mark.parametrize("before", ["yesterday", "-1", "1.5", "9" * 400, "٣"])
def test_what_is_no_number_of_an_event_is_not_found(as_, cast: Cast, before: str) -> None:
    assert as_(cast.ours.lead).get(f"/o/{cast.ours.tenant.slug}/trail?before={before}").status_code == 404


def test_before_the_first_event_there_is_nothing_and_a_way_back(as_, make, cast: Cast) -> None:
    make(note, cast.ours.tenant, "Event 1")
    path = f"/o/{cast.ours.tenant.slug}/trail"
    shown = as_(cast.ours.lead).get(f"{path}?before=1")
    assert shown.status_code == 200
    assert "There are no older events" in shown.text
    assert f'href="{path}"' in shown.text


def test_it_is_searched_by_words_name_kind_and_days(as_, app: Flask, cast: Cast) -> None:
    with app.app_context():
        for name, action, words, day in (
            ("Lena Lead", "team.created", "Made the team Event 1", 1),
            ("Lena Lead", "audit.started", "Started 100% of Event 2", 2),
            ("Max Manager", "audit.submitted", "Submitted Event 3", 3),
        ):
            scope = cast.ours.tenant.scope()
            scope.actor = Actor(name=name, address="192.0.2.9")
            with transaction(scope):
                record(scope, action, words)
                for event in scope.session.new:
                    event.created_at = datetime(2026, 3, day, 12, tzinfo=UTC)
    path = f"/o/{cast.ours.tenant.slug}/trail"
    for asked, found in {
        "": ["Event 3", "Event 2", "Event 1"],
        "words=100%25": ["Event 2"],
        "words=started": ["Event 2"],
        "who=lena": ["Event 2", "Event 1"],
        "kind=audit": ["Event 3", "Event 2"],
        "kind=audit&who=max": ["Event 3"],
        "since-day=2&since-month=3&since-year=2026": ["Event 3", "Event 2"],
        "until-day=2&until-month=3&until-year=2026": ["Event 2", "Event 1"],
        "who=nobody": [],
    }.items():
        page = as_(cast.ours.lead).get(f"{path}?{asked}").text
        assert re.findall(r"Event \d", page) == found, asked
    refused = as_(cast.ours.lead).get(
        f"{path}?since-day=3&since-month=3&since-year=2026&until-day=2&until-month=3&until-year=2026"
    )
    assert refused.status_code == 422
    assert "must not be before the first" in refused.text


def test_it_is_taken_away_as_a_sheet_that_runs_nothing(as_, make, cast: Cast) -> None:
    make(note, cast.ours.tenant, '=HYPERLINK("http://example.org")', "Event 2")
    path = f"/o/{cast.ours.tenant.slug}/trail"
    client = as_(cast.ours.lead)
    sheet = client.submit(f"{path}?kind=test", button=path)
    assert sheet.mimetype == "text/csv"
    assert sheet.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(sheet.data.decode("utf-8-sig"))))
    assert [row[5] for row in rows[1:]] == ["Event 2", '\'=HYPERLINK("http://example.org")']
    assert all(len(row[6]) == 64 for row in rows[1:])
    assert "Downloaded the trail as a sheet, with 2 events" in client.get(path).text
    assert as_(cast.ours.manager).post(path).status_code == 403


def test_its_chain_is_checked_on_a_page(as_, make, cast: Cast, superuser_engine: Engine) -> None:
    make(note, cast.ours.tenant, "Event 1", "Event 2", "Event 3")
    path = f"/o/{cast.ours.tenant.slug}/trail/chain"
    assert "The chain of 3 events is whole" in as_(cast.ours.lead).get(path).text
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE trail_event SET words = 'Nothing' WHERE home_id = :home AND number = 2"), {"home": cast.ours.tenant.id}
        )
    shown = as_(cast.ours.lead).get(path).text
    assert "The chain is broken at event 2" in shown


def test_a_member_who_tries_what_they_may_not_is_on_it_once_an_hour(as_, cast: Cast) -> None:
    path = f"/o/{cast.ours.tenant.slug}/trail"
    for _ in range(3):
        assert as_(cast.ours.staff).get(path).status_code == 403
    assert as_(cast.ours.staff).get(f"/o/{cast.ours.tenant.slug}/people").status_code == 403
    shown = as_(cast.ours.lead).get(path).text
    assert shown.count("Was not let in") == 2
    assert "their role does not permit to read the organisation&#39;s trail, take it away" in shown
    assert "Ours Sam Staff" in shown
    assert as_(cast.theirs.lead).get(path).status_code == 404
    assert "Theirs Lena" not in as_(cast.ours.lead).get(path).text

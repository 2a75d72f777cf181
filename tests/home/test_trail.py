"""The trail: everything that happened in a place, newest first, to those who may read it."""

import re

import pytest
from flask import Flask

from tests.cast import Cast
from tests.factories.tenants import Tenant
from tia_hub.core.scope import transaction
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


@pytest.mark.parametrize("before", ["yesterday", "2026-01-01", "2026-13-01T00:00:00+00:00", "9" * 400])
def test_an_instant_that_is_none_is_not_found(as_, cast: Cast, before: str) -> None:
    assert as_(cast.ours.lead).get(f"/o/{cast.ours.tenant.slug}/trail?before={before}").status_code == 404


def test_before_the_first_event_there_is_nothing_and_a_way_back(as_, cast: Cast) -> None:
    path = f"/o/{cast.ours.tenant.slug}/trail"
    shown = as_(cast.ours.lead).get(f"{path}?before=0001-01-01T00:00:00%2B14:00")
    assert shown.status_code == 200
    assert "There are no older events" in shown.text
    assert f'href="{path}"' in shown.text

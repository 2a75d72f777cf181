"""Organisations, as the coordinator's office sees them."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import make_organisation, unique
from tests.statements import counted
from tests.tenants.mails import rows
from tia_hub.tenants.services.organisations import make_slug


@pytest.fixture
def base(cast: Cast) -> str:
    return f"/p/{cast.region.slug}/organisations"


@pytest.fixture
def office(as_, cast: Cast) -> StrictClient:
    return as_(cast.coordinator)


def test_all_are_listed_searched_and_paged(office: StrictClient, cast: Cast, base: str, app: Flask) -> None:
    with app.app_context():
        for number in range(52):
            make_organisation(cast.region, f"Zephyr House {number:02}")
    with counted(app) as statements:
        first = office.get(base).text
    assert len(statements) <= 7, statements
    assert "54 organisations" in first
    assert "Zephyr House 51" in office.get(f"{base}?page=2").text
    found = office.get(f"{base}?q=house+07").text
    assert "Zephyr House 07" in found and "Zephyr House 08" not in found
    assert "No organisation found" in office.get(f"{base}?q=_").text


def test_an_entry_is_changed_and_keeps_its_address(office: StrictClient, cast: Cast, base: str, superuser_engine) -> None:
    north, south = (str(cast.region.areas[name]) for name in ("North", "South"))
    entry = {"name": unique("Harbour"), "sector": "fire", "headcount": "40", "areas": [north]}
    path = office.submit(f"{base}/new", entry).location
    before = rows(superuser_engine, "SELECT slug FROM organisation WHERE name = :name", name=entry["name"])
    changed = entry | {"name": entry["name"] + " and Bay", "areas": [north, south], "headcount": "2 000"}
    assert office.submit(f"{path}/change", changed).status_code == 303
    shown = office.get(path).text
    assert "North, South" in shown and "2,000" in shown
    assert rows(superuser_engine, "SELECT slug FROM organisation WHERE name = :name", name=changed["name"]) == before


def test_a_name_is_used_once_in_a_partnership(as_, office: StrictClient, cast: Cast, base: str) -> None:
    entry = {"name": unique("Harbour"), "sector": "police", "headcount": "40"}
    assert office.submit(f"{base}/new", entry).status_code == 303
    twice = office.submit(f"{base}/new", entry | {"name": str(entry["name"]).upper()})
    assert twice.status_code == 422
    assert "already" in twice.text
    elsewhere = as_(cast.other_coordinator)
    assert elsewhere.submit(f"/p/{cast.other_region.slug}/organisations/new", entry).status_code == 303


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"name": ""}, "Enter the name"),
        ({"name": "a\x00b"}, "can&#39;t be stored"),
        ({"sector": ""}, "Choose the sector"),
        ({"sector": "piracy"}, "Choose one of the answers"),
        ({"headcount": ""}, "Enter the number of staff"),
        ({"headcount": "-1"}, "whole number"),
        ({"headcount": "1e9"}, "whole number"),
        ({"headcount": "٤٠"}, "whole number"),
        ({"headcount": "9" * 30}, "9 characters"),
        ({"areas": ["nonsense"]}, "Choose one of the answers"),
    ],
)
def test_faulty_entries_are_named_and_kept(office: StrictClient, base: str, entry: dict[str, object], words: str) -> None:
    answer = office.submit(f"{base}/new", {"name": "Kept House", "sector": "health", "headcount": "12345"} | entry)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Kept House" in answer.text or "12345" in answer.text


def test_an_area_of_another_partnership_is_not_offered(office: StrictClient, cast: Cast, base: str) -> None:
    foreign = str(cast.other_region.areas["North"])
    entry = {"name": unique("Harbour"), "sector": "health", "headcount": "1", "areas": [foreign]}
    assert office.submit(f"{base}/new", entry).status_code == 422


def test_the_office_sees_its_own_invitations_alone(as_, office: StrictClient, cast: Cast, base: str) -> None:
    path = f"{base}/{cast.ours.tenant.id}"
    as_(cast.ours.lead).submit(
        f"/o/{cast.ours.tenant.slug}/people/invite", {"name": "Private Person", "email": "private@example.org", "role": "staff"}
    )
    assert office.submit(path, {"name": "New Lead", "email": "newlead@example.org"}).status_code == 303
    shown = office.get(path).text
    assert "New Lead" in shown and "Private Person" not in shown
    taken = office.submit(path, {"name": "Again", "email": "private@example.org"})
    assert taken.status_code == 422


def test_another_partnerships_organisation_is_not_there(as_, cast: Cast) -> None:
    client = as_(cast.other_coordinator)
    path = f"/p/{cast.other_region.slug}/organisations/{cast.ours.tenant.id}"
    assert client.get(path).status_code == 404
    assert client.post(path, data={"name": "X", "email": "x@example.org"}).status_code == 404
    assert client.get(f"{path}/change").status_code == 404


@given(st.text(max_size=300))
def test_every_name_makes_an_address(name: str) -> None:
    slug = make_slug(name)
    assert 1 <= len(slug) <= 60
    assert all(character in "abcdefghijklmnopqrstuvwxyz0123456789-" for character in slug)
    assert not slug.startswith("-") and not slug.endswith("-")

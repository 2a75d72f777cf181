"""One person in several places: the address says which, so that two tabs do not quarrel, and each shows its own alone."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.tenants import Someone, make_member
from tests.statements import counted
from tests.tenants.mails import invitation_path
from tests.tenants.test_joining import invite
from tia_hub.core.scope import transaction
from tia_hub.tenants.models.partnerships import Coordinator
from tia_hub.tenants.types.roles import Role


@pytest.fixture
def twice(app: Flask, cast: Cast) -> Someone:
    """A lead of ours, member of staff of theirs, and in the coordinator's office."""
    with app.app_context():
        make_member(cast.theirs.tenant, Role.STAFF, person=cast.ours.lead)
        with transaction(cast.region.scope()) as scope:
            scope.session.add(Coordinator(partnership_id=cast.region.id, person_id=cast.ours.lead.id))
    return cast.ours.lead


def test_each_tab_is_in_its_own_place(as_: Callable, cast: Cast, twice: Someone) -> None:
    client = as_(twice)
    ours, theirs, office = f"/o/{cast.ours.tenant.slug}/", f"/o/{cast.theirs.tenant.slug}/", f"/p/{cast.region.slug}/"
    for _ in range(2):  # one tab after the other, and back
        assert cast.ours.staff.name in client.get(f"{ours}people").text
        assert client.get(f"{theirs}people").status_code == 403
        assert cast.ours.staff.name not in client.get(theirs).text
        shown = client.get(f"{office}organisations").text
        assert cast.ours.tenant.name in shown and cast.ours.staff.name not in shown


def test_what_is_sent_from_one_tab_lands_in_its_own_place(
    as_: Callable, cast: Cast, twice: Someone, superuser_engine: Engine
) -> None:
    client = as_(twice)
    ours, theirs = f"/o/{cast.ours.tenant.slug}/", f"/o/{cast.theirs.tenant.slug}/"
    page = f"{ours}teams/new"
    opened = client.get(page).text
    token = opened.split('name="csrf_token" value="')[1].split('"')[0]
    client.get(theirs)
    client.get(f"/p/{cast.region.slug}/")
    assert client.post(page, data={"csrf_token": token, "name": "Of the first tab"}).status_code == 303
    assert client.post(f"{theirs}teams/new", data={"csrf_token": token, "name": "Of the second"}).status_code == 403
    with superuser_engine.begin() as connection:
        made = connection.execute(text("SELECT organisation_id FROM team WHERE name LIKE 'Of the %'")).scalars().all()
    assert cast.ours.tenant.id in made and cast.theirs.tenant.id not in made


def test_who_has_several_places_is_offered_to_switch(as_: Callable, app: Flask, cast: Cast, twice: Someone) -> None:
    client, home = as_(twice), f"/o/{cast.ours.tenant.slug}/"
    shown = client.get("/places").text
    assert all(name in shown for name in (cast.ours.tenant.name, cast.theirs.tenant.name, "Coordinator", "Lead"))
    assert 'href="/places">Switch place<' in client.get(home).text
    alone = as_(cast.ours.staff)
    alone.get("/places")
    assert "Switch place" not in alone.get(home).text
    with counted(app) as statements:
        client.get(f"{home}teams/new")
    with counted(app) as without:
        as_(twice).get(f"{home}teams/new")
    assert len(statements) == len(without)


def test_whoever_accepts_a_second_invitation_is_offered_to_switch(as_: Callable, cast: Cast, superuser_engine: Engine) -> None:
    invite(as_(cast.ours.lead), cast, cast.theirs.staff.email)
    client = as_(cast.theirs.staff)
    answer = client.submit(invitation_path(superuser_engine, cast.theirs.staff.email))
    assert "Switch place" in client.get(answer.location).text

"""The pages for everybody, and the ways between places."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.factories.tenants import make_member
from tia_hub.core.permissions import Permission, PlaceKind
from tia_hub.home.navigation import NAVIGATION
from tia_hub.tenants.types.roles import Role


@pytest.mark.parametrize("path", ["/", "/about", "/accessibility", "/privacy", "/roles"])
def test_everybody_can_read_them(client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_the_first_page_leads_to_signing_in_and_to_the_framework(client) -> None:
    shown = client.get("/").text
    assert 'href="/sign-in"' in shown
    assert 'href="/framework/"' in shown or 'href="/framework"' in shown


def test_the_roles_page_says_every_permission_that_there_is(client) -> None:
    shown = client.get("/roles").text.lower()
    for permission in Permission:
        assert permission.words.replace("'", "&#39;") in shown


def test_whoever_has_several_places_chooses(as_, make, cast: Cast) -> None:
    someone = cast.ours.staff
    make(make_member, cast.theirs.tenant, Role.MANAGER, person=someone)
    shown = as_(someone).get("/places").text
    assert cast.ours.tenant.name in shown
    assert "Member of staff" in shown
    assert f'href="/o/{cast.theirs.tenant.slug}/"' in shown


def test_every_entry_of_the_navigation_leads_to_a_page_of_its_kind_of_place(app: Flask) -> None:
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    for kind, items in NAVIGATION.items():
        for item in items:
            assert rules[item.endpoint].arguments == {kind.value}
            assert item.permission.place is kind


def test_nobody_is_shown_a_way_that_is_closed_to_them(as_, cast: Cast) -> None:
    for someone in (cast.ours.staff, cast.ours.manager, cast.ours.lead):
        client = as_(someone)
        shown = client.get(f"/o/{cast.ours.tenant.slug}/").text
        shown = shown.split('aria-label="Menu"')[1].split("</nav>")[0]
        for link in shown.split('href="')[1:]:
            assert client.get(link.split('"')[0]).status_code == 200
    assert "Training picture" not in as_(cast.ours.staff).get(f"/o/{cast.ours.tenant.slug}/").text


def test_navigation_is_complete() -> None:
    assert [item.label for item in NAVIGATION[PlaceKind.PARTNERSHIP]][:2] == ["Overview", "Organisations"]


def test_health(client) -> None:
    assert client.get("/health").json == {"status": "ok"}

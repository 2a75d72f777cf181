"""Every route, called by everybody, for their own things, another organisation's, and things that do not exist.

What is expected is read from the route's policy, so a new route is in the matrix as soon as it is in the application. A route
whose arguments the world does not know fails the suite: teach `world.py` to make what it names.

Unsafe methods are sent without a token: whoever has the permission is told so (400 or 422), nobody changes anything.
"""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.routing import Rule

from tests.client import StrictClient
from tests.factories.tenants import Someone
from tests.permissions.routes import GRANTED, PRINCIPALS, address_of, methods_of, routes
from tests.permissions.routes import expected as expected_of
from tests.permissions.world import FORBIDDEN_TEXT, World, make_world, nowhere
from tia_hub.core.permissions import Permission, PlaceKind
from tia_hub.core.policy import policy_of

AS = Callable[[Someone], StrictClient]

AT_HOME_THERE = {
    "their lead": PlaceKind.ORGANISATION,
    "other coordinator": PlaceKind.PARTNERSHIP,
    "other provider": PlaceKind.PROVIDER,
}
"""Those for whom the other side's places are their own."""


@pytest.fixture(scope="module")
def world(app: Flask, owner_engine: Engine, superuser_engine: Engine) -> World:
    with app.app_context():
        return make_world(owner_engine, superuser_engine)


@pytest.fixture(scope="module")
def rules(app: Flask) -> list[Rule]:
    return routes(app)


@pytest.fixture
def unchanged(world: World, superuser_engine: Engine) -> Iterator[None]:
    """Whatever the test sends, no row of any table may be other than before."""
    before = _fingerprint(superuser_engine)
    yield
    assert _fingerprint(superuser_engine) == before


REFUSALS = {"trail_event": "WHERE action <> 'access.refused'", "trail_head": "WHERE false"}
"""What does change: the trail says whom a place did not let in."""


def _fingerprint(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        names = connection.execute(
            text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        ).scalars()
        return {
            name: connection.execute(
                text(
                    "SELECT count(*) || md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) "
                    f'FROM "{name}" t {REFUSALS.get(name, "")}'
                )
            ).scalar_one()
            for name in names
        }


def _client(app: Flask, world: World, principal: str) -> StrictClient:
    client = app.test_client()
    assert isinstance(client, StrictClient)
    someone = world.principals()[principal]
    return client.sign_in(someone) if someone else client


@pytest.mark.parametrize("principal", PRINCIPALS)
@pytest.mark.usefixtures("unchanged")
def test_every_route_answers_everybody_as_its_policy_says(app: Flask, world: World, rules: list[Rule], principal: str) -> None:
    client = _client(app, world, principal)
    astray = []
    for rule in rules:
        for method in methods_of(rule):
            answer = client.open(address_of(app, rule, world.ours), method=method)
            expected = expected_of(app, rule, method, principal)
            if answer.status_code not in expected:
                astray.append(f"{method} {rule.rule}: {answer.status_code}, not {sorted(expected)}")
            seen = [words for words in FORBIDDEN_TEXT[principal] if words.encode() in answer.data]
            seen += [words for words in FORBIDDEN_TEXT[principal] if words in str(answer.headers)]
            if seen:
                astray.append(f"{method} {rule.rule}: shows {seen}")
    assert not astray, "\n".join(astray)


@pytest.mark.parametrize("principal", PRINCIPALS)
@pytest.mark.usefixtures("unchanged")
def test_what_is_anothers_answers_as_what_does_not_exist(app: Flask, world: World, rules: list[Rule], principal: str) -> None:
    """Another's place, another's thing under one's own place, an identifier of nothing, and one that is none: all the same."""
    client = _client(app, world, principal)
    astray = []
    for rule in rules:
        policy = policy_of(app, rule.endpoint)
        if not isinstance(policy, Permission):
            continue
        things = {name for name in rule.arguments if name in world.theirs and name not in set(PlaceKind)}
        variants = {} if AT_HOME_THERE.get(principal) is policy.place else {"another's place": dict(world.theirs)}
        if things and GRANTED.get(principal, (None,))[0] is policy.place:
            variants["another's thing"] = world.ours | {name: world.theirs[name] for name in things}
            variants["nothing"] = world.ours | {name: nowhere(world.ours[name]) for name in things}
        for method in methods_of(rule):
            for what, values in variants.items():
                path = address_of(app, rule, values)
                answer = client.open(path, method=method)
                expected = expected_of(app, rule, method, principal) if principal == "nobody" else {404}
                if what != "another's place" and principal != "nobody":
                    expected = {404} if policy in GRANTED[principal][1] else {403}
                if answer.status_code not in expected:
                    astray.append(f"{method} {path} ({what}): {answer.status_code}, not {sorted(expected)}")
    assert not astray, "\n".join(astray)


def test_identifiers_that_are_none_are_not_found(app: Flask, world: World, rules: list[Rule]) -> None:
    client = _client(app, world, "lead")
    astray = []
    for rule in rules:
        for name in rule.arguments & {name for name, value in world.ours.items() if name not in set(PlaceKind)}:
            known = str(world.ours[name])
            for bad in ("1", "0' OR '1'='1", "%00", "..%2f..%2fetc%2fpasswd", "99999999999999999999", "é" * 300):
                path = address_of(app, rule, world.ours).replace(known, bad)
                answer = client.open(path, method=methods_of(rule)[0])
                if answer.status_code not in (302, 400, 401, 403, 404):
                    astray.append(f"{path}: {answer.status_code}")
    assert not astray, "\n".join(astray)

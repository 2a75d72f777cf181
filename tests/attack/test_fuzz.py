"""Ten thousand requests that make no sense, to every route: each gets an answer, and none is an error of ours."""

from random import Random
from typing import Any

import pytest
from flask import Flask

from tests.attack.conftest import Be
from tests.attack.test_odd_input import ANSWERED
from tests.attack.world import PRINCIPALS
from tests.client import StrictClient
from tests.permissions.routes import address_of, routes
from tests.permissions.world import World

REQUESTS = 10_000
"""In all, over everybody."""
VALUES = (
    "",
    "0",
    "-1",
    "9223372036854775808",
    "1e309",
    "NaN",
    "31/02/2027",
    "0000-00-00",
    "9999-12-31T23:59:60",
    "2027-02-31",
    "null",
    "[]",
    "{}",
    "true",
    "../../etc/passwd",
    "%00",
    "\x00",
    "\ufffd",
    "a" * 5000,
    "\u202e\u200d\u0301",
    "ŵ𝒯",
    "00000000-0000-0000-0000-000000000000",
    "' OR 1=1 --",
    "<zq>",
    "\r\nX-Zq: 1",
)
# fmt: off
NAMES = (
    "q", "page", "before", "after", "level", "area", "sector", "audience", "mode", "team", "role", "state", "sort", "name",
    "email", "reason", "version", "seen", "title", "text", "date-day", "date-month", "date-year", "rating", "token",
    "csrf_token", "next", "id", "organisation_id", "person_id", "member",
)
# fmt: on
METHODS = ("GET", "GET", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"HX-Request": "true"},
    {"HX-Request": "true", "HX-History-Restore-Request": "true"},
    {"Content-Type": "application/json"},
    {"Content-Type": "multipart/form-data"},
    {"If-None-Match": "\ufffd".encode().decode("latin-1"), "Range": "bytes=-1"},
    {"Accept": "application/json"},
)


def _send(client: StrictClient, path: str, random: Random) -> tuple[str, int]:
    method = random.choice(METHODS)
    fields: dict[str, Any] = {name: random.choice(VALUES) for name in random.sample(NAMES, random.randrange(5))}
    if fields and random.random() < 0.2:
        name = random.choice(list(fields))
        fields[name] = [random.choice(VALUES), random.choice(VALUES)]
    sent: dict[str, Any] = {"query_string": fields} if method in ("GET", "HEAD") else {"data": fields}
    headers = random.choice(HEADERS)
    if "Content-Type" in headers and "data" in sent:
        sent["data"] = random.choice(VALUES)
    answer = client.open(path, method=method, headers=headers, **sent)
    return method, answer.status_code


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_no_request_brings_an_error_of_ours(app: Flask, world: World, be: Be, principal: str) -> None:
    random, client, astray = Random(principal), be(principal), []
    rules = routes(app)
    identifiers = [str(value) for value in world.ours.values()]
    for _ in range(REQUESTS // len(PRINCIPALS)):
        path = address_of(app, random.choice(rules), world.ours)
        if random.random() < 0.5 and (known := [each for each in identifiers if each in path]):
            path = path.replace(random.choice(known), random.choice(VALUES) or "-")
        path = path.replace("?", "%3F").replace("\x00", "%00").replace("\r\n", "%0D%0A")
        method, status = _send(client, path, random)
        if status not in ANSWERED | {304, 308, 401, 405, 410, 415, 416}:
            astray.append(f"{method} {path[:200]}: {status}")
    assert not astray, "\n".join(astray)

"""Signing in: how long it takes, whether others notice it, how even it is, and what 10,000 guesses get."""

import http.client
import re
import threading
import time
from statistics import median
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import Engine, text

from bench.measuring import Figure, milliseconds, percentile
from bench.process import start, stop
from tests.accounts.conftest import PASSWORD, make_account
from tests.cast import make_cast
from tests.client import client_of
from tests.factories.tenants import Someone
from tests.services import Services
from tia_hub.accounts.services import MOST_TRIES, take_try
from tia_hub.accounts.types import Guess, Try
from tia_hub.core.scope import IdentityScope, transaction

ALONE, AT_ONCE, BURSTS, PAGES, EVEN = 60, 20, 6, 120, 100
WRONG = "something else entirely"


class Browser:
    """A browser before a web process: it keeps cookies and sends tokens."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("localhost", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, answer.read().decode()

    def open(self, path: str) -> str:
        """A page's text."""
        return self._ask("GET", path)[1]

    def send(self, path: str, token: str, **fields: str) -> int:
        """Send a form: the status."""
        return self._ask("POST", path, urlencode({"csrf_token": token, **fields}))[0]


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def sign_in(port: int, someone: Someone) -> float:
    """Milliseconds of sending the right password, in a browser of its own."""
    browser = Browser(port)
    token = token_of(browser.open("/sign-in"))
    start_at = time.perf_counter()
    status = browser.send("/sign-in", token, email=someone.email, password=PASSWORD)
    assert status == 302, status
    return (time.perf_counter() - start_at) * 1000


def _pages(port: int, cookie: str, path: str, count: int) -> list[float]:
    browser = Browser(port)
    browser.cookies["tia"] = cookie
    browser.open(path)
    return [milliseconds(lambda: browser.open(path)) for _ in range(count)]


def _forget(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM sign_in_try"))


def _busy(port: int, engine: Engine, people: list[Someone], cookie: str, path: str) -> list[float]:
    """Times of pages that are read while 20 people send their passwords at the same moment, some times over."""
    browser = Browser(port)
    browser.cookies["tia"] = cookie
    times: list[float] = []
    for _ in range(BURSTS):
        _forget(engine)
        ready = [Browser(port) for _ in people]
        tokens = [token_of(each.open("/sign-in")) for each in ready]
        threads = [
            threading.Thread(target=each.send, args=("/sign-in", token), kwargs={"email": someone.email, "password": PASSWORD})
            for each, token, someone in zip(ready, tokens, people, strict=True)
        ]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            times.append(milliseconds(lambda: browser.open(path)))
    _forget(engine)
    return times


def _uneven(port: int, engine: Engine, someone: Someone, path: str) -> float:
    """By how many milliseconds the medians differ of an address that has an account and of ones that have none."""
    browser = Browser(port)

    def once(email: str) -> float:
        token = token_of(browser.open(path))
        return milliseconds(lambda: browser.send(path, token, email=email, password=WRONG))

    pairs = []
    for number in range(EVEN):
        if number % 8 == 0:
            _forget(engine)
        pairs.append((once(someone.email), once(f"nobody{number}@example.org")))
    return abs(median(known for known, _ in pairs) - median(unknown for _, unknown in pairs))


def _guesses(engine: Engine) -> int:
    """How many of 10,000 guesses at one account from 1,000 network addresses are let through within a quarter of an hour."""
    _forget(engine)
    granted = 0
    with transaction(IdentityScope()) as scope:
        for number in range(10_000):
            address = f"192.0.{number // 250 % 4}.{number % 250}"
            found = take_try(scope, Guess.FIRST_FACTOR, email="victim@example.org", address=address)
            scope.session.flush()
            granted += found is not Try.REFUSED
    _forget(engine)
    return granted


def measure(app: Flask, services: Services, owner: Engine, superuser: Engine) -> list[Figure]:
    """Figures of signing in, against a web process of its own."""
    with app.app_context():
        cast = make_cast(owner)
        people = [make_account(f"Person {number}") for number in range(AT_ONCE)]
    client = client_of(app, cast.ours.lead)
    found = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert found
    path = f"/o/{cast.ours.tenant.slug}/audits"
    process, port, _ = start(services)
    try:
        for someone in people[:3]:
            sign_in(port, someone)
        alone = []
        for number in range(ALONE):
            if number % 30 == 0:
                _forget(superuser)
            alone.append(sign_in(port, people[number % AT_ONCE]))
        _forget(superuser)
        quiet = _pages(port, found.value, path, PAGES)
        busy = _busy(port, superuser, people, found.value, path)
        uneven = {
            each: _uneven(port, superuser, people[0], each) for each in ("/sign-in", "/forgotten-password", "/sign-in/link")
        }
    finally:
        stop(process)
    with app.app_context():
        granted = _guesses(superuser)
    return [
        Figure("signing in with a password, p95", percentile(alone, 0.95), 400, "ms"),
        Figure("another page while 20 sign in at once, median, times as long", median(busy) / median(quiet), 3),
        Figure("the same, p95", percentile(busy, 0.95), 400, "ms"),
        *(Figure(f"known and unknown address at {path}, difference", value, 20, "ms") for path, value in uneven.items()),
        Figure("10,000 guesses at one account from 1,000 addresses, let through", granted, MOST_TRIES),
    ]

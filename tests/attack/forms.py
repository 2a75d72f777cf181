"""Every form that somebody can reach, found as a browser finds them: by opening pages and following links."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from justhtml import JustHTML
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from tests.client import StrictClient, form_fields
from tests.permissions.routes import address_of, get_rules
from tests.permissions.world import World
from tia_hub.core.policy import policy_of

MOST_PAGES = 12
"""Pages of one endpoint that are opened for one person: all that differ have been seen by then."""
NEVER_TYPED = ("csrf_token", "submit")


@dataclass(frozen=True)
class Found:
    """A form as it stands on its page; `kinds` says of each field what it is: text, date, choice, choices or hidden."""

    principal: str
    page: str
    action: str
    endpoint: str
    values: dict[str, Any] = field(hash=False)
    kinds: dict[str, str] = field(hash=False)

    @property
    def asked(self) -> tuple[str, frozenset[str]]:
        """Where it goes and what it asks: the same for forms that one view reads alike."""
        return self.endpoint, frozenset(map(what_it_asks, self.kinds))

    def named(self, *kinds: str) -> list[str]:
        """The names of the fields of these kinds."""
        return [name for name, kind in self.kinds.items() if kind in kinds]


def _kind(node: Any) -> str:
    name, kind = node.attrs["name"], node.attrs.get("type")
    if re.search(r"-(day|month|year)$", name):
        return "date"
    if node.name == "select" or kind == "radio":
        return "choice"
    if kind == "checkbox":
        return "choices"
    if kind == "password":
        return "secret"
    return "hidden" if kind == "hidden" else "text"


def _kinds(form: Any) -> dict[str, str]:
    return {
        node.attrs["name"]: _kind(node)
        for node in form.query("input, textarea, select")
        if node.attrs.get("name") not in (None, *NEVER_TYPED) and node.attrs.get("type") not in ("submit", "button", "file")
    }


def what_it_asks(name: str) -> str:
    """A field's name without the part of the framework it is about: criteria, statements and levels are asked alike."""
    return re.sub(r"[0-9a-f-]{32,36}|\d+|[a-z]+\.", "", name.rsplit("-", 1)[-1])


def match(app: Flask, path: str, method: str = "GET") -> Rule | None:
    """The route that answers an address."""
    adapter = app.url_map.bind("localhost")
    try:
        rule, _ = adapter.match(urlsplit(path).path, method=method, return_rule=True)
    except HTTPException:
        return None
    return rule


def pages_of(app: Flask, client: StrictClient, world: World, principal: str) -> Iterator[tuple[str, JustHTML]]:
    """Every page somebody comes to from their own ones, a dozen of each kind at most."""
    waiting = [address_of(app, rule, world.ours) for rule in get_rules(app, principal, world)]
    seen, counts = set(waiting), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        answer = client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        document = JustHTML(answer.text, sanitize=False)
        yield path, document
        for link in document.query("a"):
            address = urlsplit(link.attrs.get("href") or "")
            target = address.path + (f"?{address.query}" if address.query else "")
            rule = match(app, target) if target.startswith("/") else None
            if rule is None or target in seen or rule.endpoint == "static":
                continue
            if principal != "nobody" and policy_of(app, rule.endpoint) == "public":
                continue
            counts[rule.endpoint] += 1
            if counts[rule.endpoint] <= MOST_PAGES:
                seen.add(target)
                waiting.append(target)


def forms_of(app: Flask, principal: str, pages: Iterable[tuple[str, JustHTML]]) -> list[Found]:
    """One of each form on somebody's pages, by where it goes and what it asks."""
    found: dict[tuple[str, frozenset[str]], Found] = {}
    for path, document in pages:
        for form in document.query("form"):
            if (form.attrs.get("method") or "get").lower() != "post":
                continue
            action = form.attrs.get("action") or path
            rule = match(app, action, "POST")
            assert rule is not None, f"{path}: a form that leads nowhere, {action}"
            kinds = _kinds(form)
            one = Found(principal, path, action, rule.endpoint, form_fields(form), kinds)
            found.setdefault(one.asked, one)
    return list(found.values())

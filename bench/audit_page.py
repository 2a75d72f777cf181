"""The audit page with 46 criteria, all filled in, against a bare WSGI application that sends the same HTML."""

import html
import re
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from flask import Flask
from jinja2 import Environment
from justhtml import JustHTML
from sqlalchemy import Engine
from werkzeug.test import Client, EnvironBuilder

from bench.measuring import Figure, milliseconds, percentile, recorded, side_by_side
from tests.cast import make_cast
from tests.client import client_of, form_fields
from tests.factories.audits import make_audit
from tests.services import Services
from tia_hub.core.db import db
from tia_hub.framework.loader import current_edition

LONG = 1500
"""Characters of each field."""
ROUNDS = 60
SAVES = 200


def _words(code: str, field: str) -> str:
    begin = f"{code} {field}: "
    return (begin + "We meet people where they are and ask what would help. " * 40)[:LONG]


def _bare(page: str, texts: list[str], statements: list[tuple[str, Any]], url: str) -> Callable[..., Iterable[bytes]]:
    """A WSGI application of a few lines: the page's own statements by psycopg, the page's own HTML as a Jinja2 template."""
    source = page.replace("{{", "{ {").replace("{%", "{ %")
    for number, words in enumerate(texts):
        source = source.replace(html.escape(words, quote=False), f"{{{{ texts[{number}] }}}}", 1)
    template = Environment(autoescape=True).from_string(source)
    connection = psycopg.connect(url)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with connection.cursor() as cursor:
            for statement, parameters in statements:
                cursor.execute(statement, parameters)
                rows = cursor.fetchall()
        connection.rollback()
        body = template.render(texts=texts, rows=rows).encode()
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    return application


def measure(app: Flask, services: Services, owner: Engine) -> list[Figure]:
    """Server time of the page as a ratio, its statements and bytes; statements and time of a save."""
    codes = [criterion.code for criterion in current_edition().criteria]
    entries = {
        code: {"rating": "amber", "journey": _words(code, "journey"), "evidence": _words(code, "evidence")} for code in codes
    }
    with app.app_context():
        cast = make_cast(owner)
        audit_id = make_audit(cast.ours.tenant, entries=entries)
    client = client_of(app, cast.ours.lead)
    path = f"/o/{cast.ours.tenant.slug}/audits/{audit_id}"
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    environ = EnvironBuilder(path=path, headers={"Cookie": f"{cookie.key}={cookie.value}"}).get_environ()
    plain = Client(app, use_cookies=False)

    def ours() -> str:
        answer = plain.open(dict(environ))
        assert answer.status_code == 200, answer.status
        return answer.text

    with recorded(app) as statements:
        page = ours()
    texts = [words[field] for words in entries.values() for field in ("journey", "evidence")]
    url = services.settings.database_url.replace("+psycopg", "")
    bare = Client(_bare(page, texts, list(statements), url))
    assert re.sub(r"\s+", " ", bare.open("/").text) == re.sub(r"\s+", " ", page)
    mine, theirs = side_by_side(ours, lambda: bare.open("/").text, ROUNDS)
    print(f"     audit page: {mine:.1f} ms, bare WSGI application {theirs:.1f} ms, {len(page.encode()) / 1000:.0f} kB")
    with app.app_context():
        db.engine.dispose()
    return [
        Figure("audit page with 46 criteria: server time, times a bare application", mine / theirs, 4),
        Figure("audit page with 46 criteria: statements", len(statements), 6),
        *_saves(app, client, path, codes[0]),
    ]


def _saves(app: Flask, client: Any, path: str, code: str) -> list[Figure]:
    """What a browser sends while somebody types in one criterion, again and again."""
    section = client.get(f"{path}/{code.partition('.')[0]}").text
    anchor = code.replace(".", "-")
    forms = JustHTML(section, sanitize=False).query("form")
    (form,) = (form for form in forms if form.query(f"[name={anchor}-journey]"))
    sent = {name for name in form_fields(form) if name.startswith(f"{anchor}-")} | {"csrf_token"}
    fields = {name: value for name, value in form_fields(form).items() if name in sent}
    seen_name = f"{anchor}-seen"

    def save(number: int) -> float:
        fields[f"{anchor}-journey"] = f"Typed {number} times."

        def send() -> None:
            answer = client.post(f"{path}/criteria/{code}", data=fields, headers={"HX-Request": "true"})
            assert answer.status_code == 200, answer.status
            found = re.search(rf'name="{seen_name}" value="([^"]*)"', answer.text)
            assert found
            fields[seen_name] = html.unescape(found[1])

        return milliseconds(send)

    with recorded(app) as statements:
        save(0)
    times = [save(number) for number in range(1, SAVES)]
    return [
        Figure("saving one criterion: statements", len(statements), 8),
        Figure("saving one criterion: 95 % of saves within", percentile(times, 0.95), 25, "ms"),
    ]

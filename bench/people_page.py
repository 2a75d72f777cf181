"""The people page of an organisation with 6,000 staff: search as one types, at every page depth."""

from itertools import product
from typing import Any

from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import Client

from bench.measuring import Figure, milliseconds, percentile, recorded
from tests.cast import make_cast
from tests.client import client_of
from tests.factories.tenants import Region, make_organisation

STAFF = 6_000
OTHERS, ORGANISATIONS = 54_000, 30
"""People of other organisations, so that nothing depends on being alone in the tables."""
PER_PAGE = 50
WORD = "amelia fitz"
"""What somebody types, a letter at a time."""

FIRST = ["Amelia", "Benjamin", "Chloe", "Daniel", "Ella", "Freya", "George", "Hannah", "Isaac", "Mohammed", "Nia", "Priya"]
LAST = ["Abbott", "Begum", "Carter", "Davies", "Evans", "Fitzgerald", "Iqbal", "Jones", "Kaur", "Novak", "Okafor", "Patel"]


def _fill(superuser: Engine, organisation_ids: list[Any], count: int) -> None:
    """People with ordinary names, spread over organisations, their teams' and managers' columns as in life."""
    with superuser.begin() as connection:
        connection.execute(
            text(
                """
                WITH people AS (
                    INSERT INTO person (id, email, name, active, fs_uniquifier)
                    SELECT gen_random_uuid(), 'p' || substr(gen_random_uuid()::text, 1, 13) || '.' || n || '@bench.example',
                           (CAST(:first AS text[]))[1 + n % 12] || ' ' || (CAST(:last AS text[]))[1 + (n / 12) % 12]
                           || '-' || (CAST(:last AS text[]))[1 + (n / 144) % 12], true, gen_random_uuid()::text
                    FROM generate_series(1, :count) n RETURNING id)
                INSERT INTO membership (organisation_id, id, person_id, role, job_title)
                SELECT (CAST(:organisations AS uuid[]))[1 + (row_number() OVER ()) % :number],
                       gen_random_uuid(), id, 'staff', 'Officer' FROM people
                """
            ),
            {"first": FIRST, "last": LAST, "count": count, "organisations": organisation_ids, "number": len(organisation_ids)},
        )


def _others(region: Region) -> list[Any]:
    return [make_organisation(region, f"Other {number}").id for number in range(ORGANISATIONS)]


def measure(app: Flask, owner: Engine, superuser: Engine) -> list[Figure]:
    """95th percentiles of server time and most statements: of each keystroke's answer, and of each page of the whole list."""
    with app.app_context():
        cast = make_cast(owner)
        others = _others(cast.region)
    _fill(superuser, [cast.ours.tenant.id], STAFF)
    _fill(superuser, others, OTHERS)
    with superuser.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))
    client = client_of(app, cast.ours.lead)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    headers = {"HX-Request": "true", "Cookie": f"{cookie.key}={cookie.value}"}
    plain = Client(app, use_cookies=False)
    path = f"/o/{cast.ours.tenant.slug}/people"
    most = 0

    def fetch(query: str) -> float:
        nonlocal most

        def send() -> None:
            answer = plain.get(f"{path}?{query}", headers=headers)
            assert answer.status_code == 200, answer.status

        with recorded(app) as statements:
            taken = milliseconds(send)
        most = max(most, len(statements))
        return taken

    fetch("q=")
    typed = [WORD[:length] for length in range(1, len(WORD) + 1)] + ["okafor", "@bench", "zzz", "%", "p1"]
    searching = [fetch(f"q={words}") for _, words in product(range(12), typed)]
    pages = STAFF // PER_PAGE
    paging = [fetch(f"page={number}") for number in range(1, pages + 1)]
    deep = [fetch(f"q=e&page={number}") for number in range(1, pages - 20, 2)]
    return [
        Figure("people page of 6,000: 95 % of keystrokes answered within", percentile(searching, 0.95), 60, "ms"),
        Figure("people page of 6,000: 95 % of pages, first to last, within", percentile(paging, 0.95), 60, "ms"),
        Figure("people page of 6,000: 95 % of pages of a search within", percentile(deep, 0.95), 60, "ms"),
        Figure("people page of 6,000: statements at most", most, 6),
    ]

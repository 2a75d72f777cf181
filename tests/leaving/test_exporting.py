"""A lead takes the organisation's data away."""

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.client import StrictClient
from tests.factories.reports import run_jobs
from tests.factories.tenants import Someone
from tests.leaving.conftest import MARKS, Filled
from tia_hub.core.jobs.types import JobName

AS = Callable[[Someone], StrictClient]


def asked(client: StrictClient, slug: str) -> str:
    """The address of a new export's page."""
    return client.submit(f"/o/{slug}/export").location


def test_a_lead_asks_for_it_and_downloads_it(app: Flask, filled: Filled, superuser_engine: Engine, as_: AS) -> None:
    house = filled.cast.ours
    client = as_(house.lead).confirmed()
    assert "Put the export together" in client.get(f"/o/{house.tenant.slug}/export").text
    address = asked(client, house.tenant.slug)
    assert "being put together" in client.get(address).text
    with app.app_context():
        assert run_jobs(superuser_engine, JobName.EXPORT_ORGANISATION) == 1
    shown = client.get(address).text
    assert "The export is ready" in shown and "Download (" in shown
    answer = client.submit(address, button=f"{address}/file")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(answer.data) == answer.content_length
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["organisation"]["name"] == house.tenant.name
        whole = b"".join(archive.read(name) for name in archive.namelist())
        people = archive.read("tables/person.csv").decode("utf-8-sig")
        audits = archive.read("tables/audit_entry.csv").decode("utf-8-sig")
    assert house.staff.email in people and filled.cast.theirs.staff.email not in people
    assert "'=SUM(1) of the journey" in audits
    assert not any(mark in whole for mark in MARKS), "a text of a personal form can be read"
    trail = client.get(f"/o/{house.tenant.slug}/trail").text
    for words in ("Asked for an export", "Put together an export", "Downloaded the export"):
        assert words in trail


def test_one_at_a_time_and_a_new_one_takes_the_place_of_the_last(
    app: Flask, filled: Filled, superuser_engine: Engine, as_: AS
) -> None:
    house = filled.cast.theirs
    client = as_(house.lead).confirmed()
    first = asked(client, house.tenant.slug)
    assert asked(client, house.tenant.slug) == first
    assert client.submit(first, button=f"{first}/stop").status_code == 303
    assert "no longer kept" in client.get(first).text
    second = asked(client, house.tenant.slug)
    with app.app_context():
        run_jobs(superuser_engine, JobName.EXPORT_ORGANISATION)
    third = asked(client, house.tenant.slug)
    assert "The export is ready" in client.get(second).text and third != second
    with app.app_context():
        run_jobs(superuser_engine, JobName.EXPORT_ORGANISATION)
    assert "no longer kept" in client.get(second).text
    with superuser_engine.begin() as connection:
        old = text("UPDATE organisation_export SET expires_at = now() - interval '1 minute' WHERE organisation_id = :id")

        connection.execute(old, {"id": house.tenant.id})
    assert "no longer kept" in client.get(third).text
    with app.app_context():
        run_jobs(superuser_engine, JobName.FORGET_EXPORT)
    with superuser_engine.connect() as connection:
        left = text("SELECT count(*) FROM organisation_export_part WHERE organisation_id = :id")
        assert connection.execute(left, {"id": house.tenant.id}).scalar_one() == 0


def test_whoever_signed_in_a_while_ago_confirms_first(filled: Filled, as_: AS) -> None:
    house = filled.cast.ours
    client = as_(house.lead)
    page = client.get(f"/o/{house.tenant.slug}/export").text
    assert "Confirm that it is you" in page and "Put the export together" not in page


@pytest.mark.parametrize("role", ["staff", "manager"])
def test_others_than_leads_do_not_get_it(filled: Filled, as_: AS, role: str) -> None:
    house = filled.cast.ours
    assert as_(getattr(house, role)).get(f"/o/{house.tenant.slug}/export").status_code == 403

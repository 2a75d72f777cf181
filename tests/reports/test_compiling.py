"""Compiling: the coordinator asks, watches, reads and downloads; two clicks make one report."""

import random

import pytest
from sqlalchemy import Engine

from tests.cast import Cast
from tests.factories.reports import ask_for_report, make_audit, make_ratings, publish_figures, run_jobs
from tia_hub.core.jobs.types import JobName

pytestmark = pytest.mark.usefixtures("context", "empty_queue")


@pytest.fixture
def published(cast: Cast) -> Cast:
    """Two organisations that have published, one of them twice audited."""
    chance = random.Random(7)  # noqa: S311 - figures of a test
    publish_figures(
        cast.ours.tenant,
        [make_audit(make_ratings(chance)), make_audit(make_ratings(chance), team_name="Outreach")],
        {"informed": 24, "skilled": 9},
    )
    publish_figures(cast.theirs.tenant, [make_audit(make_ratings(chance))], {"informed": 12})
    return cast


def compiled(cast: Cast, superuser_engine: Engine, title: str = "Spring report") -> str:
    report_id = ask_for_report(cast.region, title)
    assert run_jobs(superuser_engine, JobName.COMPILE_REPORT) == 1
    return f"/p/{cast.region.slug}/reports/{report_id}"


def test_a_coordinator_asks_watches_reads_and_downloads(as_, published: Cast, superuser_engine: Engine) -> None:
    client = as_(published.coordinator)
    asked = client.submit(f"/p/{published.region.slug}/reports/new", {"title": "Spring report"})
    assert asked.status_code == 303
    watching = client.get(asked.location)
    assert "being compiled" in watching.text
    assert "Check again" in watching.text
    assert run_jobs(superuser_engine, JobName.COMPILE_REPORT) == 1
    read = client.get(asked.location)
    assert "2 of 2 organisations shared an audit of the whole organisation" in read.text
    pdf = client.get(f"{asked.location}.pdf")
    assert pdf.data.startswith(b"%PDF-")
    assert pdf.headers["Content-Disposition"] == "attachment; filename=Spring-report.pdf"
    assert client.get(f"{asked.location}.xlsx").data.startswith(b"PK")
    assert "Spring report" in client.get(f"/p/{published.region.slug}/reports").text

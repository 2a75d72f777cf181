"""Compiling: the coordinator asks, watches, reads and downloads; two clicks make one report."""

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.reports import ask_for_report, figures_of, make_audit, make_ratings, publish_figures, run_jobs
from tests.factories.tenants import Someone, Tenant, make_coordinator, make_organisation, make_region
from tests.statements import counted
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import transaction
from tia_hub.framework.loader import current_edition
from tia_hub.reports.queries.publications import see_one_moment
from tia_hub.reports.queries.reports import get_report
from tia_hub.reports.services.compiling import compile_figures
from tia_hub.reports.types import AuditFigures, AuditToPublish, ReportFigures

pytestmark = pytest.mark.usefixtures("context", "empty_queue")
As = Callable[[Someone], StrictClient]


@pytest.fixture
def published(cast: Cast) -> Cast:
    """Two organisations that have published."""
    chance = random.Random(7)
    publish_figures(
        cast.ours.tenant,
        [make_audit(make_ratings(chance)), make_audit(make_ratings(chance), team_name="Outreach")],
        {"informed": 24, "skilled": 9},
    )
    publish_figures(cast.theirs.tenant, [make_audit(make_ratings(chance))], {"informed": 12})
    return cast


def of_organisations(figures: ReportFigures) -> AuditFigures:
    return next(each for each in figures.audits if each.scope_kind == "organisation")


def test_a_coordinator_asks_watches_reads_and_downloads(as_: As, published: Cast, superuser_engine: Engine) -> None:
    client = as_(published.coordinator)
    asked = client.submit(f"/p/{published.region.slug}/reports/new", {"title": "Spring report"})
    assert asked.status_code == 303
    watching = client.get(asked.location)
    assert "being compiled" in watching.text
    assert "Check again" in watching.text
    assert 'hx-trigger="every 1s"' in client.get(asked.location, headers={"HX-Request": "true"}).text
    assert run_jobs(superuser_engine, JobName.COMPILE_REPORT) == 1
    assert client.get(asked.location, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    read = client.get(asked.location)
    assert "2 of 2 organisations shared an audit of the whole organisation" in read.text
    pdf = client.get(f"{asked.location}.pdf")
    assert pdf.data.startswith(b"%PDF-")
    assert pdf.headers["Content-Disposition"] == "attachment; filename=Spring-report.pdf"
    assert pdf.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"{asked.location}.xlsx").data.startswith(b"PK")
    assert "Spring report" in client.get(f"/p/{published.region.slug}/reports").text
    assert as_(published.other_coordinator).get(asked.location).status_code == 404
    elsewhere = asked.location.replace(published.region.slug, published.other_region.slug)
    assert as_(published.other_coordinator).get(elsewhere).status_code == 404
    assert as_(published.other_coordinator).get(f"{elsewhere}.pdf").status_code == 404
    assert as_(published.ours.lead).get(asked.location).status_code == 404


def test_two_clicks_make_one_report(as_: As, cast: Cast, superuser_engine: Engine) -> None:
    client = as_(cast.coordinator)
    path = f"/p/{cast.region.slug}/reports/new"
    page = client.get(path).text
    fields = {name: _value(page, name) for name in ("csrf_token", "token")} | {"title": "Spring report"}
    first, second = client.post(path, data=fields), client.post(path, data=fields)
    assert first.location == second.location
    with superuser_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM job WHERE name = 'compile_report'")).scalar_one() == 1


def _value(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


def _recount(audits: Sequence[AuditToPublish]) -> Counter[tuple[str, str]]:
    return Counter((code, rating or "unrated") for audit in audits for code, rating in audit.ratings.items())


def test_figures_equal_a_plain_recount(owner_engine: Engine) -> None:
    chance = random.Random(11)
    region = make_region(owner_engine)
    latest, moved = [], Counter[str]()
    ranks = {"red": 0, "amber": 1, "green": 2}
    for number in range(8):
        audits = [
            make_audit(make_ratings(chance), submitted_on=date(2024 + year, 3, 1 + number))
            for year in range(chance.randint(1, 3))
        ]
        publish_figures(make_organisation(region, f"Organisation {number}"), chance.sample(audits, len(audits)))
        latest.append(audits[-1])
        for code, now in audits[-1].ratings.items() if len(audits) > 1 else ():
            before = audits[-2].ratings[code]
            if now in ranks and before in ranks:
                step = ranks[now] - ranks[before]
                moved["improved" if step > 0 else "worsened" if step < 0 else "same"] += 1
    figures = of_organisations(figures_of(region))
    wanted = _recount(latest)
    for criterion in figures.criteria:
        for rating, count in criterion.ratings.model_dump().items():
            assert count == wanted[criterion.code, rating], (criterion.code, rating)
        assert criterion.ratings.total == len(latest)
    for name in ("improved", "same", "worsened"):
        assert sum(getattr(criterion.movement, name) for criterion in figures.criteria) == moved[name]


def test_the_statements_do_not_grow_with_the_organisations(app, owner_engine: Engine) -> None:  # type: ignore[no-untyped-def]
    def statements(organisations: int) -> int:
        region = make_region(owner_engine)
        for number in range(organisations):
            publish_figures(make_organisation(region, f"Organisation {number}"), [make_audit(make_ratings(all_of="red"))])
        report_id = ask_for_report(region)
        with counted(app) as sent:
            figures_of(region, report_id)
        return len(sent)

    few = statements(2)
    assert statements(9) == few
    assert few <= 16


def test_a_period_counts_what_was_submitted_in_it_and_says_what_it_left_out(as_: As, cast: Cast) -> None:
    publish_figures(cast.ours.tenant, [make_audit(make_ratings(all_of="red"), submitted_on=date(2025, 3, 31))])
    publish_figures(
        cast.theirs.tenant,
        [
            make_audit(make_ratings(all_of="red"), submitted_on=date(2025, 4, 1)),
            make_audit(make_ratings(all_of="green"), submitted_on=date(2026, 4, 1)),
        ],
    )
    asked = as_(cast.coordinator).submit(
        f"/p/{cast.region.slug}/reports/new",
        {"title": "Year", **_date("period_from", 1, 4, 2025), **_date("period_to", 31, 3, 2026)},
    )
    figures = figures_of(cast.region, UUID(str(asked.location).rpartition("/")[2]))
    assert of_organisations(figures).audits == 1
    assert {criterion.ratings.red for criterion in of_organisations(figures).criteria} == {1}
    assert [(each.what, "31 March 2025" in each.why) for each in figures.omissions] == [(cast.ours.tenant.name, True)]


def _date(name: str, day: int, month: int, year: int) -> dict[str, str]:
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}


def test_a_report_of_a_sector_leaves_the_others_out(as_: As, cast: Cast) -> None:
    police = make_organisation(cast.region, "Solent Police", "police")
    publish_figures(police, [make_audit(make_ratings(all_of="amber"))])
    asked = as_(cast.coordinator).submit(f"/p/{cast.region.slug}/reports/new", {"title": "Police", "sectors": ["police"]})
    figures = figures_of(cast.region, UUID(str(asked.location).rpartition("/")[2]))
    assert [each.name for each in figures.participants] == ["Solent Police"]
    assert figures.sectors == ("Police",)


def _publishing(tenant: Tenant) -> None:
    with transaction(tenant.scope()) as scope:
        enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")


def test_a_report_waits_for_figures_that_are_being_published(as_: As, published: Cast, superuser_engine: Engine) -> None:
    _publishing(published.ours.tenant)
    report_id = ask_for_report(published.region)
    _publishing(published.theirs.tenant)
    assert run_jobs(superuser_engine, JobName.COMPILE_REPORT) == 0
    shown = as_(published.coordinator).get(f"/p/{published.region.slug}/reports/{report_id}").text
    assert "1 of 2" in shown
    assert "Collecting what organisations have published" in shown


def test_an_organisation_whose_figures_can_not_be_computed_is_named(published: Cast, superuser_engine: Engine) -> None:
    _publishing(published.ours.tenant)
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE job SET state = 'failed', finished_at = now() WHERE name = 'publish_figures'"))
    omissions = figures_of(published.region).omissions
    assert [each.what for each in omissions] == [published.ours.tenant.name]
    assert "could not be computed" in omissions[0].why


def test_a_cancelled_report_is_not_made_and_can_be_tried_again(as_: As, published: Cast, superuser_engine: Engine) -> None:
    client = as_(published.coordinator)
    path = f"/p/{published.region.slug}/reports/{ask_for_report(published.region)}"
    assert client.submit(path, button=f"{path}/cancel").status_code == 303
    assert run_jobs(superuser_engine, JobName.COMPILE_REPORT) == 0
    assert "was cancelled" in client.get(path).text
    assert client.get(f"{path}.xlsx").status_code == 404
    assert client.submit(path, button=f"{path}/again").status_code == 303
    assert "being compiled" in client.get(path).text
    token = _value(client.get(path).text, "csrf_token")
    assert client.post(f"{path}/again", data={"csrf_token": token}).status_code == 409


def test_without_pango_the_report_says_so_and_has_everything_else(
    as_: As, published: Cast, superuser_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    path = f"/p/{published.region.slug}/reports/{ask_for_report(published.region)}"
    run_jobs(superuser_engine, JobName.COMPILE_REPORT)
    client = as_(published.coordinator)
    assert "libpango-1.0-0" in client.get(path).text
    assert client.get(f"{path}.pdf").status_code == 404
    assert client.get(f"{path}.xlsx").status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "Enter a title for the report"),
        ({"title": "Spring\x00"}, "has a character that can"),
        ({"title": "a" * 201}, "must be 200 characters or fewer"),
        ({"title": "Spring", **_date("period_from", 31, 2, 2026)}, "must be a real date"),
        ({"title": "Spring", **_date("period_from", 2, 2, 2026), **_date("period_to", 1, 2, 2026)}, "or later"),
        ({"title": "Spring", "sectors": ["circus"]}, "Choose one of the answers"),
        ({"title": "Spring", "token": "x"}, "was changed on its way"),
    ],
)
def test_bad_input_is_named_and_kept(as_: As, cast: Cast, fields: dict[str, str], words: str) -> None:
    answer = as_(cast.coordinator).submit(f"/p/{cast.region.slug}/reports/new", fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert fields["title"].strip("\x00")[:6] in answer.text


def test_every_criterion_of_the_edition_is_counted_even_where_nobody_rated_it(published: Cast) -> None:
    figures = of_organisations(figures_of(published.region))
    assert [each.code for each in figures.criteria] == [each.code for each in current_edition().criteria]


def test_what_is_published_meanwhile_does_not_mix_two_moments(cast: Cast) -> None:
    publish_figures(cast.ours.tenant, [make_audit(make_ratings(all_of="red"))])
    report_id = ask_for_report(cast.region)
    with transaction(cast.region.scope(), read_only=True) as scope:
        see_one_moment(scope)
        report, _ = get_report(scope, report_id)
        publish_figures(cast.ours.tenant)
        figures = compile_figures(scope, report)
    assert of_organisations(figures).audits == 1
    assert {criterion.ratings.red for criterion in of_organisations(figures).criteria} == {1}
    assert figures_of(cast.region).audits == ()


def test_a_partnership_without_organisations_gets_a_report_that_says_so(
    as_: As, cast: Cast, owner_engine: Engine, superuser_engine: Engine
) -> None:
    region = make_region(owner_engine, "Empty Vale")
    coordinator = make_coordinator(region)
    path = f"/p/{region.slug}/reports/{ask_for_report(region)}"
    assert run_jobs(superuser_engine, JobName.COMPILE_REPORT) == 1
    assert "0 of 0 organisations" in as_(coordinator).get(path).text

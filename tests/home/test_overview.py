"""The coordinator's overview: from publications alone, by name, with what needs support."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.audits import make_audit as make_own_audit
from tests.factories.audits import make_shared_audit
from tests.factories.reports import ask_for_report, make_audit, make_ratings, publish_figures
from tests.factories.tenants import Tenant, make_organisation
from tests.factories.trainers import course_details, make_course, make_offered_course
from tests.statements import counted


def publish_all(tenant: Tenant, rating: str | None, submitted_on: date = date(2026, 5, 4)) -> None:
    publish_figures(tenant, [make_audit(make_ratings(all_of=rating), submitted_on=submitted_on)])


@pytest.fixture
def home(cast: Cast) -> str:
    return f"/p/{cast.region.slug}/"


def test_a_new_coordinator_finds_first_steps(as_, cast: Cast) -> None:
    shown = as_(cast.other_coordinator).get(f"/p/{cast.other_region.slug}/").text
    assert "Add the organisations that take part" in shown
    assert f'href="/p/{cast.other_region.slug}/organisations/new"' in shown
    assert "Organisations by principles" not in shown


def test_the_map_says_by_word_and_count_what_organisations_published(as_, make, cast: Cast, home: str) -> None:
    make(publish_all, cast.ours.tenant, "red")
    make(publish_all, make(make_organisation, cast.region, "Alder House"), "green")
    shown = as_(cast.coordinator).get(home).text
    assert "Where 2 organisations stand, principle by principle" in shown
    assert "10 red" in shown
    assert "12 green" in shown
    assert "2 of 3" in shown
    support = shown.split("Organisations where a principle is mostly red")[-1]
    assert cast.ours.tenant.name in support
    assert "Safety, Trustworthiness, Choice, Collaboration, Empowerment" in support
    assert "Alder House" not in support
    assert cast.theirs.tenant.name in shown.split("share none yet (1)")[1].split("</details>")[0]


def test_only_the_latest_audit_of_a_whole_organisation_is_on_the_map(as_, make, cast: Cast, home: str) -> None:
    audits = [
        make_audit(make_ratings(all_of="red"), submitted_on=date(2025, 3, 1)),
        make_audit(make_ratings(all_of="amber"), submitted_on=date(2026, 3, 1)),
        make_audit(make_ratings(all_of="red"), submitted_on=date(2026, 4, 1), team_name="Night team"),
    ]
    make(publish_figures, cast.ours.tenant, audits)
    shown = as_(cast.coordinator).get(home).text
    assert "10 amber" in shown
    assert "10 red" not in shown
    assert "1 March 2026" in shown
    assert "Night team" not in shown


def test_an_unrated_audit_is_not_red(as_, make, cast: Cast, home: str) -> None:
    make(publish_all, cast.ours.tenant, None)
    shown = as_(cast.coordinator).get(home).text
    assert "10 not rated" in shown
    assert "No organisation has a principle that is mostly red" in shown


def test_a_shared_audit_that_grew_old_is_named(as_, make, cast: Cast, home: str) -> None:
    make(publish_all, cast.ours.tenant, "green", date(2020, 5, 4))
    shown = as_(cast.coordinator).get(home).text
    assert "Shared audits that are older than a year" in shown
    assert "4 May 2020" in shown


def test_what_is_not_published_does_not_show(as_, make, cast: Cast, home: str) -> None:
    make(make_own_audit, cast.ours.tenant, title="Private audit")
    make(make_shared_audit, cast.theirs.tenant, title="Shared, and not yet published")
    shown = as_(cast.coordinator).get(home).text
    assert "Private audit" not in shown
    assert "not yet published" not in shown
    assert "No audit is shared yet" in shown
    assert "0 of 2" in shown


def test_another_partnerships_organisations_do_not_show(as_, make, cast: Cast, home: str) -> None:
    elsewhere = make(make_organisation, cast.other_region, "Faraway Trust")
    make(publish_all, elsewhere, "red")
    assert "Faraway Trust" not in as_(cast.coordinator).get(home).text
    assert "Faraway Trust" in as_(cast.other_coordinator).get(f"/p/{cast.other_region.slug}/").text


def test_offered_courses_and_the_latest_report_are_one_click_away(as_, make, cast: Cast, home: str) -> None:
    make(make_offered_course, cast.trainer, course_details("Caring for those who care"))
    make(make_course, cast.trainer, course_details("A draft of theirs"))
    report_id = make(ask_for_report, cast.region, "Spring report")
    shown = as_(cast.coordinator).get(home).text
    assert "Check the course Caring for those who care" in shown
    assert "A draft of theirs" not in shown
    assert f'href="/p/{cast.region.slug}/reports/{report_id}"' in shown
    assert "Being compiled" in shown


def test_figures_that_could_not_be_published_are_named(as_, make, cast: Cast, home: str, superuser_engine: Engine) -> None:
    tenant = cast.ours.tenant
    make(make_shared_audit, tenant)
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE job SET state = 'failed', finished_at = now() WHERE home_id = :home"), {"home": tenant.id}
        )
    assert f"The figures of {tenant.name} could not be brought up to date" in as_(cast.coordinator).get(home).text


def test_a_long_map_is_in_pages_that_always_answer(as_, make, cast: Cast, home: str) -> None:
    for number in range(31):
        make(publish_all, make(make_organisation, cast.region, f"Member {number:02}"), "amber")
    client = as_(cast.coordinator)
    first, second = client.get(home).text, client.get(f"{home}?page=2").text
    assert "Member 00</th>" in first
    assert "Member 30</th>" not in first
    assert "Member 30</th>" in second
    for odd in ("0", "-1", "999999999999999999999", "two"):
        assert client.get(f"{home}?page={odd}").status_code == 200


def test_with_many_organisations_the_page_takes_at_most_twelve_statements(as_, make, app: Flask, cast: Cast, home: str) -> None:
    for number in range(4):
        make(publish_all, make(make_organisation, cast.region, f"Member {number}"), "amber")
        make(make_offered_course, cast.trainer)
    make(ask_for_report, cast.region)
    client = as_(cast.coordinator)
    client.get(home)
    with counted(app) as statements:
        assert client.get(home).status_code == 200
    assert len(statements) <= 12, "\n".join(statements)

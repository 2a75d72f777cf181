"""The sample partnership: it is whole, the same every time, and breaks none of the rules that its pages enforce."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.client import StrictClient
from tests.factories.reports import run_jobs
from tests.services import Services
from tia_hub.audits.queries import list_audits, list_entries, list_ratings
from tia_hub.core.clock import now, today
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope, transaction
from tia_hub.demo.partnership.assessments import plan_forms
from tia_hub.demo.partnership.plan import PlannedOrganisation, Story, plan_organisations
from tia_hub.demo.partnership.seed import PASSWORD, SignIn, is_seeded, seed
from tia_hub.demo.partnership.tenancy import scope_of
from tia_hub.demo.partnership.texts import load, make_id
from tia_hub.framework.loader import current_edition
from tia_hub.tenants.types.organisations import Sector
from tia_hub.tenants.types.roles import Role
from tia_hub.training.queries import count_forms_by_state, list_agreed_forms
from tia_hub.training.types import FormState

MARK = "sample"
SMALL = 9
"""Organisations that are made here: with them, every sector and state is there."""


@pytest.fixture(scope="module")
def people(services: Services) -> list[SignIn]:
    assert not is_seeded(services.settings, mark=MARK)
    return seed(services.settings, organisations=SMALL, mark=MARK)


@pytest.fixture
def count(people: list[SignIn], superuser_engine: Engine) -> Iterator[Any]:
    """Rows of a query with `:partnership`, as a dictionary of its first two columns."""
    with superuser_engine.connect() as connection:
        yield lambda query: {row[0]: row[1] for row in connection.execute(text(query), {"partnership": partnership_id()})}


def partnership_id() -> UUID:
    return make_id("partnership", MARK)


def plans() -> list[PlannedOrganisation]:
    return plan_organisations(SMALL, None, MARK)


def scope_of_lead(plan: PlannedOrganisation) -> OrganisationScope:
    return scope_of(plan, partnership_id(), plan.leads[0])


def test_one_of_each_role_can_sign_in(people: list[SignIn], client: StrictClient) -> None:
    roles = ["Coordinator", "Lead", "Manager", "Member of staff", "Contributor", "Training provider"]
    assert [person.role for person in people] == roles
    for person in people:
        page = client.get("/sign-in")
        assert page.status_code == 200
        answer = client.submit("/sign-in", {"email": person.email, "password": PASSWORD})
        assert answer.status_code == 302, person
        client.get("/", follow_redirects=True)
        client.submit("/sign-out", {})


def test_it_is_as_large_as_promised(count: Any) -> None:
    sectors = count("SELECT sector, count(*) FROM organisation WHERE partnership_id = :partnership GROUP BY 1")
    assert sum(sectors.values()) == SMALL
    assert set(sectors) == set(Sector)
    assert len(count("SELECT name, 1 FROM area WHERE partnership_id = :partnership")) == 4
    assert count("SELECT 'providers', count(*) FROM provider WHERE partnership_id = :partnership") == {"providers": 15}
    courses = count("SELECT state, count(*) FROM course WHERE partnership_id = :partnership GROUP BY 1")
    assert sum(courses.values()) == 40
    assert set(courses) == {"draft", "offered", "live", "withdrawn"}
    assert count("SELECT 'office', count(*) FROM coordinator WHERE partnership_id = :partnership") == {"office": 2}


def test_there_is_something_under_way(count: Any) -> None:
    assert count("SELECT state, count(*) FROM joining_request WHERE partnership_id = :partnership GROUP BY 1") == {"waiting": 1}
    ours = "JOIN organisation o ON o.id = organisation_id WHERE o.partnership_id = :partnership"
    assert count(f"SELECT t.name, expected_level FROM team t {ours} AND expected_level IS NOT NULL")
    assert len(count(f"SELECT domain, 1 FROM organisation_domain d {ours} AND confirmed_at IS NOT NULL")) == 1
    assert count(f"SELECT 'asked', count(*) FROM audit_request {ours}") == {"asked": 1}


def test_courses_have_dates_to_come_and_several_reviewers(count: Any) -> None:
    to_come = count(
        "SELECT course_id, count(*) FROM course_date WHERE partnership_id = :partnership AND day > current_date GROUP BY 1"
    )
    assert len(to_come) > 10
    reviewers = count(
        "SELECT course_id, count(DISTINCT organisation_id) FROM course_rating WHERE partnership_id = :partnership GROUP BY 1"
    )
    assert sum(number >= 3 for number in reviewers.values()) >= 10


def test_audits_and_forms_are_in_every_state(count: Any) -> None:
    ours = "JOIN organisation o ON o.id = organisation_id WHERE o.partnership_id = :partnership GROUP BY 1"
    audits = count(f"SELECT audit.state || ' ' || disclosure, count(*) FROM audit {ours}")
    assert set(audits) == {"in_progress private", "submitted private", "submitted shared"}
    forms = count(f"SELECT self_assessment.state, count(*) FROM self_assessment {ours}")
    assert set(forms) == set(FormState)
    ratings = count(f"SELECT coalesce(rating, 'none'), count(*) FROM audit_entry {ours}")
    rated = ratings["green"] + ratings["amber"] + ratings["red"]
    assert all(ratings[rating] > rated / 10 for rating in ("green", "amber", "red"))


def test_counts_of_people_are_told_of_some_organisations_and_not_of_others(count: Any) -> None:
    told = count(
        "SELECT organisation_id, count(*) FROM published_count WHERE partnership_id = :partnership AND kind = 'form_state' "
        "GROUP BY 1"
    )
    assert 2 < len(told) < SMALL
    least = count("SELECT 'least', min(people) FROM published_count WHERE partnership_id = :partnership")
    assert least["least"] >= 7


def test_every_criterion_has_words_for_every_rating() -> None:
    texts = load("audit_texts")
    assert list(texts) == [criterion.code for criterion in current_edition().criteria]
    for code, of_criterion in texts.items():
        for kind in ("red", "amber", "green", "evidence"):
            assert of_criterion[kind], f"{code} {kind}"
            assert all(len(each) > 10 for each in of_criterion[kind]), f"{code} {kind}"


def test_an_audit_reads_without_gaps_and_moved_since_the_one_before(people: list[SignIn], context: None) -> None:
    better = 0
    for plan in plans():
        if plan.story is not Story.TWO_SHARED:
            continue
        with transaction(scope_of_lead(plan), read_only=True) as scope:
            whole = [audit for audit in list_audits(scope) if audit.team_id is None]
            entries = list_entries(scope, whole[0].id)
            ratings = list_ratings(scope)
        assert len(whole) == 2
        assert timedelta(300) < whole[0].started_on - whole[1].started_on < timedelta(400)
        for entry in entries.values():
            assert "{" not in entry.journey + entry.evidence
            assert entry.rating != "not_applicable" or entry.reason
        greens = [sum(rating == "green" for rating in ratings[audit.id].values()) for audit in whole]
        better += greens[0] > greens[1]
    assert better > 2


def test_nothing_happened_in_the_future(people: list[SignIn], superuser_engine: Engine) -> None:
    with superuser_engine.connect() as connection:
        for query in (
            "SELECT max(created_at) FROM trail_event",
            "SELECT max(greatest(submitted_at, shared_at)) FROM audit",
            "SELECT max(changed_at) FROM audit_entry",
            "SELECT max(agreed_at) FROM agreed_form",
            "SELECT max(finalised_at) FROM course_score",
        ):
            newest: datetime = connection.execute(text(query)).scalar_one()
            assert newest <= connection.execute(text("SELECT now()")).scalar_one(), query
        assert connection.execute(text("SELECT max(read_on) FROM reading")).scalar_one() <= today()


def test_what_was_agreed_was_kept_as_it_was(people: list[SignIn], context: None) -> None:
    plan = plans()[0]
    manager = plan.person_of(Role.MANAGER)
    assert manager
    with transaction(scope_of(plan, partnership_id(), manager), read_only=True) as scope:
        agreed = list_agreed_forms(scope)
        states = count_forms_by_state(scope)
    assert agreed
    prompts = [prompt.code for prompt in current_edition().self_assessment.prompts]
    assert len({form.agreed_at.date() for form in agreed}) > 1
    for form in agreed:
        assert form.agreed_at < now()
        assert [answer["code"] for answer in form.content["answers"]] == prompts
        assert all(answer["text"] for answer in form.content["answers"])
    planned = [form.state for form in plan_forms(plan, today())]
    assert states == {state: planned.count(state) for state in (FormState.SHARED, FormState.AGREED)}


def test_the_report_is_compiled_by_the_worker(
    people: list[SignIn], app: Flask, context: None, superuser_engine: Engine, count: Any
) -> None:
    run_jobs(superuser_engine, JobName.PUBLISH_FIGURES)
    run_jobs(superuser_engine, JobName.COMPILE_REPORT)
    states = count("SELECT title, state FROM report WHERE partnership_id = :partnership")
    assert list(states.values()) == ["ready"]
    assert count("SELECT 'mails', count(*) FROM email WHERE home_id = :partnership") == {"mails": 0}


def test_seeding_again_changes_nothing(people: list[SignIn], services: Services, count: Any) -> None:
    assert is_seeded(services.settings, mark=MARK)
    before = count("SELECT 'members', count(*) FROM membership")
    assert seed(services.settings, organisations=SMALL, mark=MARK) == people
    assert count("SELECT 'members', count(*) FROM membership") == before


def test_the_same_day_gives_the_same_texts(services: Services, superuser_engine: Engine) -> None:
    day = date(2026, 9, 1)
    for mark in ("one", "two"):
        seed(services.settings, organisations=1, staff=5, today=day, mark=mark)
    with superuser_engine.connect() as connection:
        first, second = (
            connection.execute(
                text(
                    "SELECT a.started_on, code, rating, journey, evidence FROM audit_entry e JOIN audit a ON a.id = audit_id "
                    "JOIN organisation o ON o.id = a.organisation_id WHERE o.slug LIKE :slug "
                    "ORDER BY a.started_on, a.team_name, code"
                ),
                {"slug": f"%-{mark}"},
            ).all()
            for mark in ("one", "two")
        )
    assert first == second
    assert len(first) > 100


def test_the_written_partnership_has_every_story() -> None:
    written = plan_organisations(24, None, "")
    assert len({plan.slug for plan in written}) == 24
    assert {plan.story for plan in written} == set(Story)
    assert sum(plan.story is Story.TWO_SHARED for plan in written) > 10


def test_any_number_of_organisations_and_people() -> None:
    many = plan_organisations(200, 40, "")
    assert len({plan.slug for plan in many}) == len({plan.name for plan in many}) == 200
    assert all(len(plan.people) == len({person.email for person in plan.people}) == 40 for plan in many)
    assert all(plan.leads for plan in plan_organisations(30, 1, ""))


def test_more_organisations_change_nothing_about_the_others() -> None:
    assert plan_organisations(30, None, "")[:24] == plan_organisations(24, None, "")

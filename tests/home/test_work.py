"""My work: what each role finds waiting, and that nobody learns of another's draft."""

from datetime import date

import pytest
from flask import Flask

from tests.cast import Cast
from tests.factories.audits import make_audit, make_shared_audit, rated
from tests.factories.outcomes import make_indicator, make_reading
from tests.factories.tenants import make_member
from tests.factories.trainers import make_live_course, make_score
from tests.factories.training import confirm, make_agreed, make_draft, make_shared
from tests.statements import counted
from tia_hub.core.scope import transaction
from tia_hub.outcomes.types import Frequency
from tia_hub.tenants.services.invitations import invite_member
from tia_hub.tenants.types.roles import Role
from tia_hub.trainers.types import ScoreState


@pytest.fixture
def home(cast: Cast) -> str:
    return f"/o/{cast.ours.tenant.slug}/"


def test_a_new_member_of_staff_finds_the_first_useful_step(as_, cast: Cast, home: str) -> None:
    shown = as_(cast.ours.staff).get(home).text
    assert "Begin your self-assessment" in shown
    assert "Only you see it until you share it" in shown
    assert "Invite your colleagues" not in shown


def test_a_draft_is_seen_by_its_writer_alone(as_, make, cast: Cast, home: str) -> None:
    before = as_(cast.ours.manager).get(home).text, as_(cast.ours.lead).get(home).text
    make(make_draft, cast.ours.tenant, cast.ours.staff)
    assert "Go on with your self-assessment" in as_(cast.ours.staff).get(home).text
    for someone, earlier in zip((cast.ours.manager, cast.ours.lead), before, strict=True):
        shown = as_(someone).get(home).text
        assert cast.ours.staff.name not in shown
        assert len(shown) == len(earlier)


def test_a_shared_form_waits_for_both_until_both_confirmed(as_, make, cast: Cast, home: str) -> None:
    tenant, staff, manager = cast.ours.tenant, cast.ours.staff, cast.ours.manager
    form_id = make(make_shared, tenant, staff, manager)
    assert "Talk about your self-assessment" in as_(staff).get(home).text
    assert f"Talk with {staff.name} about their self-assessment" in as_(manager).get(home).text
    assert staff.name not in as_(cast.ours.lead).get(home).text
    assert staff.name not in as_(cast.ours.colleague).get(home).text

    make(confirm, tenant, staff, form_id, role=Role.STAFF)
    assert "With your manager" in as_(staff).get(home).text
    assert f"Confirm the plans with {staff.name}" in as_(manager).get(home).text

    make(confirm, tenant, manager, form_id)
    assert "Agreed on" in as_(staff).get(home).text
    assert "Nothing waits for you at the moment" in as_(staff).get(home).text
    assert staff.name not in as_(manager).get(home).text


def test_the_managers_confirmation_waits_for_the_worker(as_, make, cast: Cast, home: str) -> None:
    form_id = make(make_shared, cast.ours.tenant, cast.ours.staff, cast.ours.manager)
    make(confirm, cast.ours.tenant, cast.ours.manager, form_id)
    assert "Read and confirm your plans" in as_(cast.ours.staff).get(home).text
    assert cast.ours.staff.name not in as_(cast.ours.manager).get(home).text


def test_an_audit_in_progress_says_what_its_sections_still_need_to_its_lead_alone(as_, make, cast: Cast, home: str) -> None:
    make(make_audit, cast.ours.tenant, title="Audit of the year", entries=rated(green=9, red=3))
    shown = as_(cast.ours.lead).get(home).text
    assert "12 of 46 rated" in shown
    assert "Trustworthiness: 5 of 7 to rate" in shown
    assert "Safety:" not in shown
    assert "Audit of the year" not in as_(cast.ours.staff).get(home).text
    assert "Audit of the year" not in as_(cast.theirs.lead).get(f"/o/{cast.theirs.tenant.slug}/").text


def test_a_lead_sees_what_is_shared_and_what_is_being_prepared(as_, make, cast: Cast, home: str) -> None:
    assert "Nothing yet. You decide" in as_(cast.ours.lead).get(home).text
    make(make_shared_audit, cast.ours.tenant, title="Audit of the year")
    shown = as_(cast.ours.lead).get(home).text
    assert "Shared with the coordinator" in shown
    assert "Your figures are being put together" in shown


def test_begun_scores_and_late_readings_wait_for_the_lead(as_, make, cast: Cast, home: str) -> None:
    course_id = make(make_live_course, cast.region, cast.trainer)
    make(make_score, cast.ours.tenant, course_id, state=ScoreState.DRAFT)
    indicator_id = make(make_indicator, cast.ours.tenant, "Staff turnover", frequency=Frequency.MONTHLY)
    make(make_reading, cast.ours.tenant, indicator_id, date(2020, 1, 1), "7")
    shown = as_(cast.ours.lead).get(home).text
    assert "Finish your score of" in shown
    assert "Record readings of 1 indicator" in shown
    assert "Staff turnover" in shown
    theirs = as_(cast.theirs.lead).get(f"/o/{cast.theirs.tenant.slug}/").text
    assert "Finish your score of" not in theirs
    assert "Staff turnover" not in theirs


def test_invitations_that_were_not_accepted_are_counted_for_the_lead(as_, app: Flask, cast: Cast, home: str) -> None:
    with app.app_context(), transaction(cast.ours.tenant.scope(cast.ours.lead)) as scope:
        invite_member(scope, name="Ira Invited", email="ira.invited@example.org", role=Role.STAFF)
    assert "1 person has not accepted your invitation yet" in as_(cast.ours.lead).get(home).text
    assert "not accepted" not in as_(cast.ours.manager).get(home).text


def test_with_everything_going_on_the_page_takes_at_most_fourteen_statements(
    as_, make, app: Flask, cast: Cast, home: str
) -> None:
    tenant, lead = cast.ours.tenant, cast.ours.lead
    make(make_shared_audit, tenant)
    for number in range(3):
        make(make_indicator, tenant, f"Indicator {number}")
        make(make_score, tenant, make(make_live_course, cast.region, cast.trainer), state=ScoreState.DRAFT)
        make(make_shared, tenant, make(make_member, tenant, name=f"Person {number}"), lead)
    make(make_audit, tenant, entries=rated(green=3))
    make(make_agreed, tenant, cast.ours.manager, lead)
    client = as_(lead)
    client.get(home)
    with counted(app) as statements:
        assert client.get(home).status_code == 200
    assert len(statements) <= 14, "\n".join(statements)

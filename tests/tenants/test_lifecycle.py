"""The life of an organisation: suspended, archived, deleted after a time, and what each means for who is in it."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.reports import ask_for_report, figures_of, make_audit, make_ratings, publish_figures, run_jobs
from tests.factories.tenants import unique
from tests.tenants.mails import bodies_to, invitation_path, rows
from tia_hub.core.clock import today
from tia_hub.core.errors import Refused
from tia_hub.core.jobs.runner import Run, claim_job, run_job
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName, PlaceAtRest
from tia_hub.core.schedules.recurrence import Frequency
from tia_hub.core.schedules.services import create_schedule, run_due_schedules
from tia_hub.core.scope import DispatchScope, transaction
from tia_hub.tenants.queries.lifecycle import list_due_for_deletion
from tia_hub.tenants.services.lifecycle import change_state
from tia_hub.tenants.types.organisations import Life, OrganisationState, Step
from worker.tasks import load_tasks

State = OrganisationState
PASSWORD = "three calm harbours"


@given(st.lists(st.sampled_from(Step), max_size=12))
def test_whatever_happens_a_life_stays_one_that_can_be(steps: list[Step]) -> None:
    life, before = Life(State.ACTIVE), Life(State.ACTIVE)
    for step in steps:
        after = life.after(step)
        assert (after is None) is (step not in life.steps)
        if after is None:
            continue
        assert (after.state is State.CLOSING) is (after.resumes_as is not None)
        if step is Step.DELETE:
            before = life
            assert after == Life(State.CLOSING, life.state)
        if step is Step.KEEP:
            assert after == before
        life = after
    assert life.steps, "nothing is the end but the deletion itself"


def test_what_waits_to_be_deleted_is_only_kept_or_deleted() -> None:
    for state in (State.ACTIVE, State.SUSPENDED, State.ARCHIVED):
        assert Life(State.CLOSING, state).steps == (Step.KEEP,)
        assert Life(state).after(Step.KEEP) is None


@pytest.fixture
def entry(cast: Cast) -> str:
    return f"/p/{cast.region.slug}/organisations/{cast.ours.tenant.id}"


@pytest.fixture
def home(cast: Cast) -> str:
    return f"/o/{cast.ours.tenant.slug}/"


@pytest.fixture
def office(as_, cast: Cast) -> StrictClient:
    return as_(cast.coordinator)


@pytest.fixture
def state(cast: Cast, superuser_engine: Engine) -> Callable[[], tuple[object, ...]]:
    def read() -> tuple[object, ...]:
        return rows(superuser_engine, "SELECT state, closing_on FROM organisation WHERE id = :id", id=cast.ours.tenant.id)[0]

    return read


def take(client: StrictClient, entry: str, step: str, **fields: str):
    return client.submit(f"{entry}/{step}", fields)


def test_a_suspended_organisation_says_so_to_its_members_and_shows_nothing(
    as_, office: StrictClient, cast: Cast, entry: str, home: str, superuser_engine: Engine
) -> None:
    unexplained = take(office, entry, "suspend", reason="")
    assert unexplained.status_code == 422 and "Say why" in unexplained.text
    assert take(office, entry, "suspend", reason="The agreement ran out").status_code == 303
    for someone in (cast.ours.lead, cast.ours.manager, cast.ours.staff):
        client = as_(someone)
        for answer in (
            client.get(home),
            client.get(f"{home}people"),
            client.get(f"{home}organisation"),
            client.post(f"{home}organisation/keep"),
            client.get("/places", follow_redirects=True),
        ):
            assert answer.status_code == 403
            assert "is suspended" in answer.text and "The agreement ran out" in answer.text
            assert f"{cast.coordinator.name}, {cast.coordinator.email}" in answer.text
            assert "Ours Outreach" not in answer.text and cast.ours.colleague.name not in answer.text
    assert as_(cast.theirs.lead).get(home).status_code == 404
    assert "The agreement ran out" in bodies_to(superuser_engine, cast.ours.lead.email)[-1]
    assert bodies_to(superuser_engine, cast.ours.staff.email) == []
    listed = office.get(f"/p/{cast.region.slug}/organisations").text
    assert "Suspended" in listed
    assert take(office, entry, "reactivate").status_code == 303
    assert as_(cast.ours.staff).get(home).status_code == 200
    words = [row[0] for row in rows(superuser_engine, "SELECT words FROM trail_event WHERE home_id = :id", id=cast.region.id)]
    assert "Suspended Ours Harbour Trust: The agreement ran out" in words
    assert "Made active again Ours Harbour Trust" in words


def test_an_archived_organisation_is_read_by_its_leads_alone(
    as_, office: StrictClient, cast: Cast, entry: str, home: str
) -> None:
    assert take(office, entry, "archive", reason="Merged into another").status_code == 303
    lead = as_(cast.ours.lead)
    for path in ("", "people", "audits", "organisation", "trail"):
        shown = lead.get(f"{home}{path}")
        assert shown.status_code == 200
        assert "Nothing can be changed" in shown.text
    refused = lead.submit(f"{home}teams/new", {"name": "Late team", "remit": ""})
    assert refused.status_code == 409
    assert "is archived" in refused.text and "Late team" in refused.text, "what was typed is shown again"
    staff = as_(cast.ours.staff).get(home)
    assert staff.status_code == 403 and "is archived" in staff.text
    assert take(office, entry, "reactivate").status_code == 303
    assert lead.submit(f"{home}teams/new", {"name": "Late team", "remit": ""}).status_code == 303


@pytest.mark.parametrize("step", ["reactivate", "keep"])
def test_a_step_that_can_not_be_is_refused_and_changes_nothing(
    office: StrictClient, cast: Cast, entry: str, state: Callable[[], object], step: str, superuser_engine: Engine
) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', office.get(f"{entry}/suspend").text)
    assert token
    before = state(), rows(superuser_engine, "SELECT count(*) FROM trail_event WHERE home_id = :id", id=cast.region.id)
    assert office.get(f"{entry}/{step}").status_code == 409
    refused = office.post(f"{entry}/{step}", data={"csrf_token": token[1], "reason": "x"})
    assert refused.status_code == 409 and "is active" in refused.text
    assert (
        state(),
        rows(superuser_engine, "SELECT count(*) FROM trail_event WHERE home_id = :id", id=cast.region.id),
    ) == before


def test_a_lead_asks_for_the_deletion_and_another_stops_it(
    as_,
    office: StrictClient,
    cast: Cast,
    entry: str,
    home: str,
    state: Callable[[], tuple[object, ...]],
    superuser_engine: Engine,
) -> None:
    lead = as_(cast.ours.lead)
    wrong = lead.submit(f"{home}organisation/delete", {"name": "Theirs Harbour Trust"})
    assert wrong.status_code == 422 and "as it is written here" in wrong.text
    assert lead.submit(f"{home}organisation/delete", {"name": " ours harbour  trust"}).status_code == 303
    day = today() + timedelta(days=30)
    assert state() == ("closing", day)
    again = lead.get(f"{home}organisation/delete")
    assert again.status_code == 303, "there is nothing to ask for any more"
    for address in (cast.ours.lead.email, cast.coordinator.email):
        assert "asked for Ours Harbour Trust to be deleted" in bodies_to(superuser_engine, address)[-1]
    assert lead.get(f"{home}people").status_code == 200
    assert lead.submit(f"{home}teams/new", {"name": "Late team", "remit": ""}).status_code == 409
    assert "is to be deleted" in as_(cast.ours.staff).get(home).text
    shown = office.get(entry).text
    assert "To be deleted" in shown and f"{entry}/keep" not in shown
    assert office.submit(f"{entry}/keep").status_code == 409, "only its leads stop what a lead asked for"
    assert lead.submit(f"{home}organisation", button=f"{home}organisation/keep").status_code == 303
    assert state() == ("active", None)
    assert (
        "stays on TIA Hub"
        in rows(
            superuser_engine,
            "SELECT subject FROM email WHERE to_address = :to ORDER BY created_at DESC",
            to=cast.coordinator.email,
        )[0][0]
    )
    assert as_(cast.ours.staff).get(home).status_code == 200


def test_the_office_may_stop_what_it_asked_for_and_a_suspended_one_stays_suspended(
    as_, office: StrictClient, cast: Cast, entry: str, home: str, state: Callable[[], tuple[object, ...]]
) -> None:
    take(office, entry, "suspend", reason="Nobody answers")
    assert take(office, entry, "delete", name="Ours Harbour Trust").status_code == 303
    assert state()[0] == "closing"
    assert as_(cast.ours.lead).get(home).status_code == 200, "its leads take what is theirs"
    assert take(office, entry, "keep").status_code == 303
    assert state() == ("suspended", None)
    assert "Nobody answers" in as_(cast.ours.lead).get(home).text


@pytest.mark.usefixtures("context", "empty_queue")
def test_everybody_concerned_is_reminded_twice_and_not_once_it_was_stopped(
    as_, cast: Cast, home: str, superuser_engine: Engine
) -> None:
    lead = as_(cast.ours.lead)
    lead.submit(f"{home}organisation/delete", {"name": "Ours Harbour Trust"})
    day = today() + timedelta(days=30)
    due = rows(superuser_engine, "SELECT due_at::date FROM job WHERE name = 'remind_of_deletion' ORDER BY due_at")
    assert due == [(day - timedelta(days=7),), (day - timedelta(days=1),)]
    assert run_jobs(superuser_engine, JobName.REMIND_OF_DELETION) == 2
    assert sum("is deleted in 7 days" in body for body in bodies_to(superuser_engine, cast.coordinator.email)) == 1
    assert sum("is deleted tomorrow" in body for body in bodies_to(superuser_engine, cast.ours.lead.email)) == 1
    lead.submit(f"{home}organisation", button=f"{home}organisation/keep")
    lead.submit(f"{home}organisation/delete", {"name": "Ours Harbour Trust"})
    lead.submit(f"{home}organisation", button=f"{home}organisation/keep")
    before = len(bodies_to(superuser_engine, cast.ours.lead.email))
    assert run_jobs(superuser_engine, JobName.REMIND_OF_DELETION) == 2
    assert len(bodies_to(superuser_engine, cast.ours.lead.email)) == before


@pytest.mark.usefixtures("context")
def test_the_list_of_what_is_due_names_what_waited_long_enough(as_, cast: Cast, home: str) -> None:
    as_(cast.ours.lead).submit(f"{home}organisation/delete", {"name": "Ours Harbour Trust"})
    day = today() + timedelta(days=30)

    def due(on: date) -> set[UUID]:
        with transaction(DispatchScope(), read_only=True) as scope:
            return {each.organisation_id for each in list_due_for_deletion(scope, on)}

    assert cast.ours.tenant.id not in due(day - timedelta(days=1))
    assert cast.ours.tenant.id in due(day)
    with transaction(cast.other_region.scope(), read_only=True) as scope:
        assert list_due_for_deletion(scope, day) == []


@pytest.mark.usefixtures("context", "empty_queue")
def test_jobs_of_a_suspended_organisation_stop_at_their_next_step_and_wait(
    app: Flask, office: StrictClient, cast: Cast, entry: str, superuser_engine: Engine
) -> None:
    load_tasks()
    with transaction(cast.ours.tenant.scope()) as scope:
        running = enqueue(scope, JobName.PUBLISH_FIGURES, key="one")
        waiting = enqueue(scope, JobName.PUBLISH_FIGURES, key="two")
    assert running and waiting
    claim = claim_job(running)
    assert claim
    run: Run = Run(claim)
    with run.open():
        pass
    take(office, entry, "suspend", reason="A pause")
    for step in (run.open, run.finish):
        with pytest.raises(PlaceAtRest), step():
            pass
    with pytest.raises(PlaceAtRest):
        run.progress(1, 2)
    assert run_job(waiting) is False
    state = rows(superuser_engine, "SELECT state, tries, due_at > now() FROM job WHERE id = :id", id=waiting)
    assert state == [("queued", 0, True)], "it waits, and the try does not count"
    take(office, entry, "reactivate")
    assert run_jobs(superuser_engine, JobName.PUBLISH_FIGURES) == 1
    with run.finish():
        pass


@pytest.mark.usefixtures("context", "empty_queue")
def test_schedules_of_a_suspended_organisation_pause(
    office: StrictClient, cast: Cast, entry: str, superuser_engine: Engine
) -> None:
    for tenant in (cast.ours.tenant, cast.theirs.tenant):
        with transaction(tenant.scope()) as scope:
            create_schedule(
                scope,
                JobName.PUBLISH_FIGURES,
                frequency=Frequency.WEEKLY,
                first_on=date(2026, 1, 5),
                local_time=time(7),
            )
    take(office, entry, "suspend", reason="A pause")
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE schedule SET next_at = now() - interval '1 hour'"))
    assert run_due_schedules() == 1
    made = rows(superuser_engine, "SELECT home_id FROM job WHERE key LIKE 'schedule:%'")
    assert made == [(cast.theirs.tenant.id,)]
    assert rows(superuser_engine, "SELECT count(*) FROM schedule WHERE next_at > now()") == [(2,)]


@pytest.mark.usefixtures("context")
def test_the_office_learns_who_leads_an_organisation_and_of_nobody_else(office: StrictClient, cast: Cast, entry: str) -> None:
    shown = office.get(entry).text
    assert f"{cast.ours.lead.name}, {cast.ours.lead.email}" in shown
    assert cast.ours.staff.name not in shown and cast.ours.manager.name not in shown
    with transaction(cast.region.scope(), read_only=True) as scope:
        seen = set(scope.session.execute(text("SELECT person_id FROM membership")).scalars())
        people = set(scope.session.execute(text("SELECT id FROM person")).scalars())
    assert seen == {cast.ours.lead.id, cast.theirs.lead.id}
    assert cast.ours.staff.id not in people


def test_a_further_lead_of_the_offices_choice_is_confirmed_by_a_present_lead(
    as_, office: StrictClient, cast: Cast, entry: str, home: str, client: StrictClient, superuser_engine: Engine
) -> None:
    address = f"{unique('further')}@example.org"
    said = office.submit(entry, {"name": "Nora Next", "email": address})
    assert "Once one of them confirms Nora Next" in office.get(said.location).text
    assert bodies_to(superuser_engine, address) == []
    assert "Nothing is sent until one of you confirms it" in bodies_to(superuser_engine, cast.ours.lead.email)[-1]
    [(invitation_id,)] = rows(superuser_engine, "SELECT id FROM invitation WHERE email = :email", email=address)
    resend = f"/p/{cast.region.slug}/organisations/invitations/{invitation_id}/resend"
    assert office.submit(entry, button=resend).status_code == 303
    assert bodies_to(superuser_engine, address) == [], "asking again goes past nobody"

    lead = as_(cast.ours.lead)
    assert "Confirm 1 new lead" in lead.get(home).text
    invitations, confirm = f"{home}people/invitations", f"{home}people/invitations/{invitation_id}/confirm"
    assert as_(cast.ours.manager).post(confirm).status_code == 403
    assert lead.submit(invitations, button=confirm).status_code == 303
    assert (
        client.submit(invitation_path(superuser_engine, address), {"name": "Nora Next", "password": PASSWORD}).status_code
        == 303
    )
    assert rows(
        superuser_engine, "SELECT role FROM membership m JOIN person p ON p.id = person_id WHERE email = :e", e=address
    ) == [("lead",)]
    token = re.findall(r'name="csrf_token" value="([^"]+)"', lead.get(home).text)[0]
    assert lead.post(confirm, data={"csrf_token": token}).status_code == 409


def test_a_further_lead_whom_nobody_confirms_lapses(
    as_, office: StrictClient, cast: Cast, entry: str, home: str, superuser_engine: Engine
) -> None:
    address = f"{unique('further')}@example.org"
    office.submit(entry, {"name": "Nora Next", "email": address})
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE invitation SET expires_at = now() WHERE email = :email"), {"email": address})
    assert "Confirm and invite" not in as_(cast.ours.lead).get(f"{home}people/invitations").text
    assert "Ask the leads again" in office.get(entry).text


def test_an_invitation_into_an_organisation_that_is_not_active_opens_nothing(
    as_, office: StrictClient, cast: Cast, entry: str, home: str, client: StrictClient, superuser_engine: Engine
) -> None:
    address = f"{unique('guest')}@example.org"
    as_(cast.ours.lead).submit(f"{home}people/invite", {"name": "Guy Guest", "email": address, "role": "staff"})
    path = invitation_path(superuser_engine, address)
    take(office, entry, "suspend", reason="A pause")
    assert client.get(path).status_code == 404
    further = office.submit(entry, {"name": "Nora Next", "email": "nora@example.org"})
    assert further.status_code == 422 and "nobody can be invited" in further.text
    take(office, entry, "reactivate")
    assert client.submit(path, {"name": "Guy Guest", "password": PASSWORD}).status_code == 303


@pytest.mark.usefixtures("context", "empty_queue")
def test_reports_and_the_overview_say_who_is_not_active(office: StrictClient, cast: Cast, entry: str) -> None:
    publish_figures(cast.ours.tenant, [make_audit(make_ratings(all_of="green"))])
    publish_figures(cast.theirs.tenant, [make_audit(make_ratings(all_of="red"))])
    overview = f"/p/{cast.region.slug}/"

    def report() -> tuple[set[str], dict[str, str]]:
        figures = figures_of(cast.region)
        return {each.name for each in figures.participants}, {each.what: each.why for each in figures.omissions}

    ours, theirs = cast.ours.tenant.name, cast.theirs.tenant.name
    take(office, entry, "suspend", reason="A pause")
    named, left_out = report()
    assert named == {ours, theirs} and "suspended" in left_out[ours]
    assert f"{ours}: suspended, counted" in office.get(overview).text
    take(office, entry, "archive")
    named, left_out = report()
    assert named == {theirs} and "archived, and not counted" in left_out[ours]
    assert f"{ours}: archived, not counted" in office.get(overview).text
    assert "1 of 1" in office.get(overview).text
    take(office, entry, "delete", name=ours)
    assert "to be deleted, and not counted" in report()[1][ours]


@pytest.mark.usefixtures("context", "empty_queue")
def test_a_report_does_not_wait_for_a_suspended_organisation(
    office: StrictClient, cast: Cast, entry: str, superuser_engine: Engine
) -> None:
    with transaction(cast.ours.tenant.scope()) as scope:
        enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")
    take(office, entry, "suspend", reason="A pause")
    ask_for_report(cast.region)
    assert run_jobs(superuser_engine, JobName.COMPILE_REPORT) == 1


def test_an_archived_organisation_lets_its_leads_take_things_away(
    as_, office: StrictClient, cast: Cast, entry: str, home: str
) -> None:
    lead = as_(cast.ours.lead)
    lead.submit(f"{home}organisation", button=f"{home}organisation/check")
    take(office, entry, "archive")
    assert f"{home}export" in lead.get(f"{home}organisation").text
    assert lead.get(f"{home}export").status_code == 200
    assert lead.submit(f"{home}trail", button=f"{home}trail").status_code == 200


@pytest.mark.usefixtures("context")
def test_of_many_steps_at_once_one_is_taken(app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    def suspend(_: int) -> bool:
        try:
            with app.app_context(), transaction(cast.region.scope()) as scope:
                change_state(scope, cast.ours.tenant.id, Step.SUSPEND, reason="A pause")
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(suspend, range(8))) == 1
    assert len(bodies_to(superuser_engine, cast.ours.lead.email)) == 1

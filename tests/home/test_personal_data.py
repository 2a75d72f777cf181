"""Somebody's own data: all of it in a copy that they alone get, their name corrected, and themselves erased."""

import io
import json
import re

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.reports import run_jobs
from tests.home.people import Marked, find, make_marked
from tia_hub.core.chain import check_chain, get_head
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OperatorScope, TrailScope, transaction
from tia_hub.home.personal import HOLDINGS
from tia_hub.home.services.erasing import list_done, replay


@pytest.fixture
def marked(app: Flask, cast: Cast) -> Marked:
    with app.app_context():
        return make_marked(cast)


@pytest.fixture
def work(app: Flask, superuser_engine: Engine, empty_queue: None):
    """Runs the waiting jobs of a name."""

    def run(name: JobName) -> int:
        with app.app_context():
            return run_jobs(superuser_engine, name)

    return run


def test_a_copy_has_all_that_is_held_from_every_place_and_nothing_about_others(as_, work, cast: Cast, marked: Marked) -> None:
    client = as_(marked.here)
    assert client.submit("/account/data", button="/account/data/copy").status_code == 303
    assert "is being made" in client.get("/account/data").text
    assert work(JobName.COPY_PERSONAL_DATA) == 1
    assert "You can download it until" in client.get("/account/data").text
    file = client.submit("/account/data", button="/account/data/json")
    assert file.mimetype == "application/json"
    copy = json.loads(file.data)
    assert copy["person"] == {"id": str(marked.here.id), "name": marked.name, "email": marked.email}
    kinds = {(part["place"], part["kind"]) for part in copy["parts"]}
    ours, theirs = cast.ours.tenant.name, cast.theirs.tenant.name
    assert kinds >= {
        (None, "account"),
        (None, "account_trail"),
        (None, "office"),
        (None, "provider_user"),
        (None, "provider_invitations"),
        (ours, "membership"),
        (theirs, "membership"),
        (ours, "agreed_form"),
        (ours, "as_manager"),
        (theirs, "self_assessment"),
        (ours, "audits"),
        (ours, "outcomes"),
        (ours, "trail"),
        (ours, "mails"),
    }
    whole = file.data.decode()
    assert whole.count(marked.words) > 5
    # A manager's own words on a difference are theirs; what the other wrote is not.
    assert whole.count(marked.of_the_staff) == whole.count(f"{marked.of_the_staff} view of {marked.name}") > 0
    assert "Ours Sam Staff" not in whole
    pdf = client.submit("/account/data", button="/account/data/pdf")
    assert pdf.data.startswith(b"%PDF-")
    paper = PdfReader(io.BytesIO(pdf.data))
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert marked.words in "".join(each.extract_text() for each in paper.pages)


def test_a_copy_is_not_taken_past_what_a_place_asks_of_sign_in(
    as_, work, cast: Cast, marked: Marked, superuser_engine: Engine
) -> None:
    client = as_(marked.here)
    client.submit("/account/data", button="/account/data/copy")
    assert work(JobName.COPY_PERSONAL_DATA) == 1
    with superuser_engine.begin() as connection:
        rule = text("UPDATE organisation SET second_factor = true WHERE id = :id")
        connection.execute(rule, {"id": cast.theirs.tenant.id})
    stopped = client.submit("/account/data", button="/account/data/json")
    assert stopped.status_code == 403
    assert "asks for a second factor" in stopped.text and marked.words not in stopped.text
    with client.session_transaction() as session:
        session["session_strong"] = True
    assert marked.words in client.submit("/account/data", button="/account/data/json").text


def test_a_copy_is_its_owners_alone(as_, work, cast: Cast, marked: Marked) -> None:
    as_(marked.here).submit("/account/data", button="/account/data/copy")
    assert work(JobName.COPY_PERSONAL_DATA) == 1
    other = as_(cast.ours.lead)
    assert marked.name not in other.get("/account/data").text
    other.submit("/account/data", button="/account/data/copy")
    with other.session_transaction() as session:
        token = session["csrf_token"]
    assert token
    page = other.get("/account/data")
    assert "Download as JSON" not in page.text


def test_a_name_is_corrected_and_what_was_typed_is_kept(as_, cast: Cast) -> None:
    client = as_(cast.ours.staff)
    refused = client.submit("/account/data", {"name": ""}, button="/account/data/name")
    assert refused.status_code == 422
    assert client.submit("/account/data", {"name": "Samira Staff"}, button="/account/data/name").status_code == 303
    assert "Samira Staff" in client.get("/account/data").text
    assert "Samira Staff" in as_(cast.ours.lead).get(f"/o/{cast.ours.tenant.slug}/people").text


def test_the_only_lead_hands_over_first(as_, cast: Cast) -> None:
    client = as_(cast.ours.lead)
    page = client.get("/account/erasure").text
    assert "You are the only lead of Ours Harbour Trust" in page
    assert 'name="sure"' not in page
    assert "You are the only coordinator of" in as_(cast.coordinator).get("/account/erasure").text


def test_erasure_is_asked_for_told_and_can_be_withdrawn(
    as_, work, cast: Cast, marked: Marked, superuser_engine: Engine
) -> None:
    client = as_(marked.there)
    unsure = client.submit("/account/erasure")
    assert unsure.status_code == 422
    assert "Tick the box" in unsure.text
    assert client.submit("/account/erasure", {"sure": "yes"}).location == "/account/data"
    assert work(JobName.TELL_OF_ERASURE) == 1
    trail = as_(cast.theirs.lead).get(f"/o/{cast.theirs.tenant.slug}/trail").text
    assert f"{marked.name} asked to be erased on" in trail
    assert work(JobName.ERASE_PERSON) == 1, "a week has not passed"
    assert marked.name in as_(cast.ours.lead).get(f"/o/{cast.ours.tenant.slug}/people").text
    assert client.submit("/account/data", button="/account/erasure/withdraw").status_code == 303
    assert "You will be erased on" not in client.get("/account/data").text
    with superuser_engine.connect() as connection:
        to = connection.execute(text("SELECT to_address FROM email WHERE purpose = 'erasure_asked' ORDER BY 1")).scalars()
        assert set(to) >= {cast.ours.lead.email, cast.theirs.lead.email}


def erase(as_, work, marked: Marked, engine: Engine) -> None:
    client = as_(marked.here)
    assert client.submit("/account/erasure", {"sure": "yes"}).status_code == 303
    assert work(JobName.TELL_OF_ERASURE) == 1
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE erasure SET due_at = now() - interval '1 minute' WHERE person_id = :id"), {"id": marked.here.id}
        )
    assert work(JobName.ERASE_PERSON) == 1


def test_nothing_is_left_of_somebody_who_was_erased(
    app: Flask, as_, work, cast: Cast, marked: Marked, superuser_engine: Engine, owner_engine: Engine
) -> None:
    for mark in marked.marks():
        assert find(superuser_engine, mark), f"{mark} is nowhere: the test would prove nothing"
    homes = [cast.ours.tenant.id, cast.theirs.tenant.id, cast.region.id, marked.here.id]
    with app.app_context(), transaction(TrailScope(), engine=owner_engine) as scope:
        heads = {home: get_head(scope, home) for home in homes}
    as_(marked.here).submit("/account/data", button="/account/data/copy")
    assert work(JobName.COPY_PERSONAL_DATA) == 1
    erase(as_, work, marked, superuser_engine)
    assert {mark: find(superuser_engine, mark) for mark in marked.marks() if find(superuser_engine, mark)} == {
        marked.name: ["trail_event"]
    }, "only the namesake of the longer name is there"
    assert find(superuser_engine, f"not of {marked.name}son") == ["trail_event"]
    assert find(superuser_engine, marked.of_the_staff), "others' texts stay"
    with app.app_context(), transaction(TrailScope(), engine=owner_engine) as scope:
        for home in homes:
            checked = check_chain(scope, home, known=[heads[home]])
            assert checked.whole, checked.fault
    trail = as_(cast.theirs.lead).get(f"/o/{cast.theirs.tenant.slug}/trail").text
    assert "Changed the entry of a former member &lt;a former member&gt;" in trail
    assert "Replaced the name of a person who asked to be erased" in trail
    assert as_(marked.here).get("/account/data").location.startswith("/sign-in")
    with superuser_engine.connect() as connection:
        member = connection.execute(
            text("SELECT ended_at, job_title FROM membership WHERE person_id = :id"), {"id": marked.here.id}
        ).all()
        assert len(member) == 2
        assert all(row.ended_at is not None for row in member)
        figures = "SELECT state, count(*) FROM training_figure WHERE organisation_id = :org GROUP BY 1"
        assert connection.execute(text(figures), {"org": cast.ours.tenant.id}).all() == [("agreed", 2)]
        assert connection.execute(text(figures), {"org": cast.theirs.tenant.id}).all() == []


def test_a_changed_word_in_an_event_that_somebody_was_erased_from_is_still_found(
    app: Flask, as_, work, cast: Cast, marked: Marked, superuser_engine: Engine, owner_engine: Engine
) -> None:
    erase(as_, work, marked, superuser_engine)
    with superuser_engine.begin() as connection:
        number = connection.execute(
            text(
                "UPDATE trail_event SET words = 'Changed the entry of somebody' "
                "WHERE home_id = :home AND words LIKE 'Changed the entry of a former member%' RETURNING number"
            ),
            {"home": cast.theirs.tenant.id},
        ).scalar_one()
    with app.app_context(), transaction(TrailScope(), engine=owner_engine) as scope:
        fault = check_chain(scope, cast.theirs.tenant.id).fault
    assert fault is not None
    assert fault.number == number


def test_who_was_erased_is_erased_again_after_an_older_backup_was_restored(
    app: Flask, as_, work, cast: Cast, marked: Marked, superuser_engine: Engine, owner_engine: Engine
) -> None:
    erase(as_, work, marked, superuser_engine)
    with app.app_context(), transaction(OperatorScope(), engine=owner_engine) as scope:
        lines = [line for line in list_done(scope) if line.person_id == marked.here.id]
    assert len(lines) == 1
    assert marked.email not in str(lines)
    # The backup knows them still, and nothing of the erasure.
    with superuser_engine.begin() as connection:
        connection.execute(text("DELETE FROM erasure WHERE person_id = :id"), {"id": marked.here.id})
        connection.execute(
            text("UPDATE person SET name = :name, email = :email, fs_uniquifier = :key, active = true WHERE id = :id"),
            {"name": marked.name, "email": marked.email, "key": marked.here.key, "id": marked.here.id},
        )
        connection.execute(text("UPDATE membership SET ended_at = NULL WHERE person_id = :id"), {"id": marked.here.id})
    assert marked.name in as_(cast.ours.lead).get(f"/o/{cast.ours.tenant.slug}/people").text
    with app.app_context():
        assert replay(owner_engine, lines) == 1
        assert replay(owner_engine, lines) == 0
    assert find(superuser_engine, marked.email) == []
    assert marked.name not in as_(cast.ours.lead).get(f"/o/{cast.ours.tenant.slug}/people").text


def test_every_column_that_may_name_somebody_is_in_a_holding(superuser_engine: Engine) -> None:
    """A new table or column that names a person, says who did something or takes an address is known here, or it fails."""
    with superuser_engine.connect() as connection:
        there = {
            f"{table}.{column}"
            for table, column in connection.execute(
                text("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
            )
        }
    held = {column for holding in HOLDINGS for column in holding.columns}
    assert held <= there, "a holding names what is not there"
    naming = {column for column in there if NAMING.search(column.split(".")[1])}
    assert sorted(naming - held - set(NAMES_NOBODY)) == []
    assert set(NAMES_NOBODY) <= there


NAMING = re.compile(r"person|email|recipient|(^|_)actor|address|author|(^|_)by(_|$)|reviewer|job_title|browser")
NAMES_NOBODY = {
    "deletion_certificate.asked_by": "proof of who had an organisation deleted, which outlives them (docs/adr/0021)",
    "joining_try.address": "kept for a day",
    "joining_try.recipient": "a hash, kept for a day",
    "organisation.closing_by_partnership": "whether the coordinator’s office asked",
    "invitation.email_id": "the mail, which has its own holding",
    "link_request.address": "kept for a day",
    "identity_provider.second_factor": "who asks for the second factor, ours or theirs",
    "organisation_domain.confirmed_by": "an identifier, which names nobody once its person is erased",
    "invitation.by_partnership": "whether the coordinator’s office sent it",
    "notice.email_id": "the mail, which has its own holding",
    "report_sending.email_id": "the mail, which has its own holding",
    "trail_event.erased_by": "the event that tells of an erasure",
}
"""Columns that only sound as if they named somebody."""

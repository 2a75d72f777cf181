"""Importing: whole batches, whatever happens to workers and clicks; and lists that are too large to be checked at once."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.tenants import make_member
from tests.tenants.mails import rows
from tests.tenants.uploads.lists import make_csv
from tia_hub.core.jobs.runner import run_job
from tia_hub.core.jobs.types import LeaseLost
from tia_hub.core.scope import Actor, OrganisationScope, transaction
from tia_hub.tenants.services.people import end_membership
from tia_hub.tenants.services.uploads import applying
from tia_hub.tenants.services.uploads.keeping import AT_ONCE, decide_upload, match_upload, receive_upload
from tia_hub.tenants.types.roles import Role
from tia_hub.tenants.types.uploads import UploadState
from worker.tasks import load_tasks

pytestmark = pytest.mark.usefixtures("context", "empty_queue")
COLUMNS = {"email": 0, "name": 1, "job_title": 2, "team": 3, "role": 4, "manager": 5}


def as_lead(cast: Cast) -> OrganisationScope:
    scope = cast.ours.tenant.scope(cast.ours.lead)
    scope.actor = Actor(person_id=cast.ours.lead.id, name=cast.ours.lead.name)
    return scope


def checked(cast: Cast, engine: Engine, content: bytes) -> UUID:
    """A list that was checked, at once or by its job."""
    load_tasks()
    with transaction(as_lead(cast)) as scope:
        upload_id = receive_upload(scope, token=str(len(content)), file_name="staff.csv", content=content)
        match_upload(scope, upload_id, columns=COLUMNS, make_teams=False)
    if state(engine, upload_id) == UploadState.CHECKING:
        assert run_job(job_of(engine, upload_id))
    return upload_id


def chosen(cast: Cast, engine: Engine, upload_id: UUID) -> UUID:
    """Choose to import the good rows; the job."""
    with transaction(as_lead(cast)) as scope:
        decide_upload(scope, upload_id, import_good=True)
    return job_of(engine, upload_id)


def job_of(engine: Engine, upload_id: UUID) -> UUID:
    [(job_id,)] = rows(engine, "SELECT job_id FROM staff_upload WHERE id = :id", id=upload_id)
    assert isinstance(job_id, UUID)
    return job_id


def state(engine: Engine, upload_id: UUID) -> object:
    return rows(engine, "SELECT state FROM staff_upload WHERE id = :id", id=upload_id)[0][0]


def invited(engine: Engine, cast: Cast) -> list[str]:
    found = rows(engine, "SELECT email FROM invitation WHERE organisation_id = :o ORDER BY 1", o=cast.ours.tenant.id)
    return [str(row[0]) for row in found]


def test_one_row_in_a_hundred_is_bad_and_each_has_its_reason(cast: Cast, superuser_engine: Engine) -> None:
    people = [
        {"email": f"p{number}@example.org", "name": f"Person Number {number}", "role": "Staff"} for number in range(4_000)
    ]
    for number in range(50, 4_000, 100):
        people[number]["role"] = "Boss"
    content = make_csv(*people)
    assert len(content) > AT_ONCE
    upload_id = checked(cast, superuser_engine, content)
    told = rows(
        superuser_engine,
        "SELECT number, words ->> 0 FROM staff_upload_row WHERE upload_id = :id AND verdict = 'faulty' ORDER BY 1",
        id=upload_id,
    )
    assert [number for number, _ in told] == list(range(52, 4_002, 100))
    assert all("no role called “Boss”" in str(words) for _, words in told)
    [(counts, progress)] = rows(
        superuser_engine,
        "SELECT counts, (SELECT progress_total FROM job WHERE id = job_id) FROM staff_upload WHERE id = :id",
        id=upload_id,
    )
    assert isinstance(counts, dict) and (counts["new"], counts["faulty"]) == (3_960, 40)
    assert progress == 4_000


def test_a_worker_that_dies_leaves_whole_batches_and_another_goes_on(
    cast: Cast, superuser_engine: Engine, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "INVITED_AT_ONCE", 2)
    people = [{"email": f"p{number}@example.org", "name": f"Person {number}"} for number in range(5)]
    changed = {"email": cast.ours.staff.email, "job_title": "Nurse"}
    upload_id = checked(cast, superuser_engine, make_csv(*people, changed))
    job_id = chosen(cast, superuser_engine, upload_id)
    usual, calls = applying.invite_many, list[int]()

    def die_at_the_second(scope: OrganisationScope, invitees: Any) -> Any:
        calls.append(len(invitees))
        done = usual(scope, invitees)
        if len(calls) == 2:
            raise LeaseLost("killed")
        return done

    monkeypatch.setattr(applying, "invite_many", die_at_the_second)
    assert not run_job(job_id)
    assert invited(superuser_engine, cast) == ["p0@example.org", "p1@example.org"]
    assert state(superuser_engine, upload_id) == UploadState.IMPORTING
    rows(superuser_engine, "UPDATE job SET lease_until = now() - interval '1 second' WHERE id = :id RETURNING 1", id=job_id)
    assert run_job(job_id)
    assert invited(superuser_engine, cast) == [f"p{number}@example.org" for number in range(5)]
    assert calls == [2, 2, 2, 1]
    changes = "SELECT count(*) FROM trail_event WHERE action = 'member.changed' AND home_id = :o"
    assert rows(superuser_engine, changes, o=cast.ours.tenant.id) == [(1,)]
    [(counts, content)] = rows(superuser_engine, "SELECT counts, content FROM staff_upload WHERE id = :id", id=upload_id)
    assert isinstance(counts, dict) and (counts["done_invited"], counts["done_changed"], content) == (5, 1, None)
    assert not run_job(job_id)


def test_what_changed_meanwhile_is_refused_row_by_row_and_the_rest_is_done(cast: Cast, superuser_engine: Engine) -> None:
    house = cast.ours
    second = make_member(house.tenant, Role.MANAGER, name="Second Manager")
    upload_id = checked(
        cast,
        superuser_engine,
        make_csv(
            {"email": house.staff.email, "manager": second.email},
            {"email": house.colleague.email, "manager": house.manager.email},
            {"email": second.email, "job_title": "Boss"},
        ),
    )
    with transaction(as_lead(cast)) as scope:
        assert second.membership_id
        end_membership(scope, second.membership_id)
    run_job(chosen(cast, superuser_engine, upload_id))
    outcomes = "SELECT number, outcome, outcome_words FROM staff_upload_row WHERE upload_id = :id ORDER BY 1"
    assert rows(superuser_engine, outcomes, id=upload_id) == [
        (2, "refused", f"The manager {second.email} has left meanwhile."),
        (3, "changed", None),
        (4, "refused", "They have left meanwhile."),
    ]


def test_a_file_that_breaks_off_in_its_job_changes_nothing(cast: Cast, superuser_engine: Engine) -> None:
    people = [{"email": f"p{number}@example.org", "name": f"Person Number {number}"} for number in range(4_000)]
    content = make_csv(*people) + b'"never closed,\n'
    upload_id = checked(cast, superuser_engine, content)
    assert state(superuser_engine, upload_id) == UploadState.FAILED
    [(problem,)] = rows(superuser_engine, "SELECT problem FROM staff_upload WHERE id = :id", id=upload_id)
    assert "Row 4,002 has a quotation mark" in str(problem)
    with superuser_engine.connect() as connection:
        kept = connection.execute(text("SELECT count(*) FROM staff_upload_row WHERE upload_id = :id"), {"id": upload_id})
        assert kept.scalar_one() == 0

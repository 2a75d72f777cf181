"""Inviting many at once: the rows at once, the mails in their turn; and people who wait for a line manager."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.reports import run_jobs
from tests.factories.tenants import make_team, unique
from tests.factories.training import make_shared
from tests.tenants.mails import invitation_path, rows
from tests.tenants.test_joining import invite, join, new_client
from tia_hub.core.errors import NotFound
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import transaction
from tia_hub.settings import Settings
from tia_hub.tenants.services.many_invitations import WINDOW, invite_many
from tia_hub.tenants.types.invitations import InvitedMany, Invitee
from tia_hub.tenants.types.roles import Role

SHARE = 100
"""Mails in ten seconds, at the usual 600 a minute."""


@pytest.fixture
def slowly(app: Flask) -> Iterator[None]:
    """The usual limit, whatever the environment says."""
    settings: Settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"invitations_per_minute": 600})
    yield
    app.extensions["settings"] = settings


def people(count: int, **entry: object) -> list[Invitee]:
    stem = unique("many")
    return [
        Invitee(email=f"{stem}-{number}@example.org", name=f"Person {number}", role=Role.STAFF, **entry)  # type: ignore[arg-type]
        for number in range(count)
    ]


def invite_all(cast: Cast, invitees: list[Invitee]) -> InvitedMany:
    with transaction(cast.ours.tenant.scope(cast.ours.lead)) as scope:
        return invite_many(scope, invitees)


def mailed(engine: Engine, invitees: list[Invitee]) -> list[int]:
    """How many mails each has."""
    counts = dict(
        rows(
            engine,
            "SELECT to_address, count(*) FROM email WHERE to_address = ANY (:to) GROUP BY 1",
            to=[each.email for each in invitees],
        )
    )
    return [int(str(counts.get(each.email, 0))) for each in invitees]


def some_time_passes(engine: Engine, passed: timedelta) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE email SET created_at = created_at - :passed"), {"passed": passed})


def test_the_same_list_again_changes_nothing(context: None, cast: Cast, superuser_engine: Engine) -> None:
    invitees = people(5)
    twice = [*invitees, Invitee(email=invitees[0].email.upper(), name="Again", role=Role.LEAD)]
    member = Invitee(email=cast.ours.staff.email, name="Sam Staff", role=Role.LEAD)
    first = invite_all(cast, [*twice, member])
    assert first.made == tuple(each.email for each in invitees)
    assert first.already_members == (cast.ours.staff.email,)
    second = invite_all(cast, [*twice, member])
    assert (second.made, len(second.already_invited), len(second.already_members)) == ((), 5, 1)
    kept = rows(superuser_engine, "SELECT name, role FROM invitation WHERE email = :email", email=invitees[0].email)
    assert kept == [("Person 0", "staff")]
    assert rows(superuser_engine, "SELECT role FROM membership WHERE id = :id", id=cast.ours.staff.membership_id) == [
        ("staff",)
    ]


def test_nobody_is_invited_into_a_team_of_another_organisation(context: None, cast: Cast) -> None:
    theirs = make_team(cast.theirs.tenant)
    with pytest.raises(NotFound):
        invite_all(cast, people(2, team_id=theirs))


@pytest.mark.usefixtures("context", "empty_queue", "slowly")
def test_mails_are_written_as_fast_as_the_limit_allows_and_no_faster(cast: Cast, superuser_engine: Engine) -> None:
    invitees = people(SHARE + 50)
    invite_all(cast, invitees)
    assert sum(mailed(superuser_engine, invitees)) == 0
    for _ in range(4):
        run_jobs(superuser_engine, JobName.SEND_INVITATIONS)
    assert sum(mailed(superuser_engine, invitees)) == SHARE
    some_time_passes(superuser_engine, WINDOW / 2)
    run_jobs(superuser_engine, JobName.SEND_INVITATIONS)
    assert sum(mailed(superuser_engine, invitees)) == SHARE
    some_time_passes(superuser_engine, WINDOW / 2)
    for _ in range(3):
        run_jobs(superuser_engine, JobName.SEND_INVITATIONS)
    assert mailed(superuser_engine, invitees) == [1] * len(invitees)
    assert rows(superuser_engine, "SELECT count(*) FROM job WHERE state <> 'done'") == [(0,)]


@pytest.mark.usefixtures("empty_queue", "slowly")
def test_the_lead_sees_how_far_the_mails_are(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    invitees = people(3)
    base = f"/o/{cast.ours.tenant.slug}/people/invitations"
    lead = as_(cast.ours.lead)
    with app.app_context():
        invite_all(cast, invitees)
    shown = lead.get(base).text
    assert "0 sent, 3 waiting, 0 failed" in shown
    assert shown.count("Waiting to be sent") == 3
    with app.app_context():
        run_jobs(superuser_engine, JobName.SEND_INVITATIONS)
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE email SET state = 'sent' WHERE to_address = ANY (:to)"), {"to": [each.email for each in invitees[:2]]}
        )
        connection.execute(
            text("UPDATE email SET state = 'failed', error = '550 no such mailbox' WHERE to_address = :to"),
            {"to": invitees[2].email},
        )
    shown = lead.get(base).text
    assert "2 sent, 0 waiting, 1 failed" in shown
    failed = lead.get(f"{base}?show=undelivered").text
    assert "550 no such mailbox" in failed
    assert invitees[2].email in failed and invitees[0].email not in failed
    [(failed_id,)] = rows(superuser_engine, "SELECT id FROM invitation WHERE email = :email", email=invitees[2].email)
    assert lead.submit(f"{base}?show=undelivered", button=f"{base}/{failed_id}/resend").status_code == 303
    assert mailed(superuser_engine, invitees) == [1, 1, 2]
    assert "0 failed" in lead.get(base).text
    assert "Person 1" in lead.get(f"{base}?q={invitees[1].email}").text
    assert "Person 2" not in lead.get(f"{base}?q={invitees[1].email}").text


@pytest.mark.usefixtures("empty_queue")
def test_sending_that_has_stopped_goes_on_when_the_lead_says_so(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    invitees = people(3)
    base = f"/o/{cast.ours.tenant.slug}/people/invitations"
    with app.app_context():
        invite_all(cast, invitees)
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE job SET state = 'failed'"))
    lead = as_(cast.ours.lead)
    assert "Sending has stopped" in lead.get(base).text
    assert lead.submit(base, button=f"{base}/go-on").status_code == 303
    assert "Sending has stopped" not in lead.get(base).text
    with app.app_context():
        run_jobs(superuser_engine, JobName.SEND_INVITATIONS)
    assert mailed(superuser_engine, invitees) == [1, 1, 1]


@pytest.mark.usefixtures("empty_queue")
def test_one_that_waits_can_be_sent_at_once_or_withdrawn(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    at_once, withdrawn, other = people(3)
    base = f"/o/{cast.ours.tenant.slug}/people/invitations"
    with app.app_context():
        invite_all(cast, [at_once, withdrawn, other])
    ids = dict(rows(superuser_engine, "SELECT email, id FROM invitation WHERE token_hash IS NULL"))
    lead = as_(cast.ours.lead)
    assert lead.submit(base, button=f"{base}/{ids[at_once.email]}/resend").status_code == 303
    assert lead.submit(base, button=f"{base}/{ids[withdrawn.email]}/withdraw").status_code == 303
    with app.app_context():
        run_jobs(superuser_engine, JobName.SEND_INVITATIONS)
    assert mailed(superuser_engine, [at_once, withdrawn, other]) == [1, 0, 1]
    assert new_client(app).get(invitation_path(superuser_engine, at_once.email)).status_code == 200


def membership(engine: Engine, email: str) -> tuple[object, ...]:
    """Job title, manager and awaited manager of a member."""
    [row] = rows(
        engine,
        "SELECT m.job_title, (SELECT b.email FROM membership x JOIN person b ON b.id = x.person_id WHERE x.id = m.manager_id), "
        "m.awaited_manager FROM membership m JOIN person p ON p.id = m.person_id WHERE p.email = :email",
        email=email,
    )
    return row


def be_invited(app: Flask, cast: Cast, engine: Engine, *invitees: Invitee) -> None:
    with app.app_context():
        invite_all(cast, list(invitees))
        run_jobs(engine, JobName.SEND_INVITATIONS)


@pytest.mark.usefixtures("empty_queue")
def test_who_joins_has_the_job_title_and_the_manager_that_were_known(app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    [newcomer] = people(1, job_title="Night warden", manager_email=cast.ours.manager.email.upper())
    be_invited(app, cast, superuser_engine, newcomer)
    join(app, invitation_path(superuser_engine, newcomer.email))
    assert membership(superuser_engine, newcomer.email) == ("Night warden", cast.ours.manager.email, None)


@pytest.mark.usefixtures("empty_queue")
def test_a_manager_who_joins_later_gets_those_who_waited(as_, app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    boss = Invitee(email=f"{unique('boss')}@example.org", name="Bo Boss", role=Role.MANAGER)
    [first, second] = people(2, manager_email=boss.email)
    be_invited(app, cast, superuser_engine, first, second, boss)
    join(app, invitation_path(superuser_engine, first.email))
    assert membership(superuser_engine, first.email) == ("", None, boss.email)
    join(app, invitation_path(superuser_engine, boss.email))
    assert membership(superuser_engine, first.email) == ("", boss.email, None)
    join(app, invitation_path(superuser_engine, second.email))
    assert membership(superuser_engine, second.email) == ("", boss.email, None)


@pytest.mark.usefixtures("empty_queue")
def test_somebody_who_may_not_manage_is_waited_for_until_they_may(
    as_, app: Flask, cast: Cast, superuser_engine: Engine
) -> None:
    [newcomer] = people(1, manager_email=cast.ours.colleague.email)
    be_invited(app, cast, superuser_engine, newcomer)
    join(app, invitation_path(superuser_engine, newcomer.email))
    assert membership(superuser_engine, newcomer.email) == ("", None, cast.ours.colleague.email)
    page = f"/o/{cast.ours.tenant.slug}/people/{cast.ours.colleague.membership_id}"
    assert as_(cast.ours.lead).submit(page, {"role": "manager"}).status_code == 303
    assert membership(superuser_engine, newcomer.email) == ("", cast.ours.colleague.email, None)


@pytest.mark.usefixtures("empty_queue")
def test_two_who_name_each_other_do_not_manage_each_other(app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    stem = unique("round")
    one, other = (f"{stem}-{number}@example.org" for number in range(2))
    be_invited(
        app,
        cast,
        superuser_engine,
        Invitee(email=one, name="One", role=Role.MANAGER, manager_email=other),
        Invitee(email=other, name="Other", role=Role.MANAGER, manager_email=one),
    )
    join(app, invitation_path(superuser_engine, one))
    join(app, invitation_path(superuser_engine, other))
    assert membership(superuser_engine, other) == ("", one, None)
    assert membership(superuser_engine, one) == ("", None, other)


@pytest.mark.usefixtures("empty_queue")
def test_a_manager_by_address_reads_no_form_that_was_shared_with_somebody_else(
    as_, app: Flask, cast: Cast, superuser_engine: Engine
) -> None:
    boss = f"{unique('boss')}@example.org"
    with app.app_context():
        form_id = make_shared(cast.ours.tenant, cast.ours.colleague, cast.ours.manager)
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE membership SET awaited_manager = :boss WHERE id = :id"),
            {"boss": boss, "id": cast.ours.colleague.membership_id},
        )
    invite(as_(cast.ours.lead), cast, boss, role="manager")
    client = join(app, invitation_path(superuser_engine, boss))
    assert membership(superuser_engine, cast.ours.colleague.email)[1] == boss
    path = f"/o/{cast.ours.tenant.slug}/training/forms/{form_id}"
    assert client.get(path).status_code == 404
    assert as_(cast.ours.manager).get(path).status_code == 200

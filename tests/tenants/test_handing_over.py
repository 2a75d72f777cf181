"""Who manages whom, and what becomes of forms when that changes: nobody keeps access to a former report's form."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import Someone, make_member
from tests.factories.training import confirm, make_agreed, make_draft, make_shared
from tests.tenants.mails import bodies_to, invitation_path, rows
from tia_hub.core.errors import Refused
from tia_hub.core.scope import transaction
from tia_hub.tenants.services.people import MAY_MANAGE, change_member, end_membership, hand_over
from tia_hub.tenants.types.roles import Role
from tia_hub.training.services.agreeing import reopen_form, share_form

MARK = "heron8842"
"""Begins every text of every form in these tests."""


@pytest.fixture
def home(cast: Cast) -> str:
    return f"/o/{cast.ours.tenant.slug}/"


@pytest.fixture
def lead(as_, cast: Cast) -> StrictClient:
    return as_(cast.ours.lead)


@pytest.fixture
def second(app: Flask, cast: Cast) -> Someone:
    """Another manager."""
    with app.app_context():
        return make_member(cast.ours.tenant, Role.MANAGER, name="Ours Nina Newmanager")


def manager_of(engine: Engine, someone: Someone) -> object:
    return rows(engine, "SELECT manager_id FROM membership WHERE id = :id", id=someone.membership_id)[0][0]


def agreed_address(engine: Engine, cast: Cast) -> str:
    [(found,)] = rows(engine, "SELECT id FROM agreed_form WHERE organisation_id = :id", id=cast.ours.tenant.id)
    return f"/o/{cast.ours.tenant.slug}/training/agreed/{found}"


def change_by(cast: Cast, how: str, second: Someone, lead: StrictClient) -> None:
    """The ways in which the manager of our member of staff stops being it, each as the lead does it."""
    people = f"/o/{cast.ours.tenant.slug}/people"
    manager, staff = f"{people}/{cast.ours.manager.membership_id}", f"{people}/{cast.ours.staff.membership_id}"
    new = {"manager": str(second.membership_id)}
    match how:
        case "another manager":
            answer = lead.submit(staff, new)
        case "no manager":
            answer = lead.submit(staff, {"manager": ""})
        case "handed over":
            answer = lead.submit(f"{manager}/reports", new)
        case "manager leaves":
            answer = lead.submit(f"{manager}/close", new)
        case "role taken":
            lead.submit(f"{manager}/reports", {"manager": "nobody"})
            answer = lead.submit(manager, {"role": "staff"})
        case _:
            answer = lead.submit(f"{staff}/close")
    assert answer.status_code == 303, answer.text


WAYS = ("another manager", "no manager", "handed over", "manager leaves", "role taken")


@pytest.mark.parametrize("how", WAYS)
def test_what_was_shared_and_not_agreed_is_the_workers_alone_again(
    app: Flask, as_, cast: Cast, lead: StrictClient, second: Someone, superuser_engine: Engine, home: str, how: str
) -> None:
    with app.app_context():
        form_id = make_shared(cast.ours.tenant, cast.ours.staff, cast.ours.manager, mark=MARK)
        confirm(cast.ours.tenant, cast.ours.manager, form_id, mark=MARK)
    manager, worker, form = as_(cast.ours.manager), as_(cast.ours.staff), f"{home}training/forms/{form_id}"
    assert MARK in manager.get(form).text
    change_by(cast, how, second, lead)

    for client in (manager, as_(second)):
        assert client.get(form).status_code == 404
        for page in ("", "training/people", "training/"):
            assert MARK not in client.get(f"{home}{page}").text
            assert cast.ours.staff.name not in client.get(f"{home}{page}").text
    shown = worker.get(f"{home}training/").text
    assert "Only you can see this" in shown and "Only you can read this since" in shown
    read = worker.get(form).text
    assert f"{MARK} level of {cast.ours.staff.name}" in read, "nothing that was written is lost"
    assert rows(
        superuser_engine, "SELECT count(*) FROM training_figure WHERE organisation_id = :id", id=cast.ours.tenant.id
    ) == [(0,)]

    # The new manager sees what is shared anew; the earlier one's own words on a difference stay the worker's
    if how == "another manager":
        assert worker.submit(f"{form}/share").status_code == 303
        seen = as_(second).get(form).text
        assert f"{MARK} level of {cast.ours.staff.name}" in seen
        assert f"view of {cast.ours.manager.name}" not in seen
        assert f"view of {cast.ours.manager.name}" not in as_(cast.ours.manager).get(form).text
        assert "Only you can read this since" not in worker.get(f"{home}training/").text


@pytest.mark.parametrize("how", WAYS)
def test_what_was_agreed_stays_the_workers_and_closes_to_the_former_manager(
    app: Flask, as_, cast: Cast, lead: StrictClient, second: Someone, superuser_engine: Engine, home: str, how: str
) -> None:
    with app.app_context():
        form_id = make_agreed(cast.ours.tenant, cast.ours.staff, cast.ours.manager, mark=MARK)
    manager, worker, form = as_(cast.ours.manager), as_(cast.ours.staff), f"{home}training/forms/{form_id}"
    copy = agreed_address(superuser_engine, cast)
    assert MARK in manager.get(copy).text and MARK in manager.get(form).text
    change_by(cast, how, second, lead)
    for client in (manager, as_(second)):
        for address in (copy, form):
            assert client.get(address).status_code == 404
        for page in ("", "training/people", "training/"):
            assert cast.ours.staff.name not in client.get(f"{home}{page}").text
    assert MARK in worker.get(copy).text
    assert "no longer manages them here" in worker.get(copy).text
    assert "Agreed by both" in worker.get(form).text
    figures = "SELECT state, level FROM training_figure WHERE organisation_id = :id"
    assert rows(superuser_engine, figures, id=cast.ours.tenant.id) == [("agreed", "skilled")], "counted as before"

    # Opened again it is the worker's alone, to share with whom they like
    assert worker.submit(form, button=f"{form}/reopen").status_code == 303
    assert "Only you can see this" in worker.get(f"{home}training/").text
    assert manager.get(form).status_code == 404
    assert worker.submit(f"{form}/share", {"manager": str(second.membership_id)}).status_code == 303
    assert MARK in as_(second).get(form).text
    assert as_(second).get(copy).status_code == 404


def test_whoever_leaves_takes_their_forms_along_and_finds_them_on_return(
    app: Flask, as_, cast: Cast, lead: StrictClient, superuser_engine: Engine, home: str
) -> None:
    with app.app_context():
        form_id = make_agreed(cast.ours.tenant, cast.ours.staff, cast.ours.manager, mark=MARK)
        with transaction(cast.ours.tenant.scope(cast.ours.staff, Role.STAFF)) as scope:
            reopen_form(scope, form_id=form_id)
    form, copy = f"{home}training/forms/{form_id}", agreed_address(superuser_engine, cast)
    worker, manager = as_(cast.ours.staff), as_(cast.ours.manager)
    assert lead.submit(f"{home}people/{cast.ours.staff.membership_id}/close").status_code == 303
    for client in (worker, manager, lead):
        for address in (form, copy):
            assert client.get(address).status_code == 404

    invited = {"name": "Sam again", "email": cast.ours.staff.email, "role": "staff"}
    invited |= {"manager": str(cast.ours.manager.membership_id)}
    assert lead.submit(f"{home}people/invite", invited).status_code == 303
    path = invitation_path(superuser_engine, cast.ours.staff.email)
    assert worker.submit(path).status_code == 303
    assert MARK in worker.get(form).text and MARK in worker.get(copy).text
    assert "Only you can see this" in worker.get(f"{home}training/").text
    for address in (form, copy):
        assert manager.get(address).status_code == 404, "managing them again opens nothing of before"


def test_a_form_shared_with_somebody_elses_manager_is_theirs_until_that_one_goes(
    app: Flask, as_, cast: Cast, lead: StrictClient, second: Someone, home: str
) -> None:
    """A worker may consult a manager who is not their own; a change of their own manager does not touch that."""
    with app.app_context():
        form_id = make_shared(cast.ours.tenant, cast.ours.staff, second, mark=MARK)
    form = f"{home}training/forms/{form_id}"
    assert lead.submit(f"{home}people/{cast.ours.staff.membership_id}", {"manager": ""}).status_code == 303
    assert MARK in as_(second).get(form).text
    assert lead.submit(f"{home}people/{second.membership_id}", {"role": "staff"}).status_code == 303
    assert as_(second).get(form).status_code == 404
    assert lead.submit(f"{home}people/{second.membership_id}", {"role": "manager"}).status_code == 303
    assert as_(second).get(form).status_code == 404


@pytest.mark.usefixtures("context")
def test_the_database_itself_closes_forms(as_, cast: Cast, superuser_engine: Engine) -> None:
    """Whatever changes the membership, and with no filter of the application's."""
    ours = cast.ours
    form_id = make_agreed(ours.tenant, ours.staff, ours.manager, mark=MARK)
    tables = ("self_assessment", "self_assessment_answer", "agreed_form")

    def seen(someone: Someone) -> list[int]:
        with transaction(ours.tenant.scope(someone), read_only=True) as scope:
            return [scope.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]

    assert seen(ours.manager)[0] == seen(ours.manager)[2] == 1
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE membership SET manager_id = NULL WHERE id = :id"), {"id": ours.staff.membership_id})
    assert seen(ours.manager) == [0, 0, 0]
    assert seen(ours.staff)[0] == seen(ours.staff)[2] == 1
    with transaction(ours.tenant.scope(ours.manager)) as scope:
        for table in ("self_assessment", "agreed_form"):
            try:
                with scope.session.begin_nested():
                    opened = scope.session.execute(text(f"UPDATE {table} SET closed_to_manager_at = NULL"))
                assert opened.rowcount == 0  # type: ignore[attr-defined]
            except DBAPIError as error:
                assert "permission denied" in str(error)
    assert as_(ours.staff).get(f"/o/{ours.tenant.slug}/training/forms/{form_id}").status_code == 200


def test_the_applications_own_filter_holds_without_the_policies(
    app: Flask, as_, cast: Cast, lead: StrictClient, second: Someone, superuser_engine: Engine, home: str
) -> None:
    with app.app_context():
        form_id = make_agreed(cast.ours.tenant, cast.ours.staff, cast.ours.manager, mark=MARK)
    change_by(cast, "another manager", second, lead)
    tables = ("self_assessment", "self_assessment_answer", "agreed_form")
    try:
        with superuser_engine.begin() as connection:
            for table in tables:
                connection.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"))
        for someone in (cast.ours.manager, second):
            for page in ("", "training/people", f"training/forms/{form_id}"):
                assert MARK not in as_(someone).get(f"{home}{page}").text
            assert as_(someone).get(agreed_address(superuser_engine, cast)).status_code == 404
    finally:
        with superuser_engine.begin() as connection:
            for table in tables:
                connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY, ENABLE ROW LEVEL SECURITY"))


def test_every_role_that_reads_others_forms_keeps_them_and_every_other_loses_them(
    app: Flask, cast: Cast, superuser_engine: Engine
) -> None:
    """The database's list of managing roles is that of the code."""
    with app.app_context():
        make_agreed(cast.ours.tenant, cast.ours.staff, cast.ours.manager)
    closed = "SELECT closed_to_manager_at IS NOT NULL FROM agreed_form WHERE organisation_id = :id"
    change = text("UPDATE membership SET role = :role WHERE id = :id")
    for role in sorted(Role, key=lambda role: role not in MAY_MANAGE):
        with superuser_engine.begin() as connection:
            connection.execute(change, {"role": role, "id": cast.ours.manager.membership_id})
        assert rows(superuser_engine, closed, id=cast.ours.tenant.id) == [(role not in MAY_MANAGE,)], role


def test_those_whom_it_concerns_are_told_and_nobody_of_a_form(
    app: Flask, cast: Cast, lead: StrictClient, second: Someone, superuser_engine: Engine, home: str
) -> None:
    with app.app_context():
        make_draft(cast.ours.tenant, cast.ours.staff, mark=MARK)
    change_by(cast, "another manager", second, lead)
    [worker] = bodies_to(superuser_engine, cast.ours.staff.email)
    assert f"From now on it is {second.name}" in worker and "It is yours alone" in worker
    [new] = bodies_to(superuser_engine, second.email)
    assert cast.ours.staff.name in new and "is not shown to you" in new
    [former] = bodies_to(superuser_engine, cast.ours.manager.email)
    assert cast.ours.staff.name in former and "theirs alone again" in former
    trail = lead.get(f"{home}trail").text
    assert f"{cast.ours.staff.name} is now managed by {second.name} (was {cast.ours.manager.name})" in trail
    assert MARK not in trail + worker + new + former


def test_people_are_handed_over_to_several_managers_one_after_the_other(
    app: Flask, cast: Cast, lead: StrictClient, second: Someone, superuser_engine: Engine, home: str
) -> None:
    with app.app_context():
        others = [make_member(cast.ours.tenant, name=f"Ours Report {n}", manager=cast.ours.manager) for n in range(3)]
    path = f"{home}people/{cast.ours.manager.membership_id}/reports"
    page = lead.get(path).text
    assert "Ours Report 0" in page and "Ours Sam Staff" in page
    few = [str(each.membership_id) for each in others[:2]]
    answer = lead.submit(path, {"people": few, "manager": str(second.membership_id)})
    assert answer.headers["Location"] == path
    assert "2 people were handed over" in lead.get(path).text
    assert lead.submit(path, {"people": [str(others[2].membership_id)], "manager": "nobody"}).status_code == 303
    assert [manager_of(superuser_engine, each) for each in others] == [second.membership_id, second.membership_id, None]
    last = lead.submit(path, {"manager": str(cast.ours.lead.membership_id)})
    assert last.headers["Location"] == path.removesuffix("/reports")
    assert manager_of(superuser_engine, cast.ours.staff) == cast.ours.lead.membership_id
    assert "manages nobody here" in lead.get(path).text


@pytest.mark.parametrize("choice", ["", "nonsense", "staff", "theirs", "themselves"])
def test_only_a_manager_of_the_organisation_takes_over(
    cast: Cast, lead: StrictClient, superuser_engine: Engine, home: str, choice: str
) -> None:
    chosen = {
        "staff": str(cast.ours.colleague.membership_id),
        "theirs": str(cast.theirs.manager.membership_id),
        "themselves": str(cast.ours.manager.membership_id),
    }.get(choice, choice)
    for page in ("reports", "close"):
        path = f"{home}people/{cast.ours.manager.membership_id}/{page}"
        assert lead.submit(path, {"manager": chosen}).status_code == 422
    assert manager_of(superuser_engine, cast.ours.staff) == cast.ours.manager.membership_id


def test_who_manages_people_keeps_the_role_until_they_are_handed_over(cast: Cast, lead: StrictClient, home: str) -> None:
    entry = f"{home}people/{cast.ours.manager.membership_id}"
    refused = lead.submit(entry, {"role": "staff"})
    assert refused.status_code == 422
    assert "Hand them over to somebody else first" in refused.text
    assert f"{entry}/reports" in refused.text


def test_a_deputy_takes_the_place_of_who_leaves(
    app: Flask, cast: Cast, lead: StrictClient, superuser_engine: Engine, home: str
) -> None:
    with app.app_context():
        deputy = make_member(cast.ours.tenant, Role.MANAGER, name="Ours Dee Deputy", manager=cast.ours.manager)
    invited = {"name": "Nia", "email": "nia-deputy@example.org", "role": "staff"}
    assert lead.submit(f"{home}people/invite", invited | {"manager": str(cast.ours.manager.membership_id)}).status_code == 303
    close = f"{home}people/{cast.ours.manager.membership_id}/close"
    assert lead.submit(close, {"manager": str(deputy.membership_id)}).status_code == 303
    assert manager_of(superuser_engine, deputy) == cast.ours.lead.membership_id
    assert manager_of(superuser_engine, cast.ours.staff) == deputy.membership_id
    asked = "SELECT manager_id FROM invitation WHERE email = 'nia-deputy@example.org' AND organisation_id = :id"
    assert rows(superuser_engine, asked, id=cast.ours.tenant.id) == [(deputy.membership_id,)], "so are those still to join"


@pytest.mark.usefixtures("context")
def test_nobody_ends_up_above_themselves_when_people_are_handed_over(cast: Cast) -> None:
    """The lead manages the manager; the manager's own report can't take the lead over."""
    ours = cast.ours
    second = make_member(ours.tenant, Role.LEAD, name="Ours Second Lead")
    below = make_member(ours.tenant, Role.MANAGER, name="Ours Below", manager=ours.manager)
    lead_id, manager_id, below_id = (_id(each) for each in (ours.lead, ours.manager, below))
    with pytest.raises(Refused, match="their own manager"), transaction(ours.tenant.scope(second)) as scope:
        hand_over(scope, lead_id, report_ids=[manager_id], manager_id=below_id)
    with pytest.raises(Refused, match="their own manager"), transaction(ours.tenant.scope(second)) as scope:
        end_membership(scope, lead_id, successor_id=below_id)


@pytest.mark.usefixtures("context")
def test_two_changes_of_manager_at_once_make_no_circle(app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    ours = cast.ours
    one, other = (make_member(ours.tenant, Role.MANAGER, name=f"Ours {n}") for n in ("One", "Other"))
    barrier = Barrier(2)

    def put_below(below: Someone, above: Someone) -> bool:
        with app.app_context(), transaction(ours.tenant.scope(ours.lead)) as scope:
            barrier.wait()
            try:
                change_member(scope, _id(below), role=Role.MANAGER, job_title="", team_id=None, manager_id=above.membership_id)
            except Refused:
                return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(put_below, (one, other), (other, one)))
    assert sorted(done) == [False, True]
    assert [manager_of(superuser_engine, each) is None for each in (one, other)].count(True) == 1


@pytest.mark.usefixtures("context")
def test_a_form_shared_while_its_manager_changes_is_never_left_open(app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    """Whichever comes first: either it goes back, or it was shared with the former manager by the worker's own choice after."""
    ours = cast.ours
    form_id = make_draft(ours.tenant, ours.staff, mark=MARK)
    barrier = Barrier(2)

    def share() -> str:
        with app.app_context():
            try:
                with transaction(ours.tenant.scope(ours.staff, Role.STAFF)) as scope:
                    barrier.wait()
                    share_form(scope, form_id=form_id, manager_id=_id(ours.manager))
            except Refused:
                return "refused"
        return "shared"

    def leave() -> str:
        with app.app_context(), transaction(ours.tenant.scope(ours.lead)) as scope:
            barrier.wait()
            return end_membership(scope, _id(ours.manager))

    with ThreadPoolExecutor(2) as pool:
        shared, left = pool.submit(share), pool.submit(leave)
    assert shared.result() in ("shared", "refused")
    assert left.result() == ours.manager.name
    state = "SELECT state, manager_id FROM self_assessment WHERE id = :id"
    assert rows(superuser_engine, state, id=form_id) == [("draft", None)]


def _id(someone: Someone) -> UUID:
    assert someone.membership_id is not None
    return someone.membership_id

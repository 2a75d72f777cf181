"""A personal form is its worker's, and the named manager's once it is shared. Nobody else finds anything of it, by any way."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from tests.cast import Cast
from tests.factories.tenants import Someone, make_member
from tests.factories.training import confirm, make_agreed, make_draft, make_shared
from tia_hub.core.scope import OrganisationScope, transaction
from tia_hub.tenants.types.roles import Role

MARK = "heron7731"
"""Begins every text of every form in these tests."""

TABLES = ("self_assessment", "self_assessment_answer", "agreed_form")


def addresses(cast: Cast, form_id: object) -> list[str]:
    form = f"/o/{cast.ours.tenant.slug}/training/forms/{form_id}"
    return [form, *(f"{form}/{page}" for page in ("role", "statements", "strengths", "share", "delete"))]


def own_pages(cast: Cast) -> list[str]:
    training = f"/o/{cast.ours.tenant.slug}/training"
    return [
        f"{training}/",
        f"{training}/people",
        f"{training}/picture",
        f"/o/{cast.ours.tenant.slug}/",
    ]


def others(app: Flask, cast: Cast, *, manager_too: bool) -> list[Someone]:
    with app.app_context():
        another = make_member(cast.ours.tenant, Role.MANAGER, name="Mo Manager")
    found = [cast.ours.lead, cast.ours.colleague, another, cast.theirs.staff, cast.coordinator, cast.provider_user]
    return [*found, cast.ours.manager] if manager_too else found


@pytest.mark.parametrize("state", ["draft", "shared", "agreed"])
def test_nobody_else_finds_a_form(app: Flask, as_, cast: Cast, state: str) -> None:
    make = {"draft": make_draft, "shared": make_shared, "agreed": make_agreed}[state]
    parties = [cast.ours.staff] if state == "draft" else [cast.ours.staff, cast.ours.manager]
    with app.app_context():
        form_id = make(cast.ours.tenant, *parties, mark=MARK)
    for someone in others(app, cast, manager_too=state == "draft"):
        client = as_(someone)
        missing = client.get(addresses(cast, uuid4())[0])
        for address in addresses(cast, form_id)[: 1 if state == "draft" else None]:
            answer = client.get(address)
            assert answer.status_code == missing.status_code == 404, (someone.name, address)
            assert answer.text.split("<main")[1] == missing.text.split("<main")[1]
        for address in own_pages(cast):
            page = client.get(address)
            assert MARK not in page.text
            assert state == "draft" or someone is cast.ours.staff or cast.ours.staff.name not in page.text


def test_nobody_else_changes_a_form(app: Flask, as_, cast: Cast, superuser_engine: Engine) -> None:
    with app.app_context():
        form_id = make_shared(cast.ours.tenant, cast.ours.staff, cast.ours.manager, mark=MARK)
    form = f"/o/{cast.ours.tenant.slug}/training/forms/{form_id}"
    before = dump(superuser_engine, cast)
    for someone in others(app, cast, manager_too=True):
        client = as_(someone)
        token = csrf(client)
        for action in ("plans", "reopen", "withdraw", "role", "statements", "strengths", "share", "delete"):
            if someone is cast.ours.manager and action in ("plans", "reopen"):
                continue
            answer = client.post(
                f"{form}/{action}", data={"csrf_token": token, "manager": str(someone.membership_id), "then": "confirm"}
            )
            assert answer.status_code == 404, (someone.name, action)
    assert dump(superuser_engine, cast) == before


def csrf(client: object) -> str:
    page = client.get("/about").text  # type: ignore[attr-defined]
    return page.split('name="csrf-token" content="')[1].split('"')[0]


def dump(engine: Engine, cast: Cast) -> list[object]:
    with engine.connect() as connection:
        return [
            row
            for table in TABLES
            for row in connection.execute(
                text(f"SELECT t.*::text FROM {table} t WHERE organisation_id = :id ORDER BY id"),
                {"id": cast.ours.tenant.id},
            )
        ]


def test_what_is_agreed_is_for_the_two_who_agreed(app: Flask, as_, cast: Cast, superuser_engine: Engine) -> None:
    with app.app_context():
        make_agreed(cast.ours.tenant, cast.ours.staff, cast.ours.manager, mark=MARK)
    with superuser_engine.connect() as connection:
        agreed_id = connection.execute(
            text("SELECT id FROM agreed_form WHERE organisation_id = :id"), {"id": cast.ours.tenant.id}
        ).scalar_one()
    address = f"/o/{cast.ours.tenant.slug}/training/agreed/{agreed_id}"
    for someone in (cast.ours.staff, cast.ours.manager):
        assert MARK in as_(someone).get(address).text
    for someone in others(app, cast, manager_too=False):
        assert as_(someone).get(address).status_code == 404


def test_trail_mails_and_jobs_hold_no_word_of_it_and_a_draft_leaves_no_trace(
    context: None, cast: Cast, superuser_engine: Engine
) -> None:
    def traces() -> str:
        with superuser_engine.connect() as connection:
            return "\n".join(
                str(row)
                for table in ("trail_event", "email", "job", "training_figure")
                for row in connection.execute(
                    text(
                        f"SELECT t.*::text FROM {table} t "
                        f"WHERE {'organisation_id' if table == 'training_figure' else 'home_id'} = :id"
                    ),
                    {"id": cast.ours.tenant.id},
                )
            )

    before = traces()
    make_draft(cast.ours.tenant, cast.ours.colleague, mark=MARK)
    assert traces() == before
    form_id = make_shared(cast.ours.tenant, cast.ours.staff, cast.ours.manager, mark=MARK)
    confirm(cast.ours.tenant, cast.ours.staff, form_id, mark=MARK, role=Role.STAFF)
    confirm(cast.ours.tenant, cast.ours.manager, form_id, mark=MARK)
    after = traces()
    assert "self_assessment" not in after and "publish_figures" in after
    assert "training_shared" in after and "training_confirm" in after
    assert MARK not in after
    assert cast.ours.staff.name not in after and str(cast.ours.staff.membership_id) not in after


@pytest.fixture
def shared(context: None, cast: Cast) -> Iterator[Cast]:
    make_shared(cast.ours.tenant, cast.ours.staff, cast.ours.manager, mark=MARK)
    yield cast


def seen(scope: OrganisationScope, table: str) -> int:
    with transaction(scope, read_only=True):
        return scope.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_the_database_itself_opens_a_form_to_its_two_readers_alone(shared: Cast) -> None:
    """Without any filter of the application's."""
    ours = shared.ours
    make_draft(ours.tenant, ours.colleague, mark=MARK)
    assert [seen(ours.tenant.scope(each), "self_assessment") for each in (ours.staff, ours.manager, ours.lead)] == [1, 1, 0]
    assert seen(ours.tenant.scope(ours.manager), "self_assessment_answer") == 5
    assert seen(ours.tenant.scope(ours.lead), "self_assessment_answer") == 0
    assert seen(ours.tenant.scope(ours.lead), "training_figure") == 1


@pytest.mark.parametrize("table", TABLES)
def test_the_system_is_no_reader(context: None, cast: Cast, table: str) -> None:
    """Not an empty page, but an error that somebody notices."""
    make_agreed(cast.ours.tenant, cast.ours.staff, cast.ours.manager)
    with pytest.raises(DBAPIError, match="invalid input syntax for type uuid"):
        seen(cast.ours.tenant.scope(), table)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE self_assessment_answer SET text = 'x' WHERE owner = 'worker'",
        "UPDATE self_assessment_answer SET text = 'x', author_id = current_setting('app.member')::uuid WHERE owner = 'worker'",
        "DELETE FROM self_assessment",
        "DELETE FROM self_assessment WHERE state = 'shared'",
    ],
)
def test_a_manager_cannot_write_the_workers_own_answers_even_in_sql(
    shared: Cast, superuser_engine: Engine, statement: str
) -> None:
    before = dump(superuser_engine, shared)
    scope = shared.ours.tenant.scope(shared.ours.manager)
    try:
        with transaction(scope):
            scope.session.execute(text(statement))
    except DBAPIError as error:
        assert "policy" in str(error) or "permission denied" in str(error)
    assert dump(superuser_engine, shared) == before


def test_the_application_alone_holds_the_wall_too(app: Flask, as_, cast: Cast, superuser_engine: Engine) -> None:
    """With row-level security off."""
    with app.app_context():
        form_id = make_shared(cast.ours.tenant, cast.ours.staff, cast.ours.manager, mark=MARK)
    others_ = others(app, cast, manager_too=False)
    try:
        with superuser_engine.begin() as connection:
            for table in TABLES:
                connection.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"))
        for someone in others_:
            for address in [*addresses(cast, form_id)[:2], *own_pages(cast)]:
                assert MARK not in as_(someone).get(address).text
    finally:
        with superuser_engine.begin() as connection:
            for table in TABLES:
                connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY, ENABLE ROW LEVEL SECURITY"))

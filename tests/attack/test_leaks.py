"""What is somebody's own and could come out another way: by logs, tables of mails, and roles that people had once."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import Someone, unique
from tests.factories.training import make_agreed, make_shared
from tests.services import Services
from tia_hub.core.mail.delivery import send_email
from tia_hub.core.mail.models import EmailState
from tia_hub.core.scope import transaction
from tia_hub.reports.scoring import people_to_publish
from tia_hub.reports.types import CountKind
from tia_hub.tenants.services.invitations import invite_member
from tia_hub.tenants.types.roles import Role
from tia_hub.training.queries import list_agreed_forms

SECRET = "what nobody else may read"
As = Callable[[Someone], StrictClient]


def test_the_log_of_a_database_that_does_not_answer_has_no_word_of_a_form(
    app: Flask, cast: Cast, as_: As, superuser_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """The lock is held past the time that a page waits for it."""
    tenant = cast.ours.tenant
    with app.app_context():
        form_id = make_shared(tenant, cast.ours.staff, cast.ours.manager)
    with superuser_engine.begin() as connection:
        lock = "SELECT FROM self_assessment_answer WHERE form_id = :form FOR UPDATE"
        connection.execute(text(lock), {"form": form_id})
        answer = as_(cast.ours.staff).submit(f"/o/{tenant.slug}/training/forms/{form_id}/strengths", {"text-strengths": SECRET})
    assert answer.status_code == 503
    assert SECRET in answer.text
    assert "lock timeout" in caplog.text
    assert SECRET not in caplog.text


def test_who_is_no_manager_any_more_reads_no_agreed_forms_of_others(app: Flask, cast: Cast, as_: As) -> None:
    tenant, manager = cast.ours.tenant, cast.ours.manager
    with app.app_context():
        make_agreed(tenant, cast.ours.staff, manager, mark=SECRET)
        with transaction(tenant.scope(manager, Role.MANAGER), read_only=True) as scope:
            (agreed,) = list_agreed_forms(scope)
    path = f"/o/{tenant.slug}/training/agreed/{agreed.id}"
    assert SECRET in as_(manager).get(path).text
    lead, entry = as_(cast.ours.lead), f"/o/{tenant.slug}/people/{manager.membership_id}"
    assert lead.submit(f"{entry}/reports", {"manager": "nobody"}).status_code == 303
    assert lead.submit(entry, {"role": "staff"}).status_code == 303
    assert as_(manager).get(path).status_code == 404
    assert SECRET in as_(cast.ours.staff).get(path).text


def test_a_page_that_was_open_too_long_does_not_say_that_it_was_done(cast: Cast, as_: As) -> None:
    worker, path = as_(cast.ours.colleague), f"/o/{cast.ours.tenant.slug}/training"
    refused = worker.post(f"{path}/start", data={})
    assert refused.status_code == 400
    assert "Nothing was changed" in refused.text
    assert "is ready" not in refused.text
    assert "is ready" not in worker.get(f"{path}/").text


@pytest.mark.usefixtures("context")
def test_the_links_of_a_mail_are_not_kept_once_it_was_sent(cast: Cast, services: Services, superuser_engine: Engine) -> None:
    email = f"{unique('newcomer')}@example.org"
    with transaction(cast.ours.tenant.scope(cast.ours.lead)) as scope:
        invite_member(scope, email=email, name="New Comer", role=Role.STAFF)
    with superuser_engine.connect() as connection:
        email_id = connection.scalar(text("SELECT id FROM email WHERE to_address = :to"), {"to": email})
    assert send_email(email_id) is EmailState.SENT
    assert "/invitation/" in next(each.text for each in services.mail.messages if email in each.recipients)
    with superuser_engine.connect() as connection:
        kept = connection.execute(text("SELECT text_body, html_body FROM email WHERE id = :id"), {"id": email_id}).one()
    assert kept == ("", "")


def test_an_area_does_not_tell_how_few_of_a_level_lack_it() -> None:
    """Eight people need a level and seven of them an area of it: the eighth is one person."""
    told = people_to_publish(
        {"informed": 32, "specialist": 8},
        {"specialist.1": 7, "specialist.2": 8},
        7,
        level_of=dict.fromkeys(AREAS, "specialist"),
    )
    assert {each.code: each.people for each in told if each.kind == CountKind.DEVELOPMENT_AREA} == {"specialist.2": 8}


def test_an_area_does_not_tell_how_large_a_hidden_level_is() -> None:
    """Ten people of a level that is hidden for the sake of another, smaller one."""
    told = people_to_publish(
        {"informed": 3, "skilled": 10, "enhanced": 40}, {"specialist.1": 10}, 7, level_of=dict.fromkeys(AREAS, "skilled")
    )
    assert {each.code for each in told} == {"enhanced", "agreed"}


AREAS = ("specialist.1", "specialist.2")

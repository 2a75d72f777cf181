"""Notices: always there for the person in the product, and by mail as the person wishes."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories.tenants import Someone
from tests.factories.training import make_shared
from tests.services import Services
from tia_hub.core.mail.delivery import send_email
from tia_hub.core.mail.models import EmailState
from tia_hub.core.mail.services import list_emails
from tia_hub.core.notices.digests import send_digests
from tia_hub.core.scope import transaction

AS = Callable[[Someone], StrictClient]
TITLE = "A self-assessment was shared with you"

pytestmark = pytest.mark.usefixtures("empty_queue")


def wish(as_: AS, someone: Someone, conversations: str) -> None:
    topics = {"conversations": conversations, "people": "at_once", "reports": "at_once"}
    assert as_(someone).submit("/account/notices", topics).status_code == 303


def share(app: Flask, cast: Cast) -> EmailState | None:
    """A member of staff shares a form with the manager; what became of the mail that tells of it."""
    with app.app_context():
        make_shared(cast.ours.tenant, cast.ours.staff, cast.ours.manager)
        with transaction(cast.ours.tenant.scope(), read_only=True) as scope:
            (email,) = list_emails(scope)
        return send_email(email.id)


def sent_to(services: Services, someone: Someone) -> list[str]:
    return [message.subject for message in services.mail.messages if someone.email in message.recipients]


def run_digests(app: Flask, engine: Engine) -> int:
    """The next morning comes."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE email SET due_at = now() WHERE state = 'digest'"))
    with app.app_context():
        made = send_digests()
        with engine.connect() as connection:
            for email_id in connection.execute(text("SELECT id FROM email WHERE state = 'queued'")).scalars():
                send_email(email_id)
    return made


def test_a_notice_is_in_the_product_and_comes_by_mail_at_once(app: Flask, cast: Cast, as_: AS, services: Services) -> None:
    assert share(app, cast) is EmailState.SENT
    assert sent_to(services, cast.ours.manager) == [TITLE]
    manager = as_(cast.ours.manager)
    assert "Read 1 new notice" in manager.get(f"/o/{cast.ours.tenant.slug}/").text
    shown = manager.get("/notices").text
    address = re.search(r'href="(/o/[^"]+)" aria-describedby="notice-1"', shown)
    assert TITLE in shown and address and manager.get(address[1]).status_code == 200
    assert TITLE not in as_(cast.ours.lead).get("/notices").text

    assert manager.submit("/notices").status_code == 303
    assert "new notice" not in manager.get(f"/o/{cast.ours.tenant.slug}/").text
    assert TITLE in manager.get("/notices").text


def test_who_wants_no_mail_finds_the_notice(app: Flask, cast: Cast, as_: AS, services: Services) -> None:
    wish(as_, cast.ours.manager, "off")
    assert share(app, cast) is EmailState.WITHHELD
    assert sent_to(services, cast.ours.manager) == []
    assert TITLE in as_(cast.ours.manager).get("/notices").text


def test_a_daily_mail_tells_once_of_what_was_not_read(
    app: Flask, cast: Cast, as_: AS, services: Services, superuser_engine: Engine
) -> None:
    wish(as_, cast.ours.manager, "daily")
    assert share(app, cast) is EmailState.DIGEST
    with app.app_context():
        assert send_digests() == 0, "not before seven in the morning"
    assert run_digests(app, superuser_engine) == 1
    assert run_digests(app, superuser_engine) == 0
    assert sent_to(services, cast.ours.manager) == ["Your day on TIA Hub"]
    (message,) = [message for message in services.mail.messages if cast.ours.manager.email in message.recipients]
    assert TITLE in message.text and f"{services.settings.base_url}/o/{cast.ours.tenant.slug}/" in message.text


def test_a_daily_mail_leaves_out_what_was_read_or_may_no_longer_be_known(
    app: Flask, cast: Cast, as_: AS, services: Services, superuser_engine: Engine
) -> None:
    wish(as_, cast.ours.manager, "daily")
    assert share(app, cast) is EmailState.DIGEST
    with superuser_engine.begin() as connection:
        connection.execute(
            text("UPDATE membership SET ended_at = now() WHERE id = :id"), {"id": cast.ours.manager.membership_id}
        )
    assert TITLE not in as_(cast.ours.manager).get("/notices").text
    assert run_digests(app, superuser_engine) == 0
    assert sent_to(services, cast.ours.manager) == []


def test_a_choice_that_is_not_offered_is_refused_and_the_rest_kept(as_: AS, cast: Cast) -> None:
    answer = as_(cast.ours.staff).submit("/account/notices", {"conversations": "hourly", "people": "daily", "reports": "off"})
    assert answer.status_code == 422
    assert re.search(r'name="people"[^>]*value="daily"[^>]*checked', answer.text)

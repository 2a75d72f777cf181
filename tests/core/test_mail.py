"""Mails: sent once, kept as a record, tried again when the server is away, never to somebody who may no longer know."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.tenants import Someone
from tests.services import Services
from tia_hub.core.mail.delivery import send_email, sweep_emails
from tia_hub.core.mail.models import EmailState
from tia_hub.core.mail.services import list_emails, post, send_again
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import transaction
from tia_hub.demo.mail_catcher.faults import Fault

pytestmark = pytest.mark.usefixtures("context", "empty_queue")


@pytest.fixture(autouse=True)
def no_faults(services: Services) -> Iterator[None]:
    yield
    services.mail.faults.clear()


def written(cast: Cast, to: Someone, permission: Permission | None = None) -> UUID:
    with transaction(cast.ours.tenant.scope()) as scope:
        return post(
            scope,
            to=to.email,
            subject="A test\r\nBcc: everybody@example.org",
            template="test",
            context={"name": to.name},
            recipient_id=to.id,
            permission=permission,
        )


def received(services: Services, someone: Someone) -> list[str]:
    return [message.message_id for message in services.mail.messages if someone.email in message.recipients]


def make_due(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE email SET due_at = now() WHERE state = 'queued'"))


def test_a_mail_is_sent_once_however_often_it_is_announced(cast: Cast, services: Services) -> None:
    email_id = written(cast, cast.ours.staff)
    assert [send_email(email_id) for _ in range(3)] == [EmailState.SENT, None, None]
    assert len(received(services, cast.ours.staff)) == 1


def test_a_subject_can_not_bring_headers_of_its_own(cast: Cast, services: Services) -> None:
    send_email(written(cast, cast.ours.staff))
    message = next(message for message in services.mail.messages if cast.ours.staff.email in message.recipients)
    assert message.recipients == (cast.ours.staff.email,)
    assert message.subject == "A test Bcc: everybody@example.org"


def test_a_server_that_is_busy_is_tried_again(cast: Cast, services: Services, superuser_engine: Engine) -> None:
    email_id = written(cast, cast.ours.staff)
    services.mail.faults.add(Fault("refuse_recipient", cast.ours.staff.email, code=451))
    assert send_email(email_id) is EmailState.QUEUED
    assert sweep_emails() == 0, "not at once"
    services.mail.faults.clear()
    make_due(superuser_engine)
    assert sweep_emails() == 1
    assert send_email(email_id) is EmailState.SENT


def test_an_address_that_is_refused_for_good_is_not_tried_again_but_can_be_sent_again(cast: Cast, services: Services) -> None:
    email_id = written(cast, cast.ours.staff)
    services.mail.faults.add(Fault("refuse_recipient", cast.ours.staff.email, code=550))
    assert send_email(email_id) is EmailState.FAILED
    services.mail.faults.clear()
    with transaction(cast.ours.tenant.scope()) as scope:
        assert send_again(scope, email_id)
    assert send_email(email_id) is EmailState.SENT


def test_a_connection_that_breaks_after_the_text_leaves_it_uncertain_and_is_not_repeated(
    cast: Cast, services: Services
) -> None:
    email_id = written(cast, cast.ours.staff)
    services.mail.faults.add(Fault("drop_after_dot", cast.ours.staff.email))
    assert send_email(email_id) is EmailState.UNCERTAIN
    assert sweep_emails() == 0


def test_a_worker_that_died_while_sending_leads_to_one_repeat_with_the_same_message_id(
    cast: Cast, services: Services, superuser_engine: Engine
) -> None:
    email_id = written(cast, cast.ours.staff)

    def die_while_sending() -> None:
        with superuser_engine.begin() as connection:
            connection.execute(
                text("UPDATE email SET state = 'sending', lease_until = now() - interval '1 second' WHERE id = :id"),
                {"id": email_id},
            )

    die_while_sending()
    assert sweep_emails() == 1
    assert send_email(email_id) is EmailState.SENT
    die_while_sending()
    assert send_email(email_id) is None
    with transaction(cast.ours.tenant.scope(), read_only=True) as scope:
        (email,) = list_emails(scope)
    assert email.state == EmailState.UNCERTAIN
    assert received(services, cast.ours.staff) == [email.message_id]


def test_somebody_who_lost_the_right_gets_nothing(cast: Cast, services: Services, superuser_engine: Engine) -> None:
    email_id = written(cast, cast.ours.lead, Permission.PEOPLE_MANAGE)
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE membership SET role = 'staff' WHERE id = :id"), {"id": cast.ours.lead.membership_id})
    assert send_email(email_id) is EmailState.WITHHELD
    assert received(services, cast.ours.lead) == []


def test_the_right_in_another_organisation_is_not_the_right(cast: Cast) -> None:
    assert send_email(written(cast, cast.theirs.lead, Permission.PEOPLE_MANAGE)) is EmailState.WITHHELD

"""A mail server that takes its time: no connection to the database waits with it."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.cast import Cast
from tests.faults.workers import ask
from tests.services import Services
from tia_hub.core.mail.delivery import send_email
from tia_hub.core.mail.models import EmailState
from tia_hub.core.mail.services import post
from tia_hub.core.scope import transaction

OPEN = (
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tia-hub' AND state LIKE 'idle in transaction%'"
    " AND pid <> pg_backend_pid()"
)


@pytest.mark.usefixtures("empty_queue")
def test_no_transaction_is_open_while_a_mail_is_handed_over(
    app: Flask, cast: Cast, services: Services, superuser_engine: Engine
) -> None:
    def send(email_id: UUID) -> EmailState | None:
        with app.app_context():
            return send_email(email_id)

    with app.app_context(), transaction(cast.ours.tenant.scope()) as scope:
        email_id = post(scope, to="slow@example.org", subject="Slow", template="test", context={"name": "Robin"})
    arrived = len(services.mail.arrivals)
    services.mail.hold()
    try:
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(send, email_id)
            services.mail.wait_for_arrivals(arrived + 1)
            assert ask(superuser_engine, "SELECT state FROM email WHERE id = :id", id=email_id) == "sending"
            assert ask(superuser_engine, OPEN) == 0
            services.mail.release()
            assert sending.result() is EmailState.SENT
    finally:
        services.mail.release()

"""Many invitations, while workers are killed and the broker forgets: everybody gets one that works, and nobody two."""

import re
import signal
from collections import Counter
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.tenants import unique
from tests.faults.workers import ask, wait_until, worker
from tests.services import Services
from tia_hub.core.jobs.runner import sweep_jobs
from tia_hub.core.mail.delivery import sweep_emails
from tia_hub.core.scope import transaction
from tia_hub.core.tokens import hash_token
from tia_hub.tenants.services.many_invitations import MAILS, invite_many
from tia_hub.tenants.types.invitations import Invitee
from tia_hub.tenants.types.roles import Role

PEOPLE = 3 * MAILS
NO_LIMIT = {"INVITATIONS_PER_MINUTE": "60000"}

pytestmark = pytest.mark.usefixtures("context", "empty_queue")


def test_no_invitation_is_lost_or_doubled_by_killed_workers_and_a_wiped_broker(
    cast: Cast, services: Services, superuser_engine: Engine, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    stem = unique("kill")
    invitees = [Invitee(email=f"{stem}-{n:03d}@example.org", name=f"P {n}", role=Role.STAFF) for n in range(PEOPLE)]
    with transaction(cast.ours.tenant.scope(cast.ours.lead)) as scope:
        invite_many(scope, invitees)
    of_ours = f"email LIKE '{stem}-%'"
    written = f"SELECT count(*) FROM invitation WHERE {of_ours} AND token_hash IS NOT NULL"
    broker = redis.Redis.from_url(services.valkey.client_url)

    with superuser_engine.connect() as holder:
        # The second step can't be finished for as long as one of its rows is held.
        row = f"SELECT id FROM invitation WHERE {of_ours} ORDER BY created_at, id OFFSET {MAILS + 10} LIMIT 1"
        holder.execute(text(f"SELECT 1 FROM invitation WHERE id = ({row}) FOR UPDATE"))
        with worker(services, log, pool="threads", **NO_LIMIT) as first:
            sweep_jobs()
            wait_until(lambda: ask(superuser_engine, written) == MAILS, "the first step is done", log)
            sweep_jobs()
            busy = "SELECT count(*) FROM job WHERE name = 'send_invitations' AND state = 'running'"
            wait_until(lambda: ask(superuser_engine, busy) == 1, "the second step is under way", log)
            first.send_signal(signal.SIGKILL)
            first.wait()
        holder.rollback()
    broker.flushall()
    assert ask(superuser_engine, written) == MAILS
    # What the killed worker held is given back when its leases have run out.
    with superuser_engine.begin() as connection:
        connection.execute(text("UPDATE job SET lease_until = now() WHERE state = 'running'"))
        connection.execute(text("UPDATE email SET lease_until = now() WHERE state = 'sending'"))

    left = f"SELECT count(*) FROM invitation WHERE {of_ours} AND token_hash IS NULL"
    unsent = f"SELECT count(*) FROM email WHERE to_address LIKE '{stem}-%' AND state <> 'sent'"
    with worker(services, log, pool="threads", **NO_LIMIT):
        sweep_jobs()
        wait_until(lambda: ask(superuser_engine, left) == 0, "all are written", log)
        broker.flushall()
        sweep_jobs()
        sweep_emails()
        wait_until(lambda: ask(superuser_engine, unsent) == 0, "all are sent", log)

    with superuser_engine.begin() as connection:
        hashes = dict(connection.execute(text(f"SELECT email, token_hash FROM invitation WHERE {of_ours}")).all())
        mails = Counter(connection.execute(text(f"SELECT to_address FROM email WHERE to_address LIKE '{stem}-%'")).scalars())
    assert len(hashes) == PEOPLE
    assert mails == dict.fromkeys(hashes, 1)
    received: dict[str, set[str]] = {}
    for message in services.mail.messages:
        [address] = message.recipients
        if address in hashes:
            received.setdefault(address, set()).add(message.message_id)
            found = re.search(r"/invitation/(\S+)", message.text)
            assert found and hash_token(found[1]) == hashes[address]
    # A worker that dies between the server's answer and our note of it repeats that mail, under the same Message-ID.
    assert {address: len(ids) for address, ids in received.items()} == dict.fromkeys(hashes, 1)

"""An organisation whose waiting period is over is deleted, with a certificate, and nobody else's rows with it."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.cast import Cast, make_cast
from tests.client import StrictClient
from tests.factories.leaving import let_the_day_come
from tests.factories.reports import ask_for_report, run_jobs
from tests.factories.tenants import Someone, make_member
from tests.leaving.conftest import fill
from tests.leaving.rows import fingerprints, rows_of
from tia_hub.core.clock import now
from tia_hub.core.jobs.types import JobName
from tia_hub.core.mail.services import list_emails
from tia_hub.core.scope import transaction
from tia_hub.leaving.queries import find_certificate
from tia_hub.leaving.services import deleting
from tia_hub.leaving.services.deleting import canonical, delete_organisation, queue_due_deletions
from tia_hub.tenants.services.lifecycle import stop_deletion

AS = Callable[[Someone], StrictClient]

TELLING = {"job", "email", "deletion_certificate", "trail_event", "trail_head", "erasure"}
"""Tables in which the partnership, and people who belong nowhere else, are told of it."""


@pytest.fixture
def cast(app: Flask, owner_engine: Engine, superuser_engine: Engine, empty_queue: None) -> Cast:
    with app.app_context():
        cast = make_cast(owner_engine)
        fill(cast, superuser_engine)
        return cast


def test_it_is_deleted_whole_and_alone(app: Flask, cast: Cast, superuser_engine: Engine, as_: AS) -> None:
    tenant = cast.ours.tenant
    with app.app_context():
        report_id = ask_for_report(cast.region)
        run_jobs(superuser_engine, JobName.COMPILE_REPORT)
        make_member(cast.theirs.tenant, person=cast.ours.staff)
        let_the_day_come(cast.ours.tenant, cast.ours.lead, superuser_engine)
        others = fingerprints(superuser_engine, but=tenant.id)
        trail = rows_of(superuser_engine, cast.theirs.tenant.id)["trail_event"]
        assert queue_due_deletions() == 1 and queue_due_deletions() == 0
        assert run_jobs(superuser_engine, JobName.DELETE_ORGANISATION) == 1
    assert not any(rows_of(superuser_engine, tenant.id, everything=True).values())
    after = fingerprints(superuser_engine, but=tenant.id)
    assert {name for name in others if others[name] != after[name]} <= TELLING
    assert rows_of(superuser_engine, cast.theirs.tenant.id)["trail_event"] == trail
    with app.app_context(), transaction(cast.region.scope(), read_only=True) as scope:
        certificate = find_certificate(scope, tenant.id)
        mails = [mail for mail in list_emails(scope) if mail.purpose == "organisation_deleted"]
    assert certificate is not None
    assert certificate.asked_by == f"{cast.ours.lead.name}, a lead of the organisation"
    assert certificate.sha256 == hashlib.sha256(canonical(certificate.content).encode()).hexdigest()
    assert certificate.content["rows"]["membership"] > 3
    assert not set(certificate.content["rows"]) & set(certificate.content["all_rows_of"])
    assert certificate.pdf is not None and certificate.pdf.startswith(b"%PDF")
    assert [mail.to_address for mail in mails] == [cast.ours.lead.email]
    assert canonical(certificate.content) in mails[0].text_body
    office = as_(cast.coordinator)
    assert tenant.name in office.get(f"/p/{cast.region.slug}/reports/{report_id}").text
    assert tenant.name not in office.get(f"/p/{cast.region.slug}/").text
    with superuser_engine.connect() as connection:
        leaving = set(
            connection.execute(
                text("SELECT person_id FROM erasure WHERE withdrawn_at IS NULL AND due_at BETWEEN :soon AND :later"),
                {"soon": now() + timedelta(days=6), "later": now() + timedelta(days=8)},
            ).scalars()
        )
    assert {cast.ours.lead.id, cast.ours.manager.id, cast.ours.colleague.id} <= leaving
    assert cast.ours.staff.id not in leaving, "they belong to another organisation as well"
    assert certificate.people_left == []
    assert as_(cast.ours.lead).get(f"/o/{tenant.slug}/").status_code in (302, 404)


def test_a_deletion_that_was_stopped_does_nothing(app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    tenant = cast.ours.tenant
    with app.app_context():
        let_the_day_come(cast.ours.tenant, cast.ours.lead, superuser_engine)
        assert queue_due_deletions() == 1
        scope = tenant.scope(cast.ours.lead)
        with transaction(scope):
            stop_deletion(scope, tenant.id)
        before = rows_of(superuser_engine, tenant.id)
        assert run_jobs(superuser_engine, JobName.DELETE_ORGANISATION) == 1
        assert queue_due_deletions() == 0
    assert rows_of(superuser_engine, tenant.id) == before


def test_a_worker_that_dies_on_the_way_leaves_all_or_nothing(
    app: Flask, cast: Cast, superuser_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = cast.ours.tenant
    with app.app_context():
        let_the_day_come(cast.ours.tenant, cast.ours.lead, superuser_engine)
        before = rows_of(superuser_engine, tenant.id)
        queue_due_deletions()

        def dies(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(deleting, "post", dies)
            with pytest.raises(KeyboardInterrupt):
                delete_organisation(organisation_id=tenant.id, partnership_id=tenant.partnership_id)
        assert rows_of(superuser_engine, tenant.id) == before
        # The next worker dies after the deletion, before the certificate is drawn.
        assert delete_organisation(organisation_id=tenant.id, partnership_id=tenant.partnership_id)
        assert run_jobs(superuser_engine, JobName.DELETE_ORGANISATION) == 1
        with transaction(cast.region.scope(), read_only=True) as scope:
            certificate = find_certificate(scope, tenant.id)
            assert certificate is not None and certificate.pdf
            assert sum(mail.purpose == "organisation_deleted" for mail in list_emails(scope)) == 1


def test_the_database_deletes_nothing_of_an_organisation_at_work(app: Flask, cast: Cast, superuser_engine: Engine) -> None:
    tenant = cast.ours.tenant
    before = rows_of(superuser_engine, tenant.id)
    scope = deleting.DeletingScope(organisation_id=tenant.id, partnership_id=tenant.partnership_id)
    with app.app_context(), pytest.raises(RuntimeError, match="not deleted"), transaction(scope):
        deleting._delete_rows(scope)
    assert rows_of(superuser_engine, tenant.id) == before

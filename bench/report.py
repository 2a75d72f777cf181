"""The partnership report at 1,000 organisations: publishing only what changed, and compiling against the bare SQL."""

import random
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Engine, select, text

from bench.measuring import Figure, recorded, side_by_side
from tests.factories.audits import make_shared_audit, rated
from tests.factories.reports import ask_for_report
from tests.factories.tenants import Region, make_organisation, make_region
from tia_hub.core.db import db
from tia_hub.core.pdf import PdfUnavailable, render_pdf
from tia_hub.core.scope import transaction
from tia_hub.framework.loader import current_edition
from tia_hub.reports.models import Report
from tia_hub.reports.presenters.paper import render_paper
from tia_hub.reports.presenters.report import make_document
from tia_hub.reports.services.collecting import collect
from tia_hub.reports.services.compiling import compile_figures
from tia_hub.reports.services.publications import publish

ORGANISATIONS = 1000
AUDITS = 2
"""A first audit and one a year later, so that movement is counted too."""
ROUNDS = 7
SECTORS = ("police", "health", "council", "education", "justice", "fire", "charity")


def _fill(engine: Engine, region: Region) -> None:
    """What 1,000 organisations have published, written in bulk: their audits themselves are not what is measured."""
    chance = random.Random(7)  # noqa: S311 - the same figures each time, no secret
    edition = current_edition()
    organisations = [uuid4() for _ in range(ORGANISATIONS)]
    audits = [
        (organisation, uuid4(), datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=365 * year + chance.randrange(60)))
        for organisation in organisations
        for year in range(AUDITS)
    ]
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO organisation (id, partnership_id, slug, name, sector, headcount) "
                "VALUES (:id, :partnership, :slug, :name, :sector, 100)"
            ),
            [
                {
                    "id": id,
                    "partnership": region.id,
                    "slug": f"bench-{id}",
                    "name": f"Organisation {number}",
                    "sector": SECTORS[number % 7],
                }
                for number, id in enumerate(organisations)
            ],
        )
        connection.execute(
            text(
                "INSERT INTO publication (organisation_id, partnership_id, version, fingerprint, published_at) "
                "VALUES (:id, :p, 1, '', now())"
            ),
            [{"id": id, "p": region.id} for id in organisations],
        )
        connection.execute(
            text(
                "INSERT INTO published_audit "
                "(organisation_id, audit_id, partnership_id, scope_kind, edition, started_on, submitted_at) "
                "VALUES (:id, :audit, :p, 'organisation', :edition, :day, :at)"
            ),
            [
                {"id": id, "audit": audit, "p": region.id, "edition": edition.code, "day": at.date(), "at": at}
                for id, audit, at in audits
            ],
        )
        ratings = [
            {
                "id": id,
                "audit": audit,
                "p": region.id,
                "code": criterion.code,
                "rating": chance.choice(["red", "amber", "green", "green", "not_applicable", None]),
            }
            for id, audit, _ in audits
            for criterion in edition.criteria
        ]
        connection.execute(
            text(
                "INSERT INTO published_rating (organisation_id, audit_id, criterion, partnership_id, rating) "
                "VALUES (:id, :audit, :code, :p, :rating)"
            ),
            ratings,
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _compiling(app: Flask, region: Region, report_id: UUID) -> list[Figure]:
    def compiled() -> None:
        with transaction(region.scope(), read_only=True) as scope:
            report = scope.session.scalars(select(Report).where(Report.id == report_id)).one()
            compile_figures(scope, report)

    with recorded(app) as statements:
        compiled()

    def bare() -> None:
        with db.engine.connect() as connection, connection.connection.cursor() as cursor:
            for statement, parameters in statements:
                cursor.execute(statement, parameters)
                cursor.fetchall()

    mine, theirs = side_by_side(compiled, bare, ROUNDS)
    print(f"     compiling: {mine:.0f} ms, its SQL alone {theirs:.0f} ms, {len(statements)} statements")
    return [Figure(f"report of {ORGANISATIONS} organisations: compiling, times the bare SQL", mine / theirs, 3)]


def _publishing(region: Region) -> list[Figure]:
    """An organisation that publishes again without a change writes nothing."""
    tenant = make_organisation(region, "Bench Trust")
    make_shared_audit(tenant, entries=rated(green=20, amber=16, red=10))

    def again() -> bool:
        with transaction(tenant.scope()) as scope:
            return publish(scope, collect)

    assert again()
    written = sum(again() for _ in range(20))
    return [Figure("publishing again without a change: publications written", written, 0)]


def _paper(app: Flask, region: Region, report_id: UUID) -> None:
    with transaction(region.scope(), read_only=True) as scope:
        figures = compile_figures(scope, scope.session.scalars(select(Report).where(Report.id == report_id)).one())
    start = time.perf_counter()
    try:
        pdf = render_pdf(render_paper(make_document(figures)))
    except PdfUnavailable as error:
        print(f"     PDF not measured: {error}")
    else:
        print(f"     drawing the PDF, apart: {time.perf_counter() - start:.1f} s, {len(pdf) / 1000:.0f} kB")


def measure(app: Flask, owner: Engine, superuser: Engine) -> list[Figure]:
    """Ratio of compiling to its SQL; that nothing is published twice; the PDF's own time is printed beside."""
    with app.app_context():
        region = make_region(owner)
        _fill(superuser, region)
        report_id = ask_for_report(region, "Report of a thousand")
        figures = _compiling(app, region, report_id) + _publishing(region)
        _paper(app, region, report_id)
    return figures

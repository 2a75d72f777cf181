"""Publications, as an organisation's own side writes them, and the jobs that make reports of them."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from tests.factories.tenants import Region, Tenant
from tia_hub.core.jobs.runner import run_job
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import transaction
from tia_hub.framework.loader import current_edition
from tia_hub.reports.queries.reports import get_report
from tia_hub.reports.services.compiling import compile_figures
from tia_hub.reports.services.publications import publish
from tia_hub.reports.services.reports import request_report
from tia_hub.reports.types import AuditToPublish, CountKind, PeopleToPublish, ReportFigures, ToPublish
from worker.tasks import load_tasks

RATINGS = ("red", "amber", "green", "not_applicable", None)


def make_ratings(chance: random.Random | None = None, *, all_of: str | None = None) -> dict[str, str | None]:
    """A rating for every criterion: by chance, or all the same."""
    codes = [criterion.code for criterion in current_edition().criteria]
    return {code: chance.choice(RATINGS) if chance else all_of for code in codes}


def make_audit(
    ratings: Mapping[str, str | None], *, submitted_on: date = date(2026, 5, 4), team_name: str | None = None
) -> AuditToPublish:
    return AuditToPublish(
        audit_id=uuid4(),
        scope_kind="team" if team_name else "organisation",
        team_name=team_name,
        edition=current_edition().code,
        started_on=submitted_on - timedelta(days=30),
        submitted_at=datetime(submitted_on.year, submitted_on.month, submitted_on.day, 11, tzinfo=UTC),
        ratings=ratings,
    )


def publish_figures(tenant: Tenant, audits: Sequence[AuditToPublish] = (), levels: Mapping[str, int] | None = None) -> bool:
    """Have an organisation publish; whether that changed anything."""
    people = [PeopleToPublish(kind=CountKind.NEEDED_LEVEL, code=code, people=count) for code, count in (levels or {}).items()]
    with transaction(tenant.scope()) as scope:
        return publish(scope, lambda _: ToPublish(audits=tuple(audits), people=tuple(people)))


def ask_for_report(region: Region, title: str = "Spring report", token: str | None = None) -> UUID:
    with transaction(region.scope()) as scope:
        return request_report(scope, token=token or str(uuid4()), title=title)


def figures_of(region: Region, report_id: UUID | None = None) -> ReportFigures:
    """What a report asked for now would say."""
    report_id = report_id or ask_for_report(region)
    with transaction(region.scope(), read_only=True) as scope:
        report, _ = get_report(scope, report_id)
        return compile_figures(scope, report)


def run_jobs(engine: Engine, name: JobName) -> int:
    """Run every waiting job of a name, whether its time has come or not; how many came to their end. Needs the superuser."""
    load_tasks()
    with engine.begin() as connection:
        waiting = connection.execute(
            text("UPDATE job SET due_at = now() WHERE name = :name AND state = 'queued' RETURNING id"), {"name": name}
        ).scalars()
        job_ids = list(waiting)
    return sum(run_job(job_id) for job_id in job_ids)

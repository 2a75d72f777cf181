"""An organisation with something in every table, and installations of their own to bring it to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine

from tests.cast import Cast, make_cast
from tests.factories.audits import make_shared_audit
from tests.factories.outcomes import make_indicator, make_reading
from tests.factories.reports import run_jobs
from tests.factories.tenants import Region, make_region, make_team
from tests.factories.trainers import make_live_course, make_score
from tests.factories.training import make_agreed, make_draft, make_shared
from tests.services import Services
from tia_hub.app import create_app
from tia_hub.core.clock import today
from tia_hub.core.jobs.types import JobName
from tia_hub.core.migrate import bootstrap, migrate
from tia_hub.core.scope import transaction
from tia_hub.home.models import AccessReview, RetentionPeriod
from tia_hub.settings import Settings
from tia_hub.tenants.models.organisations import OrganisationArea
from tia_hub.tenants.services.invitations import invite_member
from tia_hub.tenants.types.roles import Role

MARKS = (b"zq-personal-zq", b"zq-agreed-zq", b"zq-draft-zq")
"""What stands in personal forms; long enough not to turn up in sealed bytes by chance."""


@dataclass
class Filled:
    """A cast whose organisations both have something in every room."""

    cast: Cast
    form_id: UUID
    audit_id: UUID


def fill(cast: Cast, superuser_engine: Engine) -> Filled:
    """Something of everything in both organisations of a cast; needs an application context."""
    course_id = make_live_course(cast.region, cast.trainer)
    for house in (cast.theirs, cast.ours):
        tenant = house.tenant
        with transaction(cast.region.scope()) as scope:
            scope.session.add(
                OrganisationArea(organisation_id=tenant.id, area_id=cast.region.areas["North"], partnership_id=cast.region.id)
            )
        audit_id = make_shared_audit(tenant, entries={"safety.1": {"rating": "amber", "journey": "=SUM(1) of the journey"}})
        make_shared_audit(tenant, team_id=make_team(tenant, "Night shelter"), team_name="Night shelter")
        indicator = make_indicator(tenant, shared=True)
        make_reading(tenant, indicator, today(), "12.500", note="a note")
        make_score(tenant, course_id, note="Well run")
        form_id = make_shared(tenant, house.staff, house.manager, mark="zq-personal-zq")
        make_agreed(tenant, house.manager, house.lead, mark="zq-agreed-zq")
        make_draft(tenant, house.colleague, mark="zq-draft-zq")
        with transaction(tenant.scope(house.lead)) as scope:
            invite_member(scope, email="guest@example.org", name="Guest", role=Role.STAFF)
            scope.session.add(RetentionPeriod(organisation_id=tenant.id, kind="trail", days=800))
            scope.session.add(
                AccessReview(
                    organisation_id=tenant.id, person_id=house.lead.id, reviewer=house.lead.name, reviewed_on=today(), people=4
                )
            )
    run_jobs(superuser_engine, JobName.PUBLISH_FIGURES)
    return Filled(cast, form_id, audit_id)


@pytest.fixture(scope="module")
def filled(app: Flask, owner_engine: Engine, superuser_engine: Engine) -> Filled:
    with app.app_context():
        return fill(make_cast(owner_engine), superuser_engine)


@dataclass
class Installation:
    """Another installation, on a database of its own."""

    app: Flask
    settings: Settings
    superuser: Engine
    region: Region


@pytest.fixture(scope="module")
def elsewhere(services: Services) -> Iterator[Callable[[str], Installation]]:
    """Makes a fresh installation with a database of a name, and a partnership with the areas of the cast's."""
    made: list[Engine] = []

    def make(database: str) -> Installation:
        bootstrap(services.postgres.superuser_url(), database)
        owner_url = services.postgres.url("tia_owner", database)
        migrate(owner_url)
        settings = services.settings.model_copy(
            update={
                "database_url": services.postgres.url("tia_app", database),
                "migration_database_url": owner_url,
                "secret_key": type(services.settings.secret_key)("a secret of another installation altogether"),
            }
        )
        app = create_app(settings)
        superuser = create_engine(services.postgres.superuser_url(database))
        made.append(superuser)
        owner = create_engine(owner_url)
        with app.app_context():
            region = make_region(owner)
        owner.dispose()
        return Installation(app, settings, superuser, region)

    yield make
    for engine in made:
        engine.dispose()


@contextmanager
def written(content: bytes, folder: Path) -> Iterator[Path]:
    """A file with some content."""
    path = folder / "export.zip"
    path.write_bytes(content)
    yield path

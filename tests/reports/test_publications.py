"""Publishing: what crosses the wall is what an organisation shared, in figures, and only when something changed."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from tests.cast import Cast
from tests.client import StrictClient
from tests.factories import audits as audit_factory
from tests.factories import outcomes as outcome_factory
from tests.factories.reports import figures_of, make_audit, make_ratings, publish_figures, run_jobs
from tests.factories.tenants import Someone, Tenant
from tia_hub.audits.services.audits import withdraw_audit
from tia_hub.core.db import Base, OfOrganisation
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import transaction
from tia_hub.models import load_models
from tia_hub.reports.queries.publications import count_people, get_own_publication, list_publications
from tia_hub.reports.scoring import people_to_publish
from tia_hub.reports.types import CountKind

pytestmark = pytest.mark.usefixtures("context", "empty_queue")
As = Callable[[Someone], StrictClient]

load_models()
TENANT_TABLES = sorted(
    {mapper.local_table.name for mapper in Base.registry.mappers if issubclass(mapper.class_, OfOrganisation)}  # type: ignore[attr-defined]
    - {"invitation", "organisation_domain"}
)
"""All but the invitations, of which the office sees those that it sent itself, and the email domains that it confirms."""


def version(tenant: Tenant) -> int:
    with transaction(tenant.scope(), read_only=True) as scope:
        found = get_own_publication(scope)
        return found.version if found else 0


def rows_written(engine: Engine, tenant: Tenant) -> set[str]:
    """Marks of the transactions that wrote the organisation's published ratings."""
    with engine.connect() as connection:
        query = text("SELECT DISTINCT xmin::text FROM published_rating WHERE organisation_id = :id")
        return set(connection.execute(query, {"id": tenant.id}).scalars())


def test_what_an_organisation_shares_reaches_the_coordinator_and_goes_when_it_is_withdrawn(
    as_: As, cast: Cast, superuser_engine: Engine
) -> None:
    ours = cast.ours.tenant
    audit_id = audit_factory.make_shared_audit(ours, entries=audit_factory.rated(green=3, amber=2, red=1))
    assert run_jobs(superuser_engine, JobName.PUBLISH_FIGURES) == 1
    shown = as_(cast.ours.lead).get(f"/o/{ours.slug}/publication").text
    assert "Your shared audits" in shown
    assert "46" in shown
    with transaction(ours.scope()) as scope:
        withdraw_audit(scope, audit_id=audit_id)
    assert run_jobs(superuser_engine, JobName.PUBLISH_FIGURES) == 1
    assert "No shared audits" in as_(cast.ours.lead).get(f"/o/{ours.slug}/publication").text
    assert version(ours) == 2


def test_an_audit_that_is_not_shared_stays_at_home(cast: Cast, as_: As, superuser_engine: Engine) -> None:
    audit_factory.make_audit(cast.ours.tenant, entries=audit_factory.rated(red=4))
    run_jobs(superuser_engine, JobName.PUBLISH_FIGURES)
    assert "No shared audits" in as_(cast.ours.lead).get(f"/o/{cast.ours.tenant.slug}/publication").text


def test_shared_outcomes_reach_the_report_and_others_do_not(as_: As, cast: Cast, superuser_engine: Engine) -> None:
    shared = outcome_factory.make_indicator(cast.ours.tenant, "Complaints", unit="complaints", shared=True)
    private = outcome_factory.make_indicator(cast.ours.tenant, "Sick days")
    for indicator_id in (shared, private):
        outcome_factory.make_reading(cast.ours.tenant, indicator_id, date(2026, 1, 31), "1400", note="between us")
        outcome_factory.make_reading(cast.ours.tenant, indicator_id, date(2026, 4, 30), "1200.5")
    run_jobs(superuser_engine, JobName.PUBLISH_FIGURES)
    shown = as_(cast.ours.lead).get(f"/o/{cast.ours.tenant.slug}/publication").text
    assert "1,200.5 complaints" in shown
    assert "Sick days" not in shown
    assert "between us" not in shown
    figures = figures_of(cast.region)
    assert [(each.indicator, each.value, each.read_on) for each in figures.outcomes] == [
        ("Complaints", "1,200.5 complaints", date(2026, 4, 30))
    ]


def test_only_what_changed_is_written_again(cast: Cast, superuser_engine: Engine) -> None:
    audit = make_audit(make_ratings(all_of="green"))
    assert publish_figures(cast.ours.tenant, [audit], {"informed": 12})
    before = rows_written(superuser_engine, cast.ours.tenant)
    assert not publish_figures(cast.ours.tenant, [audit], {"informed": 12})
    assert rows_written(superuser_engine, cast.ours.tenant) == before
    assert version(cast.ours.tenant) == 1
    assert publish_figures(cast.ours.tenant, [audit], {"informed": 13})
    assert version(cast.ours.tenant) == 2


def test_the_coordinator_sees_publications_of_the_own_partnership_alone(cast: Cast) -> None:
    publish_figures(cast.ours.tenant, levels={"informed": 20})
    with transaction(cast.other_region.scope(), read_only=True) as scope:
        assert list_publications(scope) == []
        assert count_people(scope, [cast.ours.tenant.id]) == []


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_the_coordinators_database_role_can_read_no_table_of_a_tenant(cast: Cast, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction(cast.region.scope()) as scope:
        scope.session.execute(text(f"SELECT * FROM {table} LIMIT 1"))


def test_the_page_is_the_leads(as_: As, cast: Cast) -> None:
    path = f"/o/{cast.ours.tenant.slug}/publication"
    assert as_(cast.ours.lead).get(path).status_code == 200
    assert as_(cast.ours.staff).get(path).status_code == 403
    assert as_(cast.theirs.lead).get(path).status_code == 404


@settings(deadline=None)
@given(
    levels=st.dictionaries(st.sampled_from(["informed", "skilled", "enhanced", "specialist"]), st.integers(0, 30), min_size=1),
    areas=st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 30), max_size=5),
    threshold=st.integers(2, 10),
)
def test_small_counts_never_leave_and_can_not_be_worked_out(
    levels: dict[str, int], areas: dict[str, int], threshold: int
) -> None:
    people = sum(levels.values())
    level = next(iter(levels))
    level_of = {code: None if len(code) == 1 else level for code in areas}
    wholes = {None: people, level: levels[level]}
    areas = {code: min(count, wholes[level_of[code]]) for code, count in areas.items()}
    told = {(each.kind, each.code): each.people for each in people_to_publish(levels, areas, threshold, level_of=level_of)}
    assert all(count >= threshold for count in told.values())
    withheld = [code for code in levels if (CountKind.NEEDED_LEVEL, code) not in told]
    total = told.get((CountKind.FORM_STATE, "agreed"))
    if total is not None and withheld:
        rest = total - sum(told.get((CountKind.NEEDED_LEVEL, code), 0) for code in levels)
        assert rest == 0 or rest >= threshold or len(withheld) > 1
    for code in areas:
        shown = told.get((CountKind.DEVELOPMENT_AREA, code))
        rest = wholes[level_of[code]] - (shown or 0)
        assert shown is None or rest == 0 or rest >= threshold
        assert shown is None or level_of[code] is None or (CountKind.NEEDED_LEVEL, level) in told

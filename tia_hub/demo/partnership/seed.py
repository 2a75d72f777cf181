"""Making the sample partnership: a fictional region at work, the same every time but for the dates, which follow today.

All of it goes through the scopes of the people whose work it is. It is stored place by place; where that was interrupted,
seeding again goes on with what is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from dateutil.relativedelta import relativedelta
from sqlalchemy import create_engine, event, select
from sqlalchemy.engine.interfaces import DBAPIConnection

from tia_hub.app import create_app
from tia_hub.core import clock
from tia_hub.core.db import db
from tia_hub.core.schedules.recurrence import Frequency
from tia_hub.core.scope import Actor, OrganisationScope, PartnershipScope, transaction
from tia_hub.demo.partnership.assessments import add_forms
from tia_hub.demo.partnership.audits import add_audits, at_work
from tia_hub.demo.partnership.joining import add_levels, add_request, ask_guest, guest_of
from tia_hub.demo.partnership.outcomes import add_outcomes
from tia_hub.demo.partnership.plan import COORDINATORS, WELL_KNOWN, PlannedOrganisation, plan_organisations
from tia_hub.demo.partnership.registry import (
    PlannedScore,
    add_courses,
    add_providers,
    add_scores,
    has_providers,
    plan_scores,
    plan_speakers,
)
from tia_hub.demo.partnership.tenancy import (
    PASSWORD,
    add_members,
    add_office,
    add_organisations,
    add_partnership,
    add_people,
    dated,
    has_members,
    scope_of,
    scope_of_office,
)
from tia_hub.demo.partnership.texts import chance, load, make_id
from tia_hub.reports.models import ReportSchedule
from tia_hub.reports.queries.members import list_colleagues
from tia_hub.reports.queries.publications import get_own_publication
from tia_hub.reports.services.collecting import collect
from tia_hub.reports.services.publications import publish
from tia_hub.reports.services.reports import request_report
from tia_hub.reports.services.schedules import create_report_schedule
from tia_hub.settings import Settings
from tia_hub.tenants.services.identity_providers import confirm_email_domain
from tia_hub.tenants.types.roles import COORDINATOR_WORDS, Role
from tia_hub.trainers.types import PROVIDER_WORDS

__all__ = ["PASSWORD", "SignIn", "is_seeded", "seed"]

NAME = "Solent Shore Partnership"
WRITTEN = 24
"""Organisations that are written out; more are made from parts of names."""


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """Somebody that one can sign in as, with `PASSWORD`."""

    role: str
    name: str
    email: str
    place: str

    def __str__(self) -> str:
        """A line for whoever starts the demo."""
        return f"{self.role:<18} {self.email:<45} {PASSWORD}   ({self.name}, {self.place})"


def _slug(mark: str) -> str:
    return f"solent-shore-{mark}" if mark else "solent-shore"


def _office(mark: str) -> PartnershipScope:
    """The scope of the first coordinator."""
    actor = Actor(person_id=_coordinators(mark)[0][0], name=COORDINATORS[0])
    return scope_of_office(make_id("partnership", mark), _slug(mark), NAME, actor)


def _coordinators(mark: str) -> list[tuple[UUID, str, str]]:
    domain = f"{mark}.partnership.example" if mark else "partnership.example"
    return [(make_id("coordinator", mark, name), name, f"{name.lower().replace(' ', '.')}@{domain}") for name in COORDINATORS]


def is_seeded(settings: Settings, *, mark: str = "") -> bool:
    """Whether the sample partnership is there, whole."""
    with create_app(settings).app_context():
        try:
            return _is_whole(mark)
        finally:
            db.engine.dispose()


def _is_whole(mark: str) -> bool:
    # The schedule of its reports is what is stored last.
    with transaction(_office(mark), read_only=True) as scope:
        query = select(ReportSchedule.id).where(ReportSchedule.partnership_id == scope.partnership_id).limit(1)
        return scope.session.scalar(query) is not None


def seed(
    settings: Settings,
    *,
    organisations: int = WRITTEN,
    staff: int | None = None,
    today: date | None = None,
    mark: str = "",
) -> list[SignIn]:
    """Make the sample partnership, or what is missing of it; returns one person of each role.

    `staff` is how many people each organisation has, its lead and managers included; without it, as many as suits it.
    `mark` sets several sample partnerships of one installation apart. Raises ValueError where the settings lack
    `migration_database_url`, which making a partnership needs.
    """
    if settings.migration_database_url is None:
        raise ValueError("MIGRATION_DATABASE_URL is not set: a partnership is made as the owner of the tables")
    day = today or clock.today()
    plans = plan_organisations(organisations, staff, mark)
    owner_engine = create_engine(settings.migration_database_url)
    with create_app(settings).app_context():
        event.listen(db.engine, "connect", _commit_fast)
        try:
            if not _is_whole(mark):
                add_people(_everybody(plans, mark))
                partnership_id = make_id("partnership", mark)
                add_partnership(owner_engine, partnership_id=partnership_id, slug=_slug(mark), name=NAME, mark=mark)
                _fill(plans, mark, day)
        finally:
            db.engine.dispose()
            owner_engine.dispose()
    return _sign_ins(plans, mark)


def _commit_fast(connection: DBAPIConnection, _: object) -> None:
    """Don't wait for the disk at each of hundreds of commits: what a crash takes with it is made again."""
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit = off")
    cursor.close()
    connection.commit()


def _everybody(plans: Sequence[PlannedOrganisation], mark: str) -> list[tuple[UUID, str, str]]:
    members = [(person.id, person.name, person.email) for plan in plans for person in plan.people]
    speakers = [(person_id, name, email) for person_id, name, email, _ in plan_speakers(mark)]
    return [*_coordinators(mark), *speakers, *members, *(guest_of(plan) for plan in plans[:1])]


def _fill(plans: Sequence[PlannedOrganisation], mark: str, today: date) -> None:
    joined = at_work(today - timedelta(days=455), chance("joined", mark))
    with transaction(_office(mark)) as scope:
        add_office(scope, [person_id for person_id, _, _ in _coordinators(mark)])
        add_organisations(scope, plans, mark, joined)
        if not has_providers(scope):
            add_providers(scope, mark, today)
            for plan in plans[:1]:
                confirm_email_domain(scope, plan.id, f"{plan.slug}.example")
    add_request(make_id("partnership", mark), mark)
    add_courses(make_id("partnership", mark), mark, today)
    scores = plan_scores(plans[:WRITTEN], mark, today)
    for plan in plans:
        _fill_organisation(plan, scope_of(plan, make_id("partnership", mark), plan.leads[0]), scores.get(plan.id, []), today)
    with transaction(_office(mark)) as scope:
        request_report(scope, token="sample", title=f"Partnership report, {today:%B %Y}")  # noqa: S106 - no secret
        create_report_schedule(
            scope,
            title="Monthly partnership report",
            frequency=Frequency.MONTHLY,
            first_on=today.replace(day=1) + relativedelta(months=1),
            local_time=time(7),
            recipients=[person_id for person_id, _, _ in _coordinators(mark)],
            colleagues=list_colleagues(scope),
        )


def _fill_organisation(
    plan: PlannedOrganisation, scope: OrganisationScope, scores: Sequence[PlannedScore], today: date
) -> None:
    """Store what an organisation has, ending with what it publishes."""
    joined = at_work(today - timedelta(days=450), chance("joined", plan.slug))
    with transaction(scope):
        publication = get_own_publication(scope)
        if publication is not None and publication.version:
            return
        if not has_members(scope):
            add_members(scope, plan, joined)
            add_audits(scope, plan, today)
            add_outcomes(scope, plan, today)
            add_scores(scope, scores)
            with dated(scope, joined):
                add_levels(scope, plan)
            if plan.leads[0].name == WELL_KNOWN[Role.LEAD]:
                ask_guest(scope, plan, today)
    add_forms(plan, scope.partnership_id, today)
    with transaction(scope):
        publish(scope, collect)


def _sign_ins(plans: Sequence[PlannedOrganisation], mark: str) -> list[SignIn]:
    _, name, email = _coordinators(mark)[0]
    people = [SignIn(role=COORDINATOR_WORDS, name=name, email=email, place=NAME)]
    if plans:
        of_role = ((role, plans[0].person_of(role)) for role in WELL_KNOWN)
        people += [
            SignIn(role=role.words, name=person.name, email=person.email, place=plans[0].name)
            for role, person in of_role
            if person
        ]
        _, name, email = guest_of(plans[0])
        people.append(SignIn(role=Role.CONTRIBUTOR.words, name=name, email=email, place=plans[0].name))
    _, name, email, _ = plan_speakers(mark)[0]
    people.append(SignIn(role=PROVIDER_WORDS, name=name, email=email, place=load("providers")[0]["name"]))
    return people

"""The first page, everybody's places, and the first page of each place."""

from collections.abc import Sequence

from flask import redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tia_hub.audits.models import Audit
from tia_hub.audits.queries import list_audits, list_own_requests, list_ratings
from tia_hub.audits.types import AuditState, Disclosure
from tia_hub.core.clock import today
from tia_hub.core.identity import resolver
from tia_hub.core.notices.services import count_new_notices
from tia_hub.core.pages import SEVERAL_PLACES, page, place_url, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import public, require, signed_in
from tia_hub.core.scope import (
    IdentityScope,
    OrganisationScope,
    PartnershipScope,
    ProviderScope,
)
from tia_hub.home.presenters.overview import make_overview, report_item
from tia_hub.home.presenters.provider import make_provider_page
from tia_hub.home.presenters.steps import FirstSteps, make_first_steps, own_form
from tia_hub.home.presenters.work import (
    Work,
    add_audits,
    add_joining,
    add_notices,
    add_outcomes,
    add_own_form,
    add_publication,
    add_requests,
    add_scores,
    add_shared_forms,
)
from tia_hub.home.scoring import RULE
from tia_hub.home.views.blueprint import bp
from tia_hub.outcomes.queries import summarise_indicators
from tia_hub.reports.queries.members import list_members
from tia_hub.reports.queries.publications import get_own_publication, list_failed, list_latest_audits
from tia_hub.reports.queries.reports import list_reports
from tia_hub.tenants.queries.beginnings import summarise_beginnings
from tia_hub.tenants.queries.invitations import list_invitations
from tia_hub.tenants.queries.joining_requests import count_waiting_requests, list_open_partnerships
from tia_hub.tenants.queries.people import list_named_members
from tia_hub.tenants.services.steps import show_first_steps
from tia_hub.tenants.types.invitations import Joining
from tia_hub.tenants.types.organisations import Beginnings
from tia_hub.trainers.queries import list_draft_scores, list_offered_courses, list_own_courses
from tia_hub.training.models import SelfAssessment
from tia_hub.training.queries import list_readable_forms

FIRST_PAGE = {"organisation": "home.work", "partnership": "home.overview", "provider": "home.provider"}


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """What this is, for somebody who comes by."""
    if current_user.is_authenticated:
        return redirect(url_for("home.places"))
    return page("home/index.html", partnerships=list_open_partnerships(IdentityScope.of_request()))


@bp.get("/places")
@signed_in
def places(scope: IdentityScope) -> ResponseReturnValue:
    """Where one can go; straight on to the only place there is."""
    found = resolver().list_places(scope)
    cookie[SEVERAL_PLACES] = len(found) > 1
    if len(found) == 1:
        only = found[0]
        return redirect(place_url(FIRST_PAGE[only.kind], only.kind, only.slug))
    return page(
        "home/places.html",
        places=[(place, place_url(FIRST_PAGE[place.kind], place.kind, place.slug)) for place in found],
    )


@bp.get("/o/<organisation>/")
@require(Permission.ORGANISATION_OPEN)
def work(scope: OrganisationScope) -> ResponseReturnValue:
    """What waits for me."""
    found = Work()
    add_notices(found, count_new_notices(scope))
    add_requests(found, scope, list_own_requests(scope))
    if not scope.may(Permission.ASSESSMENT_OWN):
        return page("home/work.html", scope=scope, work=found, steps=None)
    forms = list_readable_forms(scope)
    add_own_form(found, scope, own_form(scope, forms))
    if scope.may(Permission.ASSESSMENT_MANAGE):
        others = [form for form in forms if form.membership_id != scope.membership_id]
        people = list_named_members(scope, {form.membership_id for form in others}) if others else []
        add_shared_forms(found, scope, others, {member.id: member.person.name for member in people})
    audits = list_audits(scope) if scope.may(Permission.AUDIT_WRITE) else []
    beginnings = summarise_beginnings(scope)
    if scope.may(Permission.AUDIT_WRITE):
        _add_lead_work(found, scope, audits, beginnings.joining)
    return page(
        "home/work.html",
        scope=scope,
        work=found,
        steps=_first_steps(scope, beginnings, forms, audits),
    )


def _add_lead_work(found: Work, scope: OrganisationScope, audits: Sequence[Audit], joining: Joining) -> None:
    in_progress = any(audit.state == AuditState.IN_PROGRESS for audit in audits)
    add_audits(found, scope, audits, list_ratings(scope, AuditState.IN_PROGRESS) if in_progress else {})
    add_joining(found, scope, joining)
    add_scores(found, scope, list_draft_scores(scope))
    add_outcomes(found, scope, summarise_indicators(scope, today()))
    add_publication(found, scope, get_own_publication(scope), shared=_is_shared(audits))


def _is_shared(audits: Sequence[Audit]) -> bool:
    return any(audit.disclosure == Disclosure.SHARED for audit in audits)


def _first_steps(
    scope: OrganisationScope, beginnings: Beginnings, forms: Sequence[SelfAssessment], audits: Sequence[Audit]
) -> FirstSteps:
    return make_first_steps(
        scope,
        beginnings,
        own=own_form(scope, forms),
        others=[form for form in forms if form.membership_id != scope.membership_id],
        has_audits=bool(audits),
        shared=_is_shared(audits),
    )


@bp.get("/o/<organisation>/first-steps")
@require(Permission.ASSESSMENT_OWN)
def first_steps(scope: OrganisationScope) -> ResponseReturnValue:
    """What to do first here: what of it is done, what comes next, and why."""
    audits = list_audits(scope) if scope.may(Permission.AUDIT_WRITE) else []
    steps = _first_steps(scope, summarise_beginnings(scope), list_readable_forms(scope), audits)
    return page("home/first_steps.html", scope=scope, steps=steps)


@bp.post("/o/<organisation>/first-steps")
@require(Permission.ASSESSMENT_OWN)
def put_steps_away(scope: OrganisationScope) -> ResponseReturnValue:
    """Put the first steps away from "My work", or have them there again."""
    shown = request.form.get("shown") == "yes"
    show_first_steps(scope, shown=shown)
    message = (
        "“My work” shows your first steps again." if shown else "Your first steps are put away. You find them under “To read”."
    )
    return see("home.work", message, organisation=scope.slug)


@bp.get("/p/<partnership>/")
@require(Permission.PARTNERSHIP_OPEN)
def overview(scope: PartnershipScope) -> ResponseReturnValue:
    """The partnership at a glance, from what organisations have published."""
    reports = list_reports(scope)
    found = make_overview(
        scope,
        members=list_members(scope),
        audits=list_latest_audits(scope),
        offered=list_offered_courses(scope),
        failed=list_failed(scope),
        invitations=list_invitations(scope),
        requests=count_waiting_requests(scope),
        has_reports=bool(reports),
        today=today(),
        page=request.args.get("page", 1, type=int),
    )
    latest = report_item(scope, reports[0]) if reports else None
    return page("home/overview.html", scope=scope, overview=found, latest=latest, rule=RULE)


@bp.get("/provider/<provider>/")
@require(Permission.PROVIDER_OPEN)
def provider(scope: ProviderScope) -> ResponseReturnValue:
    """The provider at a glance."""
    return page("home/provider.html", scope=scope, provider=make_provider_page(scope, list_own_courses(scope), today()))

"""The coordinator's side: providers, their invitations, and the courses that wait to be accepted."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from tia_hub.core.errors import Refused
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import PartnershipScope
from tia_hub.framework.loader import current_edition
from tia_hub.trainers.forms.courses import ReasonForm
from tia_hub.trainers.forms.providers import InviteForm, ProviderForm
from tia_hub.trainers.presenters import (
    STATE_COLOURS,
    course_facts,
    covered_statements,
    invitation_state,
    level_name,
    question_lines,
    reviewers_words,
)
from tia_hub.trainers.queries import (
    get_offered_course,
    get_provider,
    list_areas,
    list_invitations,
    list_offered_courses,
    list_providers,
    list_providers_courses,
    list_published_ratings,
)
from tia_hub.trainers.services.courses import accept_course, withdraw_course
from tia_hub.trainers.services.providers import invite_user, is_open, register_provider, revoke_invitation
from tia_hub.trainers.types import ChangedMeanwhile, CourseState
from tia_hub.trainers.views.room import bp


@bp.get("/p/<partnership>/providers")
@require(Permission.REGISTRY_MANAGE)
def registry(scope: PartnershipScope) -> ResponseReturnValue:
    """The registry: what waits for the coordinator, and all providers."""
    return page(
        "trainers/registry.html",
        scope=scope,
        offered=list_offered_courses(scope),
        providers=list_providers(scope),
        level_name=level_name,
    )


@bp.get("/p/<partnership>/providers/new")
@require(Permission.REGISTRY_MANAGE)
def new_provider(scope: PartnershipScope) -> ResponseReturnValue:
    """The form to register a provider."""
    return page("trainers/provider_form.html", scope=scope, form=ProviderForm(list_areas(scope)))


@bp.post("/p/<partnership>/providers/new")
@require(Permission.REGISTRY_MANAGE)
def register(scope: PartnershipScope) -> ResponseReturnValue:
    """Register a provider."""
    form = ProviderForm(list_areas(scope))
    if not form.validate():
        return page("trainers/provider_form.html", scope=scope, form=form, status=422)
    try:
        provider = register_provider(
            scope,
            name=form.name.data or "",
            about=form.about.data or "",
            email=form.email.data or "",
            area_ids=form.area_ids(),
        )
    except Refused as refusal:
        form.name.errors = [str(refusal)]
        return page("trainers/provider_form.html", scope=scope, form=form, status=422)
    return see(
        "trainers.provider_entry",
        f"{provider.name} registered. Now invite somebody who speaks for it.",
        partnership=scope.slug,
        provider_id=provider.id,
    )


def _entry(scope: PartnershipScope, provider_id: UUID, form: InviteForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "trainers/provider_entry.html",
        status=status,
        scope=scope,
        provider=get_provider(scope, provider_id),
        invitations=[
            (invitation, invitation_state(invitation), is_open(invitation))
            for invitation in list_invitations(scope, provider_id)
        ],
        courses=list_providers_courses(scope, provider_id),
        level_name=level_name,
        colours=STATE_COLOURS,
        CourseState=CourseState,
        form=form,
    )


@bp.get("/p/<partnership>/providers/<uuid:provider_id>")
@require(Permission.REGISTRY_MANAGE)
def provider_entry(scope: PartnershipScope, provider_id: UUID) -> ResponseReturnValue:
    """A provider with the people who speak for it and what it has offered."""
    return _entry(scope, provider_id, InviteForm())


@bp.post("/p/<partnership>/providers/<uuid:provider_id>")
@require(Permission.REGISTRY_MANAGE)
def invite(scope: PartnershipScope, provider_id: UUID) -> ResponseReturnValue:
    """Invite somebody to speak for the provider."""
    form = InviteForm()
    if not form.validate():
        return _entry(scope, provider_id, form, 422)
    email = form.email.data or ""
    try:
        invite_user(scope, provider_id=provider_id, email=email)
    except Refused as refusal:
        form.email.errors = [str(refusal)]
        return _entry(scope, provider_id, form, 422)
    return see("trainers.provider_entry", f"{email} was invited", partnership=scope.slug, provider_id=provider_id)


@bp.post("/p/<partnership>/providers/<uuid:provider_id>/invitations/<uuid:invitation_id>/take-back")
@require(Permission.REGISTRY_MANAGE)
def revoke(scope: PartnershipScope, provider_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    invitation = revoke_invitation(scope, provider_id=provider_id, invitation_id=invitation_id)
    return see(
        "trainers.provider_entry",
        f"The invitation to {invitation.email} was taken back",
        partnership=scope.slug,
        provider_id=provider_id,
    )


def _check(
    scope: PartnershipScope, course_id: UUID, form: ReasonForm, *, status: int = 200, changed: bool = False
) -> ResponseReturnValue:
    course = get_offered_course(scope, course_id)
    lines = question_lines(current_edition(), course, list_published_ratings(scope, [course]), None)
    return page(
        "trainers/check_course.html",
        status=status,
        scope=scope,
        course=course,
        state=CourseState(course.state),
        colours=STATE_COLOURS,
        facts=course_facts(course),
        statements=covered_statements(course),
        questions=[line for line in lines if line.published],
        reviewers=reviewers_words(lines),
        form=form,
        changed=changed,
    )


@bp.get("/p/<partnership>/courses/<uuid:course_id>")
@require(Permission.REGISTRY_MANAGE)
def check_course(scope: PartnershipScope, course_id: UUID) -> ResponseReturnValue:
    """A course as its provider offers it, to be accepted or withdrawn."""
    return _check(scope, course_id, ReasonForm())


@bp.post("/p/<partnership>/courses/<uuid:course_id>/accept/<int:version>")
@require(Permission.REGISTRY_MANAGE)
def accept(scope: PartnershipScope, course_id: UUID, version: int) -> ResponseReturnValue:
    """Accept a course as it was read."""
    try:
        course = accept_course(scope, course_id=course_id, version=version)
    except ChangedMeanwhile:
        return _check(scope, course_id, ReasonForm(formdata=None), status=409, changed=True)
    return see("trainers.registry", f"{course.title} is live", partnership=scope.slug)


@bp.post("/p/<partnership>/courses/<uuid:course_id>/withdraw")
@require(Permission.REGISTRY_MANAGE)
def withdraw(scope: PartnershipScope, course_id: UUID) -> ResponseReturnValue:
    """Withdraw a course, saying why."""
    form = ReasonForm()
    if not form.validate():
        return _check(scope, course_id, form, status=422)
    course = withdraw_course(scope, course_id=course_id, reason=form.reason.data or "")
    return see("trainers.registry", f"{course.title} was withdrawn", partnership=scope.slug)

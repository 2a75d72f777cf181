"""The life of an organisation: what the coordinator's office does to it, and how its leads have it deleted or kept."""

from datetime import timedelta
from uuid import UUID

from flask import current_app, url_for
from flask.typing import ResponseReturnValue

from tia_hub.core.clock import format_date
from tia_hub.core.errors import Refused
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.settings import Settings
from tia_hub.tenants.forms.lifecycle import DeletionForm, StepForm
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.presenters.lifecycle import ABOUT_STEPS
from tia_hub.tenants.queries.organisations import get_organisation, get_own_organisation
from tia_hub.tenants.services.lifecycle import WrongName, ask_for_deletion, change_state, stop_deletion
from tia_hub.tenants.types.organisations import Step
from tia_hub.tenants.views.blueprint import bp


def _wait() -> timedelta:
    settings: Settings = current_app.extensions["settings"]
    return timedelta(days=settings.deletion_wait_days)


def _step_page(
    scope: PartnershipScope | OrganisationScope,
    organisation: Organisation,
    step: Step,
    form: StepForm | DeletionForm,
    *,
    back: str,
    action: str,
    status: int = 200,
) -> ResponseReturnValue:
    if step not in organisation.life.steps:
        raise Refused(f"{organisation.name} is {organisation.life.state.words.lower()}, so that this can’t be done.")
    return page(
        "tenants/organisation_step.html",
        organisation=organisation,
        step=step,
        about=ABOUT_STEPS[step],
        form=form,
        back=back,
        action=action,
        wait_days=_wait().days,
        scope=scope,
        status=status,
    )


def _office_page(
    scope: PartnershipScope, organisation: Organisation, step: Step, form: StepForm | DeletionForm, status: int = 200
) -> ResponseReturnValue:
    return _step_page(
        scope,
        organisation,
        step,
        form,
        back=url_for("tenants.organisation", partnership=scope.slug, organisation_id=organisation.id),
        action=url_for("tenants.take_step", partnership=scope.slug, organisation_id=organisation.id, step=step.value),
        status=status,
    )


def _form(step: Step, **kwargs: None) -> StepForm | DeletionForm:
    return DeletionForm(**kwargs) if step is Step.DELETE else StepForm(**kwargs)


@bp.get("/p/<partnership>/organisations/<uuid:organisation_id>/<any(suspend,reactivate,archive,delete,keep):step>")
@require(Permission.ORGANISATION_MANAGE)
def ask_for_step(scope: PartnershipScope, organisation_id: UUID, step: str) -> ResponseReturnValue:
    """What suspending, archiving, deleting or going on means, before it is done."""
    return _office_page(scope, get_organisation(scope, organisation_id), Step(step), _form(Step(step), formdata=None))


@bp.post("/p/<partnership>/organisations/<uuid:organisation_id>/<any(suspend,reactivate,archive,delete,keep):step>")
@require(Permission.ORGANISATION_MANAGE)
def take_step(scope: PartnershipScope, organisation_id: UUID, step: str) -> ResponseReturnValue:
    """Do it."""
    organisation, taken = get_organisation(scope, organisation_id), Step(step)
    form = _form(taken)
    if not form.validate():
        return _office_page(scope, organisation, taken, form, status=422)
    if isinstance(form, DeletionForm):
        try:
            ask_for_deletion(scope, organisation_id, typed_name=form.name.data or "", wait=_wait())
        except WrongName as refusal:
            form.name.errors = [str(refusal)]
            return _office_page(scope, organisation, taken, form, status=422)
    elif taken is Step.KEEP:
        stop_deletion(scope, organisation_id)
    elif taken is Step.SUSPEND and not form.reason.data:
        form.reason.errors = ["Say why, in words for its members"]
        return _office_page(scope, organisation, taken, form, status=422)
    else:
        change_state(scope, organisation_id, taken, reason=form.reason.data or "")
    return see(
        "tenants.organisation",
        f"{ABOUT_STEPS[taken].done} {organisation.name}.",
        partnership=scope.slug,
        organisation_id=organisation_id,
    )


def _own_page(
    scope: OrganisationScope, organisation: Organisation, form: DeletionForm, status: int = 200
) -> ResponseReturnValue:
    return _step_page(
        scope,
        organisation,
        Step.DELETE,
        form,
        back=url_for("tenants.own_organisation", organisation=scope.slug),
        action=url_for("tenants.delete_own", organisation=scope.slug),
        status=status,
    )


@bp.get("/o/<organisation>/organisation/delete")
@require(Permission.ORGANISATION_CHANGE)
def ask_to_delete_own(scope: OrganisationScope) -> ResponseReturnValue:
    """What the deletion of one's organisation means, before it is asked for."""
    organisation = get_own_organisation(scope)
    if organisation.closing_on:
        return see("tenants.own_organisation", None, organisation=scope.slug)
    return _own_page(scope, organisation, DeletionForm(formdata=None))


@bp.post("/o/<organisation>/organisation/delete")
@require(Permission.ORGANISATION_CHANGE, at_rest=True)
def delete_own(scope: OrganisationScope) -> ResponseReturnValue:
    """Ask for the deletion of one's organisation."""
    organisation = get_own_organisation(scope)
    form = DeletionForm()
    if not form.validate():
        return _own_page(scope, organisation, form, status=422)
    try:
        organisation = ask_for_deletion(scope, organisation.id, typed_name=form.name.data or "", wait=_wait())
    except WrongName as refusal:
        form.name.errors = [str(refusal)]
        return _own_page(scope, organisation, form, status=422)
    day = format_date(organisation.closing_on) if organisation.closing_on else ""
    return see("tenants.own_organisation", f"{organisation.name} is deleted on {day}.", organisation=scope.slug)


@bp.post("/o/<organisation>/organisation/keep")
@require(Permission.ORGANISATION_CHANGE, at_rest=True)
def keep_own(scope: OrganisationScope) -> ResponseReturnValue:
    """Stop the deletion of one's organisation."""
    organisation = stop_deletion(scope, scope.organisation_id)
    return see("tenants.own_organisation", f"{organisation.name} stays.", organisation=scope.slug)

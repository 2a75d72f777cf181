"""Sharing a form with a manager, and taking it back."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.queries.people import list_members_with_role, list_named_members
from tia_hub.training import queries
from tia_hub.training.forms import ShareForm
from tia_hub.training.services import agreeing
from tia_hub.training.types import FormState
from tia_hub.training.views.blueprint import bp


@bp.route("/o/<organisation>/training/forms/<uuid:form_id>/share", methods=["GET", "POST"])
@require(Permission.ASSESSMENT_OWN)
def share(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """Choose the manager to share with; the line manager is offered first."""
    found = queries.get_own_form(scope, form_id)
    managers = [member for member in list_members_with_role(scope, agreeing.MANAGING_ROLES) if member.id != scope.membership_id]
    own = list_named_members(scope, [found.membership_id])[0]
    form = ShareForm(data={"manager": str(own.manager_id) if own.manager_id else None})
    form.offer(
        (str(each.id), f"{each.person.name}, {each.job_title}" if each.job_title else each.person.name) for each in managers
    )
    if form.validate_on_submit():
        agreeing.share_form(scope, form_id=form_id, manager_id=UUID(form.manager.data))
        return see("training.show", "Shared. Your manager has been told by email", organisation=scope.slug, form_id=form_id)
    return page(
        "training/share.html",
        status=422 if form.errors else 200,
        scope=scope,
        form=form,
        form_id=form_id,
        managers=managers,
        draft=found.state == FormState.DRAFT,
    )


@bp.post("/o/<organisation>/training/forms/<uuid:form_id>/withdraw")
@require(Permission.ASSESSMENT_OWN)
def withdraw(scope: OrganisationScope, form_id: UUID) -> ResponseReturnValue:
    """Take a shared form back."""
    agreeing.withdraw_form(scope, form_id=form_id)
    return see("training.mine", "Only you can see it again", organisation=scope.slug)

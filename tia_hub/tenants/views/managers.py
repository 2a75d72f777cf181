"""Who manages whom: handing over the people somebody manages, and closing the access of somebody who leaves."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from tia_hub.core.errors import Refused
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.forms.people import HandOverForm, SuccessorForm
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.queries.people import get_member, list_members_with_role, list_reports
from tia_hub.tenants.services.people import MAY_MANAGE, end_membership, hand_over
from tia_hub.tenants.views.blueprint import bp


def _managers_but(scope: OrganisationScope, membership_id: UUID) -> list[Membership]:
    return [member for member in list_members_with_role(scope, MAY_MANAGE) if member.id != membership_id]


@bp.route("/o/<organisation>/people/<uuid:membership_id>/reports", methods=["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
def reports(scope: OrganisationScope, membership_id: UUID) -> ResponseReturnValue:
    """Hand over the people whom somebody manages: all at once, or some to one and some to another."""
    member = get_member(scope, membership_id)
    found = list_reports(scope, membership_id)
    form = HandOverForm()
    form.offer(found, _managers_but(scope, membership_id))
    if not form.is_submitted():
        form.people.data = [str(report.id) for report in found]
    elif form.validate():
        chosen = {UUID(value) for value in form.people.data or ()}
        try:
            names = hand_over(scope, membership_id, report_ids=chosen, manager_id=form.manager_id)
        except Refused as refusal:
            form.manager.errors = [str(refusal)]
        else:
            endpoint = "tenants.reports" if len(names) < len(found) else "tenants.person"
            words = f"{len(names)} {'person was' if len(names) == 1 else 'people were'} handed over."
            return see(endpoint, words, organisation=scope.slug, membership_id=membership_id)
    status = 422 if form.errors else 200
    return page("tenants/reports.html", member=member, reports=found, form=form, scope=scope, status=status)


@bp.route("/o/<organisation>/people/<uuid:membership_id>/close", methods=["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
def close(scope: OrganisationScope, membership_id: UUID) -> ResponseReturnValue:
    """Close somebody's access, after saying what that means and who takes over whom they manage."""
    member = get_member(scope, membership_id)
    found = list_reports(scope, membership_id)
    form = SuccessorForm()
    form.offer_managers(_managers_but(scope, membership_id))
    if not found:
        del form.manager
    if form.validate_on_submit():
        try:
            name = end_membership(scope, membership_id, successor_id=form.manager_id if found else None)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
        else:
            return see("tenants.people", f"The access of {name} is closed.", organisation=scope.slug)
    status = 422 if form.errors or form.form_errors else 200
    return page("tenants/close.html", member=member, reports=found, form=form, scope=scope, status=status)

"""What the leads of an organisation ask of its members' sign-in."""

from flask import url_for
from flask.typing import ResponseReturnValue

from tia_hub.accounts.security import confirmed_lately
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.forms.sign_in import LONGEST_IDLE, SignInRulesForm
from tia_hub.tenants.queries.organisations import get_own_organisation
from tia_hub.tenants.services.sign_in import set_sign_in_rules
from tia_hub.tenants.views.blueprint import bp


def _page(scope: OrganisationScope, form: SignInRulesForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "tenants/sign_in_rules.html",
        form=form,
        confirmed_lately=confirmed_lately(),
        confirm_href=url_for("security.verify", next=url_for("tenants.sign_in_rules", organisation=scope.slug)),
        scope=scope,
        status=status,
    )


@bp.get("/o/<organisation>/people/sign-in-rules")
@require(Permission.SIGN_IN_RULES)
def sign_in_rules(scope: OrganisationScope) -> ResponseReturnValue:
    """What is asked now."""
    organisation = get_own_organisation(scope)
    chosen = {
        "second_factor": "yes" if organisation.second_factor else "no",
        "idle": str(organisation.idle_minutes or LONGEST_IDLE),
    }
    return _page(scope, SignInRulesForm(formdata=None, data=chosen))


@bp.post("/o/<organisation>/people/sign-in-rules")
@require(Permission.SIGN_IN_RULES)
def save_sign_in_rules(scope: OrganisationScope) -> ResponseReturnValue:
    """Ask for more, or for no more than TIA Hub does."""
    form = SignInRulesForm()
    if not form.validate():
        return _page(scope, form, status=422)
    if not confirmed_lately():
        form.form_errors.append("Show once more that it is you, then save. Nothing was changed")
        return _page(scope, form, status=409)
    set_sign_in_rules(scope, **form.values())
    return see("tenants.own_organisation", "The rules for signing in were changed.", organisation=scope.slug)

"""The lead's page of the link to join by, for people with an address in the organisation's confirmed e-mail domains."""

from flask.typing import ResponseReturnValue

from tia_hub.core.mail.services import link as full_address
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.forms.invitations import LinkForm
from tia_hub.tenants.queries.identity_providers import list_email_domains
from tia_hub.tenants.queries.links import find_live_link
from tia_hub.tenants.services.links import end_link, make_link
from tia_hub.tenants.views.blueprint import bp


def _link_page(
    scope: OrganisationScope,
    form: LinkForm | None = None,
    *,
    address: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    return page(
        "tenants/link.html",
        domains=list_email_domains(scope, scope.organisation_id, confirmed_only=True),
        link=find_live_link(scope),
        address=address,
        form=form or LinkForm(formdata=None),
        scope=scope,
        status=status,
    )


@bp.get("/o/<organisation>/people/link")
@require(Permission.PEOPLE_MANAGE)
def link(scope: OrganisationScope) -> ResponseReturnValue:
    """The organisation's e-mail domains, and whether it has a link."""
    return _link_page(scope)


@bp.post("/o/<organisation>/people/link")
@require(Permission.PEOPLE_MANAGE)
def new_link(scope: OrganisationScope) -> ResponseReturnValue:
    """Make a link, and show it this once: it is not kept in a form that could be shown again."""
    form = LinkForm()
    if not form.validate():
        return _link_page(scope, form, status=422)
    token = make_link(scope, **form.values())
    return _link_page(scope, address=full_address("tenants.by_link", token=token))


@bp.post("/o/<organisation>/people/link/end")
@require(Permission.PEOPLE_MANAGE)
def stop_link(scope: OrganisationScope) -> ResponseReturnValue:
    """End the link."""
    end_link(scope)
    return see(
        "tenants.link", "The link was ended. Who was invited through it keeps their invitation.", organisation=scope.slug
    )

"""The lead's page of the link to join by: the organisation's e-mail domains, and a link for those who have an address there."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from tia_hub.core.errors import Refused
from tia_hub.core.mail.services import link as full_address
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.tenants.forms import DomainForm, LinkForm
from tia_hub.tenants.queries.links import find_live_link, list_domains
from tia_hub.tenants.services.links import add_domain, end_link, make_link, remove_domain
from tia_hub.tenants.views.blueprint import bp


def _link_page(
    scope: OrganisationScope,
    domain_form: DomainForm | None = None,
    link_form: LinkForm | None = None,
    *,
    address: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    return page(
        "tenants/link.html",
        domains=list_domains(scope),
        link=find_live_link(scope),
        address=address,
        domain_form=domain_form or DomainForm(formdata=None),
        link_form=link_form or LinkForm(formdata=None),
        scope=scope,
        status=status,
    )


@bp.get("/o/<organisation>/people/link")
@require(Permission.PEOPLE_MANAGE)
def link(scope: OrganisationScope) -> ResponseReturnValue:
    """The organisation's e-mail domains, and whether it has a link."""
    return _link_page(scope)


@bp.post("/o/<organisation>/people/link/domains")
@require(Permission.PEOPLE_MANAGE)
def add_mail_domain(scope: OrganisationScope) -> ResponseReturnValue:
    """Add an e-mail domain."""
    form = DomainForm()
    if not form.validate():
        return _link_page(scope, form, status=422)
    try:
        add_domain(scope, form.domain.data or "")
    except Refused as refusal:
        form.domain.errors = [str(refusal)]
        return _link_page(scope, form, status=422)
    return see("tenants.link", f"{form.domain.data} was added.", organisation=scope.slug)


@bp.post("/o/<organisation>/people/link/domains/<uuid:domain_id>/remove")
@require(Permission.PEOPLE_MANAGE)
def remove_mail_domain(scope: OrganisationScope, domain_id: UUID) -> ResponseReturnValue:
    """Take an e-mail domain away."""
    domain = remove_domain(scope, domain_id)
    return see("tenants.link", f"{domain} was removed.", organisation=scope.slug)


@bp.post("/o/<organisation>/people/link")
@require(Permission.PEOPLE_MANAGE)
def new_link(scope: OrganisationScope) -> ResponseReturnValue:
    """Make a link, and show it this once: it is not kept in a form that could be shown again."""
    form = LinkForm()
    if not form.validate():
        return _link_page(scope, link_form=form, status=422)
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

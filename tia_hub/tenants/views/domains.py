"""The e-mail domains of an organisation, as the coordinator's office confirms them."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from tia_hub.core.errors import Refused
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import PartnershipScope
from tia_hub.tenants.forms.sign_in import DomainForm
from tia_hub.tenants.queries.identity_providers import list_email_domains
from tia_hub.tenants.queries.organisations import get_organisation
from tia_hub.tenants.services.identity_providers import confirm_email_domain, remove_email_domain
from tia_hub.tenants.views.blueprint import bp


def _page(scope: PartnershipScope, organisation_id: UUID, form: DomainForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "tenants/domains.html",
        scope=scope,
        organisation=get_organisation(scope, organisation_id),
        domains=list_email_domains(scope, organisation_id),
        form=form,
        status=status,
    )


@bp.get("/p/<partnership>/organisations/<uuid:organisation_id>/domains")
@require(Permission.ORGANISATION_MANAGE)
def domains(scope: PartnershipScope, organisation_id: UUID) -> ResponseReturnValue:
    """Which domains are confirmed, and which wait for it."""
    return _page(scope, organisation_id, DomainForm(formdata=None))


@bp.post("/p/<partnership>/organisations/<uuid:organisation_id>/domains")
@require(Permission.ORGANISATION_MANAGE)
def confirm_named_domain(scope: PartnershipScope, organisation_id: UUID) -> ResponseReturnValue:
    """Confirm a domain as the organisation's own."""
    form = DomainForm()
    if not form.validate():
        return _page(scope, organisation_id, form, status=422)
    try:
        confirm_email_domain(scope, organisation_id, form.domain.data or "")
    except Refused as refusal:
        form.domain.errors = [str(refusal)]
        return _page(scope, organisation_id, form, status=422)
    words = f"{form.domain.data} is confirmed."
    return see("tenants.domains", words, partnership=scope.slug, organisation_id=organisation_id)


@bp.post("/p/<partnership>/organisations/domains/<uuid:domain_id>/remove")
@require(Permission.ORGANISATION_MANAGE)
def remove_confirmed_domain(scope: PartnershipScope, domain_id: UUID) -> ResponseReturnValue:
    """Take a domain off an organisation."""
    removed = remove_email_domain(scope, domain_id)
    words = f"{removed.domain} was removed."
    return see("tenants.domains", words, partnership=scope.slug, organisation_id=removed.organisation_id)

"""What an organisation's link leads to: a page to ask for an invitation, which goes by mail to a work address."""

from flask import request
from flask.typing import ResponseReturnValue

from tia_hub.core.errors import NotFound, error_page
from tia_hub.core.pages import page
from tia_hub.core.policy import public
from tia_hub.core.scope import InvitationScope, OrganisationScope, transaction
from tia_hub.core.tokens import hash_token
from tia_hub.tenants.forms.invitations import AskToJoinForm
from tia_hub.tenants.models.invitations import JoiningLink
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.queries.identity_providers import list_email_domains
from tia_hub.tenants.queries.links import find_link
from tia_hub.tenants.services.links import TooMany, WrongDomain, ask_to_join
from tia_hub.tenants.types.organisations import OrganisationState
from tia_hub.tenants.views.blueprint import bp


def _gone() -> ResponseReturnValue:
    return page("tenants/by_link_gone.html", status=404)


def _find(token: str) -> tuple[JoiningLink, Organisation, OrganisationScope, list[str]] | None:
    with transaction(InvitationScope(token_hash=hash_token(token)), read_only=True) as holder:
        found = find_link(holder)
    if found is None or not found[0].works or found[1].state != OrganisationState.ACTIVE:
        return None
    link, organisation = found
    scope = OrganisationScope(
        organisation_id=organisation.id,
        partnership_id=organisation.partnership_id,
        slug=organisation.slug,
        name=organisation.name,
    )
    with transaction(scope, read_only=True):
        domains = [each.domain for each in list_email_domains(scope, organisation.id, confirmed_only=True)]
    if not domains:
        return None
    return link, organisation, scope, domains


@bp.get("/by-link/<token>")
@public
def by_link(token: str) -> ResponseReturnValue:
    """Ask who wants to join for their name and work address."""
    found = _find(token)
    if found is None:
        return _gone()
    _, organisation, _, domains = found
    return page(
        "tenants/by_link.html", token=token, organisation=organisation, domains=domains, form=AskToJoinForm(formdata=None)
    )


@bp.post("/by-link/<token>")
@public
def ask_by_link(token: str) -> ResponseReturnValue:
    """Have that address sent what it needs to join; the page says the same whoever it is."""
    found = _find(token)
    if found is None:
        return _gone()
    link, organisation, scope, domains = found
    form = AskToJoinForm()

    def again() -> ResponseReturnValue:
        return page("tenants/by_link.html", token=token, organisation=organisation, domains=domains, form=form, status=422)

    if not form.validate():
        return again()
    email = form.email.data or ""
    try:
        with transaction(scope):
            ask_to_join(scope, link_id=link.id, email=email, name=form.name.data or "", address=request.remote_addr or "")
    except WrongDomain:
        form.email.errors = [f"Use your work address. It ends in {' or '.join('@' + domain for domain in domains)}"]
        return again()
    except TooMany as refusal:
        return error_page(429, text=str(refusal))
    except NotFound:
        return _gone()
    return page("tenants/by_link_asked.html", organisation=organisation, email=email)

"""How people sign in to the organisation: its own identity provider, set up and tried out by a lead."""

from dataclasses import replace
from uuid import UUID

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from tia_hub.accounts.oidc import flow
from tia_hub.accounts.oidc.asking import directory
from tia_hub.accounts.oidc.types import ProviderFault
from tia_hub.accounts.security import confirmed_lately
from tia_hub.core.errors import Refused
from tia_hub.core.mail.services import link
from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope, transaction
from tia_hub.tenants.forms.sign_in import DomainForm, IdentityProviderForm, MemberAddressForm
from tia_hub.tenants.queries.identity_providers import find_identity_provider, list_email_domains
from tia_hub.tenants.services.identity_providers import (
    NotProven,
    ask_for_email_domain,
    make_client,
    remove_email_domain,
    save_provider,
    unbind,
)
from tia_hub.tenants.types.sign_in import Newcomers, OwnSignIn, SecondFactor
from tia_hub.tenants.views.blueprint import bp

ONCE_MORE = "Show once more that it is you, then save. Nothing was changed"


def _page(
    scope: OrganisationScope,
    *,
    form: IdentityProviderForm | None = None,
    domain_form: DomainForm | None = None,
    member_form: MemberAddressForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    provider = find_identity_provider(scope)
    faulty = form or domain_form or member_form
    return page(
        "tenants/own_sign_in.html",
        scope=scope,
        provider=provider,
        form=form or IdentityProviderForm.of(provider),
        domain_form=domain_form or DomainForm(formdata=None),
        member_form=member_form or MemberAddressForm(formdata=None),
        faulty=faulty,
        domains=list_email_domains(scope, scope.organisation_id),
        states=OwnSignIn,
        second_factors=SecondFactor,
        newcomers=Newcomers,
        redirect_address=link("tenants.come_back"),
        confirmed_lately=confirmed_lately(),
        confirm_href=url_for("security.verify", next=url_for("tenants.own_sign_in", organisation=scope.slug)),
        sign_in_address=link("tenants.begin_sign_in", organisation=scope.slug),
        status=status,
    )


@bp.get("/o/<organisation>/people/sign-in")
@require(Permission.SIGN_IN_MANAGE)
def own_sign_in(scope: OrganisationScope) -> ResponseReturnValue:
    """How people sign in, and the form of the organisation's own provider."""
    return _page(scope)


@bp.post("/o/<organisation>/people/sign-in")
@require(Permission.SIGN_IN_MANAGE)
def save_own_sign_in(scope: OrganisationScope) -> ResponseReturnValue:
    """Set up the provider."""
    form = IdentityProviderForm()
    if not form.validate():
        return _page(scope, form=form, status=422)
    if not confirmed_lately():
        # Who names the provider can have anybody signed in: a session that was left open is not enough.
        form.form_errors.append(ONCE_MORE)
        return _page(scope, form=form, status=409)
    try:
        save_provider(scope, **form.values())
    except Refused as refusal:
        field = form.state if isinstance(refusal, NotProven) else form.client_secret
        field.errors = [str(refusal)]
        return _page(scope, form=form, status=422)
    return see("tenants.own_sign_in", "How people sign in was saved.", organisation=scope.slug)


@bp.post("/o/<organisation>/people/sign-in/test")
@require(Permission.SIGN_IN_MANAGE)
def test_own_sign_in(scope: OrganisationScope) -> ResponseReturnValue:
    """Ask the provider for all that can be asked without signing in."""
    # In a transaction of its own, so that none is open while the provider takes its time.
    with transaction(replace(scope), read_only=True) as reading:
        provider = find_identity_provider(reading)
    if provider is None:
        raise Refused("Set up the provider first.")
    try:
        flow.check(directory(), make_client(provider))
    except ProviderFault as fault:
        flash(f"The test failed. {fault}.", "problem")
        return see("tenants.own_sign_in", organisation=scope.slug)
    words = "The provider answers, and its keys can be used. Whether the client secret is right shows when somebody signs in."
    return see("tenants.own_sign_in", words, organisation=scope.slug)


@bp.post("/o/<organisation>/people/sign-in/domains")
@require(Permission.SIGN_IN_MANAGE)
def add_own_domain(scope: OrganisationScope) -> ResponseReturnValue:
    """Name a domain, for the coordinator's office to confirm."""
    form = DomainForm()
    if not form.validate():
        return _page(scope, domain_form=form, status=422)
    try:
        ask_for_email_domain(scope, form.domain.data or "")
    except Refused as refusal:
        form.domain.errors = [str(refusal)]
        return _page(scope, domain_form=form, status=422)
    words = f"{form.domain.data} was added. It counts once the coordinator’s office has confirmed it."
    return see("tenants.own_sign_in", words, organisation=scope.slug)


@bp.post("/o/<organisation>/people/sign-in/domains/<uuid:domain_id>/remove")
@require(Permission.SIGN_IN_MANAGE)
def remove_own_domain(scope: OrganisationScope, domain_id: UUID) -> ResponseReturnValue:
    """Take a domain off."""
    removed = remove_email_domain(scope, domain_id)
    return see("tenants.own_sign_in", f"{removed.domain} was removed.", organisation=scope.slug)


@bp.post("/o/<organisation>/people/sign-in/anew")
@require(Permission.SIGN_IN_MANAGE)
def bind_anew(scope: OrganisationScope) -> ResponseReturnValue:
    """Let somebody whose account at the provider was made anew sign in by it."""
    form = MemberAddressForm()
    if not form.validate():
        return _page(scope, member_form=form, status=422)
    if not confirmed_lately():
        form.member.errors = [ONCE_MORE]
        return _page(scope, member_form=form, status=409)
    try:
        name = unbind(scope, form.member.data or "")
    except Refused as refusal:
        form.member.errors = [str(refusal)]
        return _page(scope, member_form=form, status=422)
    return see("tenants.own_sign_in", f"{name} can sign in by their new account at the provider.", organisation=scope.slug)

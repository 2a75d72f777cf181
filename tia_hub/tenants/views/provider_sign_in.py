"""Signing in by an organisation's own identity provider: the way there, the way back, and one's own second factor after it.

What the provider says is checked in `accounts.oidc`; whom that lets in is decided in `services.identity_providers`. Nothing
here tells who has an account: where one is sent depends on the organisation alone.
"""

import logging

from flask import current_app, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tia_hub.accounts.events import tell
from tia_hub.accounts.models import Person
from tia_hub.accounts.oidc import flow, waiting
from tia_hub.accounts.oidc.asking import directory
from tia_hub.accounts.oidc.types import ProviderFault, Vouched
from tia_hub.accounts.oidc.vouching import enter_vouched, has_own_second_factor, is_vouched_only, step_up
from tia_hub.accounts.queries import find_person, find_person_by_id
from tia_hub.accounts.services import register_person
from tia_hub.accounts.types import SecurityEvent
from tia_hub.accounts.watch import is_own_address
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.identity import resolver
from tia_hub.core.pages import page
from tia_hub.core.policy import public
from tia_hub.core.scope import Actor, IdentityScope, OrganisationScope, WayInScope, transaction
from tia_hub.settings import Settings
from tia_hub.tenants.forms.sign_in import WorkAddressForm
from tia_hub.tenants.mail_domains import domain_of
from tia_hub.tenants.models.sign_in import IdentityProvider
from tia_hub.tenants.queries.identity_providers import find_identity_provider, list_ways_in
from tia_hub.tenants.services.identity_providers import (
    Admitted,
    Newcomer,
    Refusal,
    join,
    make_client,
    recognise,
    record_fault,
    refuse,
)
from tia_hub.tenants.types.sign_in import SecondFactor, WayIn
from tia_hub.tenants.views.blueprint import bp

log = logging.getLogger(__name__)

TYPED = "work_address"
"""What the cookie calls the address that was typed on the way to a provider, so that it need not be typed there again."""
NOT_THERE = "There is no sign-in by an organisation for that. Sign in with your email address and password."


def _ways_in(way_in: str) -> list[WayIn]:
    with transaction(WayInScope(way_in=way_in), read_only=True) as scope:
        return list_ways_in(scope)


def _scope_of(way: WayIn, person: Person | None = None) -> OrganisationScope:
    name = person.name if person else "Somebody who was signing in"
    return OrganisationScope(
        organisation_id=way.organisation_id,
        partnership_id=way.partnership_id,
        slug=way.slug,
        name=way.name,
        actor=Actor(person_id=person.id if person else None, name=name, address=request.remote_addr),
    )


def _provider_of(way: WayIn) -> IdentityProvider:
    with transaction(_scope_of(way), read_only=True) as scope:
        provider = find_identity_provider(scope)
    if provider is None:
        raise ProviderFault("The provider was taken away while somebody was signing in")
    return provider


def _next() -> str:
    wanted = request.args.get("next", "")
    return wanted if is_own_address(wanted) else ""


@bp.get("/sign-in/organisation")
@public
def choose_organisation() -> ResponseReturnValue:
    """Which organisation, by the work address."""
    return page("tenants/sign_in_organisation.html", form=WorkAddressForm(formdata=None), then=_next())


@bp.post("/sign-in/organisation")
@public
def find_organisation() -> ResponseReturnValue:
    """On to the organisation's sign-in, where the address's domain has one; to the password where it has none."""
    form = WorkAddressForm()
    then = _next()
    if not form.validate():
        return page("tenants/sign_in_organisation.html", form=form, then=then, status=422)
    email = form.email.data or ""
    found = _ways_in(domain_of(email))
    if found:
        cookie[TYPED] = email
    if len(found) == 1:
        return redirect(url_for("tenants.begin_sign_in", organisation=found[0].slug, next=then or None), 303)
    if found:
        return page("tenants/sign_in_which.html", ways=found, then=then)
    flash(NOT_THERE, "info")
    return redirect(url_for("security.login", next=then or None), 303)


@bp.get("/o/<organisation>/sign-in")
@public
def begin_sign_in(organisation: str) -> ResponseReturnValue:
    """The door to the provider: the browser goes on by itself, or by the link.

    It is a page and not a redirect: our policy for forms lets none lead to another site, by redirects neither.
    """
    found = _ways_in(organisation)
    if not found:
        flash(NOT_THERE, "info")
        return redirect(url_for("security.login"), 303)
    way = found[0]
    try:
        address, pending = flow.begin(directory(), make_client(_provider_of(way)), login_hint=cookie.pop(TYPED, ""))
    except ProviderFault as fault:
        log.warning("the identity provider of %s can't be used: %s", way.slug, fault)
        return page("tenants/sign_in_failed.html", way=way, refusal=None, status=503)
    waiting.keep(pending, slug=way.slug, then=_next())
    response = page("tenants/sign_in_go.html", way=way, address=address)
    response.headers["Refresh"] = f"0; url={address}"
    return response


@bp.get("/sign-in/organisation/back")
@public
def come_back() -> ResponseReturnValue:
    """Where every provider sends people back to, with its answer."""
    kept = waiting.take(request.args.get("state", ""))
    found = _ways_in(kept[1]) if kept else []
    if not kept or not found:
        return page("tenants/sign_in_lost.html", status=404)
    pending, _, then = kept
    way = found[0]
    if "error" in request.args:
        return page("tenants/sign_in_failed.html", way=way, refusal="denied", status=403)
    try:
        provider = _provider_of(way)
        vouched = flow.finish(directory(), make_client(provider), pending, request.args)
    except ProviderFault as fault:
        log.warning("a sign-in by the identity provider of %s failed: %s", way.slug, fault)
        with transaction(_scope_of(way)) as scope:
            record_fault(scope, fault)
        return page("tenants/sign_in_failed.html", way=way, refusal=None, status=403)
    outcome = _let_in(way, vouched)
    if isinstance(outcome, Refusal):
        return page("tenants/sign_in_failed.html", way=way, refusal=outcome.value, email=vouched.email, status=403)
    return _enter(way, provider, vouched, outcome, then or url_for("home.work", organisation=way.slug))


def _let_in(way: WayIn, vouched: Vouched) -> Person | Refusal:
    with transaction(_scope_of(way)) as scope:
        outcome = recognise(scope, vouched)
    if isinstance(outcome, Refusal):
        return outcome
    person, is_new = _person_of(outcome, vouched)
    if not person.active:
        with transaction(_scope_of(way, person)) as scope:
            return refuse(scope, Refusal.CLOSED, vouched)
    if isinstance(outcome, Newcomer):
        with transaction(_scope_of(way, person)) as scope:
            outcome = join(scope, vouched, person.id)
        if isinstance(outcome, Refusal):
            return outcome
    if outcome.first_time and not is_new:
        _tell(person, way)
    return person


def _person_of(outcome: Admitted | Newcomer, vouched: Vouched) -> tuple[Person, bool]:
    """Who it is, in this request's own session, and whether their account was made just now."""
    identity = IdentityScope.of_request()
    known = find_person_by_id(identity, outcome.person_id) if outcome.person_id else find_person(identity, vouched.email)
    if known is not None:
        return known, False
    try:
        with transaction(IdentityScope()) as scope:
            register_person(scope, email=vouched.email, name=getattr(outcome, "name", vouched.email), password=None)
    except Refused:
        # Somebody else's tab was faster: the account is there.
        log.info("an account was made by two sign-ins at once")
    made = find_person(identity, vouched.email)
    if made is None:
        raise NotFound
    return made, True


def _tell(person: Person, way: WayIn) -> None:
    """Tell somebody that their account can be opened in a way that it could not be before."""
    with transaction(IdentityScope()) as scope:
        tell(scope, person, SecurityEvent.BOUND, organisation=way.name)


def _enter(way: WayIn, provider: IdentityProvider, vouched: Vouched, person: Person, then: str) -> ResponseReturnValue:
    with_own_factor = provider.second_factor == SecondFactor.HUB and not vouched.second_factor
    settings: Settings = current_app.extensions["settings"]
    sets_one_up = with_own_factor and settings.two_factor_required and not has_own_second_factor(person)
    if sets_one_up and _belongs_elsewhere(person, way):
        # What this provider vouches for must not become the key to another place.
        return page("tenants/sign_in_failed.html", way=way, refusal="no_second_factor", status=403)
    if vouched.email != person.email:
        flash(f"{way.name} knows you by another email address. In TIA Hub yours is still {person.email}.", "info")
    return enter_vouched(person, way.organisation_id, then=then, with_own_factor=with_own_factor)


def _belongs_elsewhere(person: Person, way: WayIn) -> bool:
    with transaction(IdentityScope(person_key=person.fs_uniquifier), read_only=True) as scope:
        return any(place.id != way.organisation_id for place in resolver().list_places(scope))


@bp.post("/sign-in/own-second-factor")
@public
def own_factor() -> ResponseReturnValue:
    """Go on with one's own second factor, to open what the provider does not vouch for."""
    wanted = request.form.get("next", "")
    then = wanted if is_own_address(wanted) else url_for("home.places")
    if not current_user.is_authenticated or not is_vouched_only() or not has_own_second_factor(current_user):
        return redirect(then, 303)
    return step_up(then=then)

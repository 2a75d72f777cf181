"""The link of an invitation: a new account, or a place more for an account that there is.

The person is written as who signs in is written, the membership as the organisation's own data is: two transactions. Should the
second fail, the link still works, and then asks the person to sign in.
"""

from flask import request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tia_hub.accounts.forms import AcceptForm
from tia_hub.accounts.models import Person
from tia_hub.accounts.queries import find_person
from tia_hub.accounts.security import enter
from tia_hub.accounts.services import register_person
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.pages import SEVERAL_PLACES, page, see
from tia_hub.core.policy import public
from tia_hub.core.scope import Actor, IdentityScope, InvitationScope, OrganisationScope, WayInScope, transaction
from tia_hub.core.tokens import hash_token
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.queries.identity_providers import list_ways_in
from tia_hub.tenants.queries.invitations import find_invitation
from tia_hub.tenants.services.joining import accept_invitation
from tia_hub.tenants.types.invitations import InvitationState
from tia_hub.tenants.types.organisations import OrganisationState
from tia_hub.tenants.types.roles import Role
from tia_hub.tenants.views.blueprint import bp


def _gone() -> ResponseReturnValue:
    return page("tenants/invitation_gone.html", status=404)


def _find(token: str) -> tuple[Invitation, Organisation] | None:
    with transaction(InvitationScope(token_hash=hash_token(token)), read_only=True) as scope:
        found = find_invitation(scope)
    is_open = found and found[0].state is InvitationState.SENT and found[1].state == OrganisationState.ACTIVE
    return found if is_open else None


@bp.get("/invitation/<token>")
@public
def invitation(token: str) -> ResponseReturnValue:
    """What the link leads to: a form for a new account, a button, or the way to sign in."""
    found = _find(token)
    if found is None:
        return _gone()
    return _answer(token, *found, AcceptForm(email=found[0].email, formdata=None, data={"name": found[0].name}))


def _answer(
    token: str, invitation: Invitation, organisation: Organisation, form: AcceptForm, status: int = 200
) -> ResponseReturnValue:
    signed_in = current_user.is_authenticated
    known = signed_in or find_person(IdentityScope.of_request(), invitation.email) is not None
    if signed_in:
        template = "accept" if current_user.email == invitation.email else "wrong_person"
    else:
        template = "sign_in" if known else "register"
    return page(
        f"tenants/invitation_{template}.html",
        token=token,
        invitation=invitation,
        organisation=organisation,
        role=Role(invitation.role),
        form=form,
        own_sign_in=_own_sign_in(organisation) if not signed_in else "",
        sign_in_href=url_for("security.login", next=url_for("tenants.invitation", token=token)),
        status=status,
    )


def _own_sign_in(organisation: Organisation) -> str:
    """The address of the organisation's sign-in by its own provider; empty where it has none."""
    with transaction(WayInScope(way_in=organisation.slug), read_only=True) as scope:
        found = list_ways_in(scope)
    return url_for("tenants.begin_sign_in", organisation=organisation.slug) if found else ""


@bp.post("/invitation/<token>")
@public
def accept(token: str) -> ResponseReturnValue:
    """Accept: as who is signed in, or by making an account."""
    found = _find(token)
    if found is None:
        return _gone()
    invitation, organisation = found
    form = AcceptForm(email=invitation.email)
    if current_user.is_authenticated:
        if current_user.email != invitation.email:
            return _answer(token, invitation, organisation, form, status=422)
        _join(token, invitation, organisation, current_user)
        cookie[SEVERAL_PLACES] = True
        return see("home.work", f"You now belong to {organisation.name}.", organisation=organisation.slug)
    if find_person(IdentityScope.of_request(), invitation.email) is not None:
        return _answer(token, invitation, organisation, form, status=422)
    if not form.validate():
        return _answer(token, invitation, organisation, form, status=422)
    try:
        with transaction(IdentityScope()) as scope:
            register_person(scope, email=invitation.email, name=form.name.data or "", password=form.password.data or "")
    except Refused:
        return _answer(token, invitation, organisation, form, status=422)
    person = find_person(IdentityScope.of_request(), invitation.email)
    if person is None:
        raise NotFound
    _join(token, invitation, organisation, person)
    return enter(person, then=url_for("home.work", organisation=organisation.slug))


def _join(token: str, invitation: Invitation, organisation: Organisation, person: Person) -> None:
    scope = OrganisationScope(
        organisation_id=organisation.id,
        partnership_id=organisation.partnership_id,
        slug=organisation.slug,
        name=organisation.name,
        actor=Actor(person_id=person.id, name=person.name, address=request.remote_addr),
    )
    with transaction(scope):
        accept_invitation(scope, token_hash=hash_token(token), invitation_id=invitation.id, person_id=person.id)

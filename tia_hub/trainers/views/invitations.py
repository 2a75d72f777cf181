"""Accepting an invitation to speak for a provider. Whoever holds the link has no place here yet."""

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tia_hub.accounts.forms import AcceptForm
from tia_hub.accounts.queries import find_person
from tia_hub.accounts.security import enter
from tia_hub.accounts.services import register_person
from tia_hub.core.errors import NotFound
from tia_hub.core.pages import page, see
from tia_hub.core.policy import public
from tia_hub.core.scope import Actor, IdentityScope, InvitationScope, transaction
from tia_hub.core.tokens import hash_token
from tia_hub.trainers.forms.providers import JoinForm
from tia_hub.trainers.models import Provider, ProviderInvitation
from tia_hub.trainers.queries import find_invitation
from tia_hub.trainers.services.providers import accept_invitation, is_open, scope_of_invitation
from tia_hub.trainers.views.room import bp


def _find(token: str) -> tuple[ProviderInvitation, Provider]:
    with transaction(InvitationScope(token_hash=hash_token(token)), read_only=True) as scope:
        found = find_invitation(scope)
    if found is None:
        raise NotFound
    return found


def _has_account(email: str) -> bool:
    with transaction(IdentityScope(), read_only=True) as scope:
        return find_person(scope, email) is not None


def _is_for_somebody_else(invitation: ProviderInvitation) -> bool:
    return bool(current_user.is_authenticated and current_user.email != invitation.email)


def _join(invitation: ProviderInvitation, person_id: UUID, name: str) -> None:
    with transaction(scope_of_invitation(invitation, Actor(person_id=person_id, name=name))) as scope:
        accept_invitation(scope, invitation_id=invitation.id, person_id=person_id)


@bp.get("/provider-invitation/<token>")
@public
def invitation(token: str) -> ResponseReturnValue:
    """What the invitation is for, and what the one who holds it can do."""
    found, provider = _find(token)
    if not is_open(found):
        return page("trainers/invitation_closed.html", status=410, provider=provider)
    if _is_for_somebody_else(found):
        return page("trainers/invitation_other.html", invitation=found, provider=provider)
    if current_user.is_authenticated:
        return page("trainers/invitation_join.html", provider=provider, form=JoinForm(), token=token)
    if _has_account(found.email):
        return page("trainers/invitation_sign_in.html", invitation=found, provider=provider, token=token)
    form = AcceptForm(email=found.email)
    return page("trainers/invitation.html", invitation=found, provider=provider, form=form, token=token)


@bp.post("/provider-invitation/<token>")
@public
def accept_provider_invitation(token: str) -> ResponseReturnValue:
    """Join: as the one who is signed in, or as somebody new."""
    found, provider = _find(token)
    if not is_open(found) or _is_for_somebody_else(found):
        return see("trainers.invitation", token=token)
    if current_user.is_authenticated:
        _join(found, current_user.id, current_user.name)
        return see("trainers.own_courses", f"You now speak for {provider.name}", provider=provider.slug)
    form = AcceptForm(email=found.email)
    if not form.validate():
        return page("trainers/invitation.html", status=422, invitation=found, provider=provider, form=form, token=token)
    with transaction(IdentityScope()) as scope:
        register_person(scope, email=found.email, name=form.name.data or "", password=form.password.data or "")
    person = find_person(IdentityScope.of_request(), found.email)
    if person is None:
        raise NotFound
    _join(found, person.id, person.name)
    return enter(person, then=url_for("trainers.own_courses", provider=provider.slug))

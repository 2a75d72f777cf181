"""Registering providers, inviting the people who speak for them, and joining."""

import re
import unicodedata
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from tia_hub.core.clock import format_date, now
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.mail.services import link, post
from tia_hub.core.scope import Actor, PartnershipScope, ProviderScope
from tia_hub.core.tokens import hash_token, new_token
from tia_hub.core.trail import record
from tia_hub.tenants.models.partnerships import Partnership
from tia_hub.trainers.models import Provider, ProviderArea, ProviderInvitation, ProviderUser
from tia_hub.trainers.queries import find_provider_named, get_provider, list_invitations
from tia_hub.trainers.types import ChangedMeanwhile

VALID_FOR = timedelta(days=14)
"""How long an invitation can be accepted."""


def register_provider(scope: PartnershipScope, *, name: str, about: str, email: str, area_ids: Collection[UUID]) -> Provider:
    """Put a provider into the registry. Refused where one has this name already."""
    # One registration at a time in a partnership, so that a double click can't make two
    scope.session.execute(select(Partnership.id).where(Partnership.id == scope.partnership_id).with_for_update(key_share=True))
    if find_provider_named(scope, name) is not None:
        raise Refused(f"{name} is in the registry already")
    provider = _add_under_free_slug(scope, name=name, about=about, email=email)
    _set_areas(scope, provider.id, area_ids)
    record(scope, "provider.registered", f"Registered the training provider {name}", target_id=provider.id)
    return provider


def _add_under_free_slug(scope: PartnershipScope, *, name: str, about: str, email: str) -> Provider:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:40] or "provider"
    # Addresses are shared by all partnerships, whose providers this scope can't see: ask by trying
    for slug in (stem, f"{stem}-{uuid4().hex[:6]}"):
        provider = Provider(id=uuid4(), partnership_id=scope.partnership_id, slug=slug, name=name, about=about, email=email)
        try:
            with scope.session.begin_nested():
                scope.session.add(provider)
        except IntegrityError:
            continue
        return provider
    raise Refused("No address could be made for this provider. Try again.")


def _set_areas(scope: PartnershipScope | ProviderScope, provider_id: UUID, area_ids: Collection[UUID]) -> None:
    scope.session.execute(
        delete(ProviderArea).where(ProviderArea.partnership_id == scope.partnership_id, ProviderArea.provider_id == provider_id)
    )
    scope.session.add_all(
        ProviderArea(provider_id=provider_id, area_id=area_id, partnership_id=scope.partnership_id) for area_id in area_ids
    )


def describe_provider(scope: ProviderScope, *, version: int, about: str, email: str, area_ids: Collection[UUID]) -> Provider:
    """Change what a provider says of itself. Raises ChangedMeanwhile where `version` is not the newest."""
    provider = scope.session.scalars(
        select(Provider)
        .where(Provider.id == scope.provider_id, Provider.partnership_id == scope.partnership_id)
        .with_for_update()
    ).one()
    if provider.version != version:
        raise ChangedMeanwhile
    provider.about, provider.email = about, email
    provider.version += 1
    _set_areas(scope, provider.id, area_ids)
    record(scope, "provider.described", "Changed what the provider says of itself", target_id=provider.id)
    return provider


def invite_user(scope: PartnershipScope, *, provider_id: UUID, email: str) -> ProviderInvitation:
    """Invite somebody to speak for a provider. Refused where an invitation to this address is open."""
    provider = get_provider(scope, provider_id)
    for earlier in list_invitations(scope, provider_id):
        if earlier.email != email or earlier.accepted_at or earlier.revoked_at:
            continue
        if earlier.expires_at > now():
            raise Refused(f"{email} has an invitation that is open until {format_date(earlier.expires_at)}")
        earlier.revoked_at = now()
    token = new_token()
    invitation = ProviderInvitation(
        id=uuid4(),
        partnership_id=scope.partnership_id,
        provider_id=provider.id,
        email=email,
        token_hash=hash_token(token),
        expires_at=now() + VALID_FOR,
    )
    try:
        with scope.session.begin_nested():
            scope.session.add(invitation)
    except IntegrityError as error:
        raise Refused(f"{email} has just been invited") from error
    post(
        scope,
        to=email,
        subject=f"Join TIA Hub for {provider.name}",
        template="provider_invitation",
        context={
            "provider": provider.name,
            "partnership": scope.name,
            "href": link("trainers.invitation", token=token),
            "until": format_date(invitation.expires_at),
        },
    )
    record(scope, "provider.invited", f"Invited {email} to speak for {provider.name}", target_id=provider.id)
    return invitation


def revoke_invitation(scope: PartnershipScope, *, provider_id: UUID, invitation_id: UUID) -> ProviderInvitation:
    """Take back an invitation that was not accepted yet; nothing changes for one that was taken back before."""
    invitation = _lock_invitation(scope, invitation_id)
    if invitation.provider_id != provider_id:
        raise NotFound
    if invitation.accepted_at:
        raise Refused("This invitation has been accepted already")
    if invitation.revoked_at is None:
        invitation.revoked_at = now()
        record(scope, "provider.invitation_revoked", f"Took back the invitation to {invitation.email}", target_id=provider_id)
    return invitation


def _lock_invitation(scope: PartnershipScope, invitation_id: UUID) -> ProviderInvitation:
    invitation = scope.session.scalar(
        select(ProviderInvitation)
        .where(
            ProviderInvitation.id == invitation_id,
            ProviderInvitation.partnership_id == scope.partnership_id,
        )
        .with_for_update()
    )
    if invitation is None:
        raise NotFound
    return invitation


def is_open(invitation: ProviderInvitation) -> bool:
    """Whether an invitation can be accepted now."""
    return invitation.accepted_at is None and invitation.revoked_at is None and invitation.expires_at > now()


def scope_of_invitation(invitation: ProviderInvitation, actor: Actor) -> PartnershipScope:
    """The scope in which the one who holds an invitation's token takes it up."""
    return PartnershipScope(partnership_id=invitation.partnership_id, actor=actor)


def accept_invitation(scope: PartnershipScope, *, invitation_id: UUID, person_id: UUID) -> None:
    """Have a person speak for the provider they were invited by. Refused where the invitation is not open any more."""
    invitation = _lock_invitation(scope, invitation_id)
    if not is_open(invitation):
        raise Refused("This invitation can't be used any more. Ask for a new one.")
    invitation.accepted_at = now()
    known = scope.session.scalar(
        select(ProviderUser.id).where(
            ProviderUser.partnership_id == scope.partnership_id,
            ProviderUser.provider_id == invitation.provider_id,
            ProviderUser.person_id == person_id,
        )
    )
    if known is None:
        scope.session.add(
            ProviderUser(partnership_id=scope.partnership_id, provider_id=invitation.provider_id, person_id=person_id)
        )
    record(scope, "provider.joined", f"{invitation.email} accepted the invitation", target_id=invitation.provider_id)

"""The resolver: which places somebody belongs to, what their role there permits, and the scope it mints."""

from collections.abc import Collection
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from tia_hub.accounts.oidc.vouching import has_own_second_factor, is_vouched_only, vouchers
from tia_hub.accounts.queries import find_key
from tia_hub.core.errors import kept_fields
from tia_hub.core.identity import Access, Place
from tia_hub.core.pages import page
from tia_hub.core.permissions import Permission, PlaceKind
from tia_hub.core.scope import (
    Actor,
    DispatchScope,
    Home,
    IdentityScope,
    OrganisationScope,
    PartnershipScope,
    ProviderScope,
    Scope,
)
from tia_hub.home.presenters.places import access_to, notice_of
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.models.partnerships import Partnership
from tia_hub.tenants.models.people import Membership
from tia_hub.tenants.queries.lifecycle import list_at_rest
from tia_hub.tenants.queries.own import find_own_membership, find_own_office, list_own_memberships, list_own_offices
from tia_hub.tenants.types.roles import COORDINATOR_PERMISSIONS, COORDINATOR_WORDS, Role
from tia_hub.tenants.types.sign_in import OwnSignIn
from tia_hub.trainers.models import Provider
from tia_hub.trainers.queries import find_own_provider, list_own_providers
from tia_hub.trainers.types import PROVIDER_PERMISSIONS, PROVIDER_WORDS


def _of_organisation(organisation: Organisation, membership: Membership, own_sign_in: OwnSignIn) -> Place:
    role = Role(membership.role)
    access, notice = access_to(organisation, role), notice_of(organisation, role)
    return Place(
        kind=PlaceKind.ORGANISATION,
        id=organisation.id,
        partnership_id=organisation.partnership_id,
        slug=organisation.slug,
        name=organisation.name,
        role=role.words,
        permissions=frozenset() if access is Access.SHUT else role.permissions,
        member_id=membership.id,
        second_factor=organisation.second_factor,
        idle_minutes=organisation.idle_minutes,
        own_sign_in=own_sign_in,
        logo=organisation.logo_version,
        access=access,
        notice=notice,
    )


def _of_partnership(partnership: Partnership) -> Place:
    return Place(
        kind=PlaceKind.PARTNERSHIP,
        id=partnership.id,
        partnership_id=partnership.id,
        slug=partnership.slug,
        name=partnership.name,
        role=COORDINATOR_WORDS,
        permissions=COORDINATOR_PERMISSIONS,
    )


def _of_provider(provider: Provider) -> Place:
    return Place(
        kind=PlaceKind.PROVIDER,
        id=provider.id,
        partnership_id=provider.partnership_id,
        slug=provider.slug,
        name=provider.name,
        role=PROVIDER_WORDS,
        permissions=PROVIDER_PERMISSIONS,
    )


class Places:
    """The application's resolver (`core.identity.Resolver`)."""

    def find_place(self, scope: IdentityScope, kind: PlaceKind, slug: str) -> Place | None:
        """The place of this kind with this slug, if the person belongs to it: one statement."""
        match kind:
            case PlaceKind.ORGANISATION:
                found = find_own_membership(scope, slug)
                return _of_organisation(*found) if found else None
            case PlaceKind.PARTNERSHIP:
                office = find_own_office(scope, slug)
                return _of_partnership(office) if office else None
            case PlaceKind.PROVIDER:
                provider = find_own_provider(scope, slug)
                return _of_provider(provider) if provider else None

    def list_places(self, scope: IdentityScope) -> list[Place]:
        """All the places of the person: partnerships, organisations, providers, each by name."""
        return [
            *(_of_partnership(partnership) for partnership in list_own_offices(scope)),
            *(_of_organisation(*row) for row in list_own_memberships(scope)),
            *(_of_provider(provider) for provider in list_own_providers(scope)),
        ]

    def find_key(self, scope: IdentityScope, person_id: UUID) -> str | None:
        """The sign-in key of an active person."""
        return find_key(scope, person_id)

    def make_scope(self, place: Place, actor: Actor) -> Home:
        """The scope of a place."""
        common = {"actor": actor, "permissions": place.permissions, "slug": place.slug, "name": place.name}
        match place.kind:
            case PlaceKind.ORGANISATION:
                return OrganisationScope(
                    organisation_id=place.id,
                    partnership_id=place.partnership_id,
                    membership_id=place.member_id,
                    logo=place.logo,
                    **common,  # type: ignore[arg-type]
                )
            case PlaceKind.PARTNERSHIP:
                return PartnershipScope(partnership_id=place.id, **common)  # type: ignore[arg-type]
            case PlaceKind.PROVIDER:
                return ProviderScope(
                    provider_id=place.id,
                    partnership_id=place.partnership_id,
                    **common,  # type: ignore[arg-type]
                )

    def list_at_rest(self, scope: Scope, home_ids: Collection[UUID], *, hold: bool = False) -> set[UUID]:
        """Those of some homes that are organisations which are suspended, archived or to be deleted."""
        if isinstance(scope, OrganisationScope | DispatchScope):
            return list_at_rest(scope, home_ids, hold=hold)
        return set()

    def refuse_sign_in(self, place: Place | None) -> ResponseReturnValue | None:
        """The page to answer with where the way in which this session was signed in does not open a place (ADR 19)."""
        if place is not None and (place.access is Access.SHUT or _is_vouched_for(place)):
            return None
        if is_vouched_only():
            return _ask_for_own_factor(self.list_places(IdentityScope.of_request()), place)
        enforced = place is not None and place.own_sign_in == OwnSignIn.ENFORCED
        if place is None or not enforced or Permission.SIGN_IN_MANAGE in place.permissions:
            return None
        return page("tenants/sign_in_only.html", status=403, place=place, here=_here(), kept=kept_fields())


def _ask_for_own_factor(places: list[Place], place: Place | None) -> ResponseReturnValue | None:
    """Who was let in by a provider alone goes on with their own second factor.

    Their account is open without it where those who vouch for them speak for all that they have.
    """
    has_one = has_own_second_factor(current_user)
    vouched_for = [each for each in places if _is_vouched_for(each)]
    if place is None and not has_one and len(vouched_for) == len(places):
        return None
    return page(
        "tenants/own_factor.html",
        status=403,
        place=place,
        vouched_for=vouched_for,
        has_one=has_one,
        here=_here(),
        kept=kept_fields(),
    )


def _is_vouched_for(place: Place) -> bool:
    return place.own_sign_in != OwnSignIn.OFF and place.id in vouchers()


def _here() -> str:
    """The address to come back to."""
    return request.full_path.rstrip("?") if request.method == "GET" else ""

"""Reads of the registry."""

from typing import Any

from sqlalchemy import Select, select

from tia_hub.accounts.models import Person
from tia_hub.core.scope import IdentityScope
from tia_hub.trainers.models import Provider, ProviderUser


def _own_providers(scope: IdentityScope) -> Select[Any]:
    return (
        select(Provider)
        .join(ProviderUser, ProviderUser.provider_id == Provider.id)
        .join(Person, Person.id == ProviderUser.person_id)
        .where(Person.fs_uniquifier == scope.settings()["person_key"])
        .order_by(Provider.name, Provider.id)
    )


def find_own_provider(scope: IdentityScope, slug: str) -> Provider | None:
    """The provider with this slug, if the signed-in person speaks for it."""
    provider: Provider | None = scope.session.scalar(_own_providers(scope).where(Provider.slug == slug))
    return provider


def list_own_providers(scope: IdentityScope) -> list[Provider]:
    """The providers that the signed-in person speaks for, by name."""
    return list(scope.session.scalars(_own_providers(scope)))

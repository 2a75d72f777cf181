"""Pages of organisations, teams, people and invitations: one file for each, one blueprint for all."""

from tia_hub.tenants.views import (
    domains,
    identity_provider,
    invitations,
    levels,
    lifecycle,
    managers,
    organisations,
    own_organisation,
    people,
    provider_sign_in,
    requests,
    teams,
)
from tia_hub.tenants.views.blueprint import bp

__all__ = [
    "bp",
    "domains",
    "identity_provider",
    "invitations",
    "levels",
    "lifecycle",
    "managers",
    "organisations",
    "own_organisation",
    "people",
    "provider_sign_in",
    "requests",
    "teams",
]

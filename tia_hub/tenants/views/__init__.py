"""Pages of organisations, teams, people, invitations and staff lists: one file for each, one blueprint for all."""

from tia_hub.tenants.views import (
    domains,
    identity_provider,
    invitations,
    levels,
    lifecycle,
    managers,
    organisation_lists,
    organisations,
    own_organisation,
    people,
    provider_sign_in,
    requests,
    sign_in,
    teams,
    uploads,
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
    "organisation_lists",
    "organisations",
    "own_organisation",
    "people",
    "provider_sign_in",
    "requests",
    "sign_in",
    "teams",
    "uploads",
]

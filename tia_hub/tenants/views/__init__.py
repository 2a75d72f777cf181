"""Pages of organisations, teams, people, invitations and staff lists: one file for each, one blueprint for all."""

from tia_hub.tenants.views import (
    invitations,
    levels,
    lifecycle,
    managers,
    organisation_lists,
    organisations,
    own_organisation,
    people,
    requests,
    sign_in,
    teams,
    uploads,
)
from tia_hub.tenants.views.blueprint import bp

__all__ = [
    "bp",
    "invitations",
    "levels",
    "lifecycle",
    "managers",
    "organisation_lists",
    "organisations",
    "own_organisation",
    "people",
    "requests",
    "sign_in",
    "teams",
    "uploads",
]

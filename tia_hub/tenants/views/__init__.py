"""Pages of organisations, teams, people and invitations: one file for each, one blueprint for all."""

from tia_hub.tenants.views import (
    by_link,
    invitations,
    inviting,
    levels,
    lifecycle,
    links,
    managers,
    organisations,
    own_organisation,
    people,
    requests,
    teams,
)
from tia_hub.tenants.views.blueprint import bp

__all__ = [
    "bp",
    "by_link",
    "invitations",
    "inviting",
    "levels",
    "lifecycle",
    "links",
    "managers",
    "organisations",
    "own_organisation",
    "people",
    "requests",
    "teams",
]

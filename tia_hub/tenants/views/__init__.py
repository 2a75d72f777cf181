"""Pages of organisations, teams, people and invitations: one file for each, one blueprint for all."""

from tia_hub.tenants.views import invitations, inviting, joining, links, organisations, people, teams
from tia_hub.tenants.views.blueprint import bp

__all__ = ["bp", "invitations", "inviting", "joining", "links", "organisations", "people", "teams"]

"""Pages of organisations, teams, people and invitations: one file for each, one blueprint for all."""

from tia_hub.tenants.views import domains, identity_provider, invitations, organisations, people, sign_in, teams
from tia_hub.tenants.views.blueprint import bp

__all__ = ["bp", "domains", "identity_provider", "invitations", "organisations", "people", "sign_in", "teams"]

"""The registry's pages: the coordinator's, the providers', the organisations', and the one of an invitation."""

from tia_hub.trainers.views import invitations, organisation, provider, registry
from tia_hub.trainers.views.room import bp

__all__ = ["bp", "invitations", "organisation", "provider", "registry"]

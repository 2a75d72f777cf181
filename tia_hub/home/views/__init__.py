"""Pages that belong to no single room: one file for each journey, one blueprint for all."""

from tia_hub.home.views import assurance, data, first, public, retention, trail
from tia_hub.home.views.blueprint import bp

__all__ = ["assurance", "bp", "data", "first", "public", "retention", "trail"]

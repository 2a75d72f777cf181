"""Pages that belong to no single room: one file for each journey, one blueprint for all."""

from tia_hub.home.views import first, public, trail
from tia_hub.home.views.blueprint import bp

__all__ = ["bp", "first", "public", "trail"]

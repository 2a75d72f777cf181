"""Pages of audits: one file for each journey, one blueprint for all."""

from tia_hub.audits.views import audits, requests
from tia_hub.audits.views.blueprint import bp

__all__ = ["audits", "bp", "requests"]

"""The tables of tenants: one file for each journey."""

from tia_hub.tenants.models import invitations, organisations, partnerships, people, sign_in, uploads

__all__ = ["invitations", "organisations", "partnerships", "people", "sign_in", "uploads"]

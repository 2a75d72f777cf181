"""Pages of accounts: one's own account, and the ways of signing in that Flask-Security does not bring."""

from tia_hub.accounts.views import account, address, go_on, links, passkeys, sessions
from tia_hub.accounts.views.blueprint import bp

__all__ = ["account", "address", "bp", "go_on", "links", "passkeys", "sessions"]

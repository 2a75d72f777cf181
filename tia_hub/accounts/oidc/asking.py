"""The application's side of it: its directory of providers, and the one address that they send people back to."""

from flask import Flask, current_app

from tia_hub.accounts.oidc import vouching
from tia_hub.accounts.oidc.directory import Directory
from tia_hub.accounts.oidc.fetching import Fetcher
from tia_hub.settings import Settings


def directory() -> Directory:
    """The application's directory of providers."""
    found: Directory = current_app.extensions["provider_directory"]
    return found


def register(app: Flask, settings: Settings) -> None:
    """Let an application ask identity providers, and watch over the sessions they vouch for."""
    hosts = (host.strip().lower() for host in settings.internal_identity_hosts.split(","))
    app.extensions["provider_directory"] = Directory(Fetcher(frozenset(filter(None, hosts))))
    vouching.register(app)

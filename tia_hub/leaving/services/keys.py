"""The installation's own sealing key."""

from flask import current_app

from tia_hub.leaving.sealing import SealingKey
from tia_hub.settings import Settings


def own_key() -> SealingKey:
    """This installation's own key, made from what protects its stored secrets; needs the application."""
    settings: Settings = current_app.extensions["settings"]
    return SealingKey(settings.storage_secret)

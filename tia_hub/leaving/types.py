"""States of an export, and how long one is kept."""

from datetime import timedelta
from enum import StrEnum

KEPT_FOR = timedelta(days=7)
"""How long a finished export can be downloaded."""
PART_SIZE = 1024 * 1024
"""Bytes in one stored part of an export."""


class ExportState(StrEnum):
    """What became of an export that was asked for."""

    WAITING = "waiting"
    READY = "ready"
    GONE = "gone"
    """Its file was removed: it was kept for its seven days, or another one was asked for."""

"""What beat pokes, as data. Beat decides nothing: the times that matter are in the database."""

from typing import Any

SWEEP_SECONDS = 30.0

SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {"task": "sweep", "schedule": SWEEP_SECONDS, "options": {"expires": SWEEP_SECONDS}},
}

"""Pages of self-assessments: one file for each journey, one blueprint for all."""

from tia_hub.training.views import agreeing, level, people, sharing, writing
from tia_hub.training.views.blueprint import bp

__all__ = ["agreeing", "bp", "level", "people", "sharing", "writing"]

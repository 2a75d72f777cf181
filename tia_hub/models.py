"""All the tables there are: importing this module's rooms makes the metadata whole."""

from importlib import import_module

WITH_MODELS = (
    "tia_hub.core.trail",
    "tia_hub.core.jobs.models",
    "tia_hub.core.mail.models",
    "tia_hub.core.schedules.models",
    "tia_hub.core.notices.models",
    "tia_hub.accounts.models",
    "tia_hub.tenants.models",
    "tia_hub.trainers.models",
    "tia_hub.training.models",
    "tia_hub.audits.models",
    "tia_hub.outcomes.models",
    "tia_hub.reports.models",
    "tia_hub.home.models",
    "tia_hub.leaving.models",
)


def load_models() -> None:
    """Import every module that has tables."""
    for name in WITH_MODELS:
        import_module(name)

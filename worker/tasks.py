"""The rooms' tasks: importing them registers them with the runner."""

from importlib import import_module

WITH_TASKS: tuple[str, ...] = (
    "tia_hub.reports.tasks",
    "tia_hub.tenants.tasks",
    "tia_hub.home.tasks",
    "tia_hub.leaving.tasks",
)


def load_tasks() -> None:
    """Import every module that has tasks."""
    for name in WITH_TASKS:
        import_module(name)

"""What the tests of templates share: the templates, their macros, and GOV.UK Frontend's own examples."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

ROOT = Path(__file__).parents[2]
GOVUK = ROOT / "node_modules/govuk-frontend/dist/govuk/components"


@pytest.fixture(scope="session")
def templates() -> Environment:
    """The product's templates with every variable required, as in the application."""
    environment = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined)
    environment.globals["csrf_token"] = lambda: "a-token"
    return environment


@pytest.fixture(scope="session")
def macro(templates: Environment) -> Callable[..., str]:
    """Call a macro: macro("forms", "button", "Save")."""

    def call(file: str, name: str, /, *args: Any, **options: Any) -> str:
        folder = "charts" if file == "charts" else "components"
        module = templates.get_template(f"{folder}/{file}.html").module
        html: str = getattr(module, name)(*args, **options)
        return html

    return call


@pytest.fixture(scope="session")
def govuk() -> Callable[[str, str], dict[str, Any]]:
    """The options and the HTML of an example that GOV.UK Frontend ships for a component."""
    if not GOVUK.is_dir():
        pytest.skip("GOV.UK Frontend's examples are not installed: run `npm ci`")

    def read(component: str, name: str) -> dict[str, Any]:
        examples = json.loads((GOVUK / component / "fixtures.json").read_text())["fixtures"]
        return next(example for example in examples if example["name"] == name)

    return read

"""What the tests of first pages share."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask


@pytest.fixture
def make(app: Flask) -> Callable[..., Any]:
    """Calls a factory within the application."""

    def call(factory: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with app.app_context():
            return factory(*args, **kwargs)

    return call

"""The two editions that the framework's tests read."""

from pathlib import Path

import pytest

from tia_hub.framework.loader import current_edition, load_edition
from tia_hub.framework.types import Edition

SMALL = Path(__file__).parent / "small.yaml"


@pytest.fixture(scope="session")
def edition() -> Edition:
    return current_edition()


@pytest.fixture(scope="session")
def small_file() -> Path:
    return SMALL


@pytest.fixture(scope="session")
def small() -> Edition:
    return load_edition(SMALL)

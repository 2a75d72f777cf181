"""What `npm run build` leaves: complete, our own, and asking nothing of anybody else's server."""

import json
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "tia_hub/static/build"


@pytest.fixture
def build() -> Path:
    if not (BUILD / "app.css").is_file():
        pytest.skip("The front end is not built: run `npm ci && npm run build`")
    return BUILD


def test_the_lock_holds_hashes_but_no_address() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    packages = json.loads(lock)["packages"]
    assert "://" not in lock
    assert all("integrity" in package for name, package in packages.items() if name)


def test_everything_a_page_asks_for_is_there(build: Path) -> None:
    for name in ("app.css", "app.js", "htmx.min.js", "favicon.svg", "mark.svg"):
        assert (build / name).stat().st_size > 0
    for font in re.findall(r"fonts/[\w.-]+", (build / "app.css").read_text()):
        assert (build / font).is_file()


def test_the_style_is_our_own_and_fetches_nothing_from_elsewhere(build: Path) -> None:
    style = (build / "app.css").read_text()
    assert "GDS Transport" not in style
    assert "crown" not in style
    assert "Atkinson Hyperlegible Next" in style
    assert all(address.strip("\"'").startswith("fonts/") for address in re.findall(r"url\(([^)]*)\)", style))


def test_the_typeface_has_the_letters_of_welsh(build: Path) -> None:
    letters: set[int] = set()
    for font in (build / "fonts").glob("*-400-normal.woff2"):
        letters |= set(TTFont(font).getBestCmap())
    assert {ord(letter) for letter in "ŵŷŴŶâêîôûáéíóú–’“”£"} <= letters


def test_the_script_has_no_eval(build: Path) -> None:
    script = (build / "app.js").read_text()
    assert "eval(" not in script
    assert "new Function" not in script

"""Charts say the same in picture, words and table, stay within their frame, and bring no style of their own."""

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.components.conftest import ROOT
from tests.components.html import tree_of

Macro = Callable[..., str]
SVG = "{http://www.w3.org/2000/svg}"

PRINCIPLES = ["Safety", "Trustworthiness", "Choice", "Collaboration", "Empowerment"]
CHARTS: dict[str, tuple[Any, ...]] = {
    "rag_bars": (
        [
            {"label": "Safety", "green": 6, "amber": 3, "red": 1},
            {"label": "Choice", "green": 1, "amber": 8, "red": 2, "not_applicable": 1, "unrated": 4, "carried": 2},
        ],
    ),
    "radar": ([{"label": name, "value": value} for name, value in zip(PRINCIPLES, (0.6, 0.4, 0, 1, None), strict=True)],),
    "trend": (
        ["Spring 2026", "Autumn 2026", "Spring 2027"],
        [{"label": "Green", "values": [8, None, 21]}, {"label": "Red", "values": [18, 15, 9]}],
    ),
    "heat_map": (
        PRINCIPLES,
        [
            {"label": "Solent Community Health Trust", "cells": ["green", "amber", "red", "not_applicable", None]},
            {"label": "Isle of Wight Youth Line", "cells": ["carried", "amber", "red", "red", "unrated"]},
        ],
    ),
    "coverage": (
        [
            {"label": "Recognise the signs of vicarious trauma & know what to do", "need": 64, "covered": 12},
            {"label": "Support recovery", "need": None, "covered": 0},
        ],
    ),
}


@pytest.fixture(params=CHARTS)
def chart(request: pytest.FixtureRequest, macro: Macro) -> str:
    """Each kind of chart, drawn."""
    return macro("charts", request.param, "figure", "Safety is <furthest> in place.", *CHARTS[request.param])


def picture_in(html: str) -> ElementTree.Element:
    """The chart's SVG, which has to be well-formed XML."""
    svg = re.search(r"<svg.*</svg>", html, re.DOTALL)
    assert svg is not None
    return ElementTree.fromstring(svg[0])  # noqa: S314 - our own picture


def test_picture_has_a_name_that_is_a_sentence(chart: str) -> None:
    svg = picture_in(chart)
    title = svg.find(f"{SVG}title")
    assert title is not None
    assert title.text == "Safety is <furthest> in place."
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == title.get("id")


def test_ids_are_unique_and_every_pattern_is_there(chart: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', chart)
    assert len(ids) == len(set(ids))
    assert all(name.startswith("figure") for name in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", chart)) <= set(ids)


def test_nothing_needs_a_style_that_the_page_forbids(chart: str) -> None:
    for node in picture_in(chart).iter():
        assert "style" not in node.attrib
        assert not node.tag.endswith(("style", "script", "foreignObject"))


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("rag_bars", [["Safety", "6", "3", "1", "0", "0", "0", "10"], ["Choice", "1", "8", "2", "1", "2", "4", "18"]]),
        ("radar", [["Safety", "60%"], ["Trustworthiness", "40%"], ["Choice", "0%"], ["Collaboration", "100%"],
                   ["Empowerment", "not rated"]]),
        ("trend", [["Spring 2026", "8", "18"], ["Autumn 2026", "–", "15"], ["Spring 2027", "21", "9"]]),
        ("heat_map", [["Solent Community Health Trust", "Green", "Amber", "Red", "Not applicable", "Not rated"],
                      ["Isle of Wight Youth Line", "Carried forward", "Amber", "Red", "Red", "Not rated"]]),
        ("coverage", [["Recognise the signs of vicarious trauma & know what to do", "64", "12"],
                      ["Support recovery", "not shown", "0"]]),
    ],
)  # fmt: skip
def test_numbers_stand_in_a_table_too(name: str, rows: list[list[str]], macro: Macro) -> None:
    html = macro("charts", name, "figure", "A sentence.", *CHARTS[name])
    body = re.search(r"<tbody.*</tbody>", html, re.DOTALL)
    assert body is not None
    ((_, _, *lines),) = tree_of("<table>" + body[0] + "</table>")[0][2:]
    assert [[" ".join(cell[2:]) for cell in line[2:]] for line in lines] == rows


def test_ratings_are_written_out_under_each_bar(macro: Macro) -> None:
    text = " ".join(picture_in(macro("charts", "rag_bars", "figure", "A sentence.", *CHARTS["rag_bars"])).itertext())
    assert "6 green, 3 amber, 1 red" in text
    assert "18 in all" in text


CHART_MODULE: Any = (
    Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined)
    .get_template("charts/charts.html")
    .module
)
COUNTS = st.integers(0, 500)


@given(counts=st.fixed_dictionaries(dict.fromkeys(("green", "amber", "red", "unrated", "not_applicable"), COUNTS)))
def test_a_bar_is_filled_exactly_by_its_counts(counts: dict[str, int]) -> None:
    svg = picture_in(CHART_MODULE.rag_bars_svg("bars", "A sentence.", [{"label": "Safety", **counts}]))
    rects = [node for node in svg.iter(f"{SVG}rect") if node.get("fill", "").startswith("url(#bars-")]
    bars = [node for node in rects if node.get("height") == "18"]  # the legend's are lower
    assert len(bars) == sum(1 for count in counts.values() if count)
    if bars:
        assert sum(float(bar.get("width", 0)) for bar in bars) == pytest.approx(338, abs=0.5)


@given(
    values=st.lists(st.none() | st.floats(0, 1e5, allow_nan=False), min_size=1, max_size=40),
)
def test_a_line_stays_within_its_frame(values: list[float | None]) -> None:
    labels = [str(number) for number in range(len(values))]
    svg = picture_in(CHART_MODULE.trend_svg("trend", "A sentence.", labels, [{"label": "All", "values": values}]))
    points = list(svg.iter(f"{SVG}circle"))[:-1]  # the last one is the legend's
    assert len(points) == sum(1 for value in values if value is not None)
    for point in points:
        assert 40 <= float(point.get("cx", 0)) <= 326.1
        assert 14.9 <= float(point.get("cy", 0)) <= 160.1


@given(values=st.lists(st.none() | st.floats(0, 1), min_size=3, max_size=8))
def test_a_wheel_has_a_point_for_each_rated_axis(values: list[float | None]) -> None:
    axes = [{"label": f"Axis {number}", "value": value} for number, value in enumerate(values)]
    svg = picture_in(CHART_MODULE.radar_svg("wheel", "A sentence.", axes))
    assert len(list(svg.iter(f"{SVG}circle"))) == sum(1 for value in values if value is not None)

"""What pages say around their forms: GOV.UK Frontend's structure, and the product's own pieces."""

from collections.abc import Callable
from typing import Any

import pytest
from jinja2 import Environment
from markupsafe import Markup

from tests.components.html import tree_of

Macro = Callable[..., str]
Examples = Callable[[str, str], dict[str, Any]]


def words(option: dict[str, Any]) -> Any:
    """An example's text, or its HTML as it is."""
    return Markup(option["html"]) if "html" in option else option["text"]  # noqa: S704 - an example's own


@pytest.mark.parametrize("name", ["grey", "purple", "green", "red"])
def test_tag(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("tag", name)
    assert tree_of(macro("content", "tag", example["options"]["text"], name)) == tree_of(example["html"])


def test_breadcrumbs(govuk: Examples, macro: Macro) -> None:
    example = govuk("breadcrumbs", "with last breadcrumb as current page")
    items = [(item["text"], item.get("href")) for item in example["options"]["items"]]
    assert tree_of(macro("content", "breadcrumbs", items)) == tree_of(example["html"])


@pytest.mark.parametrize("name", ["default", "html"])
def test_details(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("details", name)
    options = example["options"]
    assert tree_of(macro("content", "details", options["summaryText"], words(options))) == tree_of(example["html"])


def test_table(govuk: Examples, macro: Macro) -> None:
    example = govuk("table", "with head and caption")
    options = example["options"]
    ours = macro(
        "content",
        "table",
        options["caption"],
        [cell["text"] for cell in options["head"]],
        [[cell["text"] for cell in row] for row in options["rows"]],
        numeric=(1, 2),
    )
    ((_, frame, table),) = tree_of(ours)
    assert (table,) == tree_of(example["html"])
    assert dict(frame)["tabindex"] == "0", "a table wider than the page can be moved with the keyboard"


def test_summary_list(govuk: Examples, macro: Macro) -> None:
    example = govuk("summary-list", "with actions")
    rows = [
        {
            "key": row["key"]["text"],
            "value": words(row["value"]),
            "actions": [{"href": item["href"], "text": item["text"]} for item in row["actions"]["items"]],
        }
        for row in example["options"]["rows"]
    ]
    assert tree_of(macro("content", "summary_list", rows)) == tree_of(example["html"])


def test_task_list(govuk: Examples, macro: Macro) -> None:
    example = govuk("task-list", "with hint text and additional states")
    items = []
    for item in example["options"]["items"]:
        tag = item["status"].get("tag")
        items.append(
            {
                "title": words(item["title"]),
                "href": item.get("href"),
                "hint": item.get("hint", {}).get("text"),
                "status": tag["text"] if tag else item["status"]["text"],
                "colour": tag["classes"].removeprefix("govuk-tag--") if tag else None,
            }
        )
    theirs = example["html"].replace("govuk-tag govuk-tag--teal", "govuk-tag")  # teal is our plain tag
    assert tree_of(macro("content", "task_list", items)) == tree_of(theirs)


def test_pagination(govuk: Examples, macro: Macro) -> None:
    example = govuk("pagination", "with many pages")
    ours = macro("content", "pagination", 10, 40, lambda number: f"/page/{number}")
    without = ("href", "xmlns")  # theirs has /previous and /next
    assert tree_of(ours, without) == tree_of(example["html"], without)


def test_pages_that_fit_on_one_have_no_pagination(macro: Macro) -> None:
    assert macro("content", "pagination", 1, 1, str) == ""


@pytest.mark.parametrize(
    ("rating", "said"),
    [
        ("red", "Red – needs support"),
        ("amber", "Amber – part of the way"),
        ("green", "Green – in place"),
        ("not_applicable", "Not applicable"),
        ("unrated", "Not rated yet"),
        ("carried", "Carried forward – to be confirmed"),
    ],
)
def test_a_rating_is_told_by_its_word_and_a_shape_of_its_own(rating: str, said: str, macro: Macro) -> None:
    html = macro("content", "rag_tag", rating)
    assert said in html
    others = {"red", "amber", "green", "not_applicable", "unrated", "carried"} - {rating}
    picture = html[html.index("<path") if "<path" in html else html.index("<circle") : html.index("</svg>")]
    assert all(picture not in macro("content", "rag_tag", other) for other in others)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_words_on_a_ratings_colour_can_be_read(templates: Environment) -> None:
    shapes: Any = templates.get_template("components/shapes.html").module
    for rating, fill in shapes.FILLS.items():
        lighter, darker = luminance(fill) + 0.05, luminance(shapes.INKS[rating]) + 0.05
        assert lighter / darker >= 4.5, rating


def test_an_empty_page_offers_the_first_step(macro: Macro) -> None:
    html = macro("content", "empty", "No actions yet", "They are listed here.", "/new", "Add the first action")
    assert '<a href="/new"' in html
    assert "Add the first action" in html


def test_progress_is_said_in_numbers(macro: Macro) -> None:
    html = macro("content", "progress", 12, 46, "Criteria rated")
    assert "Criteria rated: 12 of 46" in html
    assert 'value="12" max="46"' in html
    assert 'max="1"' in macro("content", "progress", 0, 0, "Criteria rated"), "a bar of nothing is still valid"


def test_what_happened_is_said_once_each(macro: Macro) -> None:
    html = macro("content", "flash_messages", [("message", "The audit was started"), ("problem", "<b>No mail</b>")])
    assert html.count('id="flash-') == 2
    assert "govuk-notification-banner--success" in html
    assert "&lt;b&gt;No mail" in html


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "Something in what was sent could not be read"),
        (401, "You need to sign in"),
        (403, "This is not open to you"),
        (404, "There is no such page"),
        (405, "That can’t be done here"),
        (409, "Somebody else changed this at the same time"),
        (413, "That is too large"),
        (422, "Some of it needs another look"),
        (429, "That was tried too often"),
        (500, "Sorry, something went wrong on our side"),
        (503, "Sorry, the service is away for a moment"),
        (418, "Sorry, something went wrong on our side"),
    ],
)
def test_every_error_says_what_happened_and_keeps_what_was_typed(status: int, said: str, templates: Environment) -> None:
    html = templates.get_template("errors/_error.html").render(
        status=status, reference="7F3A", kept=[("Journey", "We began <in March>")]
    )
    assert said in html
    assert html.count("<h2") == 1
    assert "7F3A" in html
    assert "We began &lt;in March&gt;</textarea>" in html
    assert '<label class="govuk-label" for="kept-1">Journey</label>' in html

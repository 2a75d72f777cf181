"""Form controls are what GOV.UK Frontend documents, so that its style and behaviour fit."""

from collections.abc import Callable
from typing import Any

import pytest
from markupsafe import Markup
from wtforms import (
    DateField,
    FileField,
    Form,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from tests.components.html import field_of, tree_of

Macro = Callable[..., str]
Examples = Callable[[str, str], dict[str, Any]]


def text(option: dict[str, Any] | None) -> Any:
    """The words of an option of GOV.UK Frontend's: escaped text, or HTML as it is."""
    if not option:
        return ""
    return Markup(option["html"]) if "html" in option else option.get("text", "")  # noqa: S704 - an example's own


def field_from(options: dict[str, Any], kind: Any, **more: Any) -> Any:
    """The WTForms field that an example of GOV.UK Frontend's describes."""
    name: str = options.get("name") or options["id"]
    label = options.get("label") or options["fieldset"]["legend"]
    return field_of(
        kind,
        name=name,
        id=options.get("id") or options.get("idPrefix") or name,
        label=text(label),
        description=text(options.get("hint")),
        errors=(text(options["errorMessage"]),) if options.get("errorMessage") else (),
        **({"value": options["value"]} if "value" in options else {}),
        **more,
    )


def label_options(options: dict[str, Any]) -> dict[str, Any]:
    """What an example says about the look of its label."""
    label = options["label"]
    return {"label_class": label.get("classes", ""), "heading": label.get("isPageHeading", False)}


def legend_options(options: dict[str, Any]) -> dict[str, Any]:
    """What an example says about the look of its legend."""
    legend = options["fieldset"]["legend"]
    return {"legend_class": legend.get("classes", ""), "heading": legend.get("isPageHeading", False)}


def choices(options: dict[str, Any]) -> list[SelectChoice]:
    return [
        SelectChoice(
            str(item.get("value", item.get("text"))),
            text(item),
            render_kw={"disabled": ""} if item.get("disabled") else {},
        )
        for item in options["items"]
    ]


@pytest.mark.parametrize(
    "name",
    [
        "default", "with hint text", "with error message", "with error and hint",
        "with width-2 class", "with width-10 class", "with width-30 class", "with label as page heading",
        "with prefix", "with suffix", "with prefix and suffix", "with prefix and suffix and error",
        "with prefix and suffix and width modifier",
        "custom type", "value", "attributes", "inputmode", "with autocomplete attribute",
        "with spellcheck enabled", "with spellcheck disabled", "with prefix with html as text",
    ],
)  # fmt: skip
def test_text_input(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("input", name)
    options = example["options"]
    ours = macro(
        "forms",
        "text_input",
        field_from(options, StringField),
        type=options.get("type", "text"),
        width=options.get("classes", "").removeprefix("govuk-input--width-"),
        prefix=text(options.get("prefix")),
        suffix=text(options.get("suffix")),
        autocomplete=options.get("autocomplete", ""),
        inputmode=options.get("inputmode", ""),
        spellcheck=options.get("spellcheck"),
        attrs=options.get("attributes", {}),
        **label_options(options),
    )
    assert tree_of(ours) == tree_of(example["html"])


@pytest.mark.parametrize(
    "name",
    [
        "default", "with hint", "with error message", "with default value", "with custom rows", "attributes",
        "with label as page heading", "with hint and error message", "with spellcheck enabled",
    ],
)  # fmt: skip
def test_textarea(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("textarea", name)
    options = example["options"]
    ours = macro(
        "forms",
        "textarea",
        field_from(options, TextAreaField),
        rows=options.get("rows", 5),
        spellcheck=options.get("spellcheck"),
        attrs=options.get("attributes", {}),
        **label_options(options),
    )
    assert tree_of(ours) == tree_of(example["html"])


@pytest.mark.parametrize(
    "name",
    ["default", "with hint", "with hint and error", "with default value", "with custom rows", "attributes",
     "with label as page heading", "spellcheck disabled"],
)  # fmt: skip
def test_textarea_that_counts_characters(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("character-count", name)
    options = example["options"]
    ours = macro(
        "forms",
        "textarea",
        field_from(options, TextAreaField),
        rows=options.get("rows", 5),
        count=options["maxlength"],
        spellcheck=options.get("spellcheck"),
        attrs=options.get("attributes", {}),
        **label_options(options),
    )
    assert tree_of(ours) == tree_of(example["html"])


@pytest.mark.parametrize(
    "name",
    ["inline", "with hint", "with legend as page heading", "with hints on parent and items", "small",
     "with fieldset and error message", "with hint and error message", "with very long option text"],
)  # fmt: skip
def test_radios(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("radios", name)
    options = example["options"]
    small = "govuk-radios--small" in options.get("classes", "") + str(options.get("formGroup"))
    checked = next((item["value"] for item in options["items"] if item.get("checked")), None)
    ours = macro(
        "forms",
        "radios",
        field_from({"value": checked, **options}, RadioField, choices=choices(options)),
        inline="govuk-radios--inline" in options.get("classes", ""),
        small=small,
        hints={item["value"]: text(item["hint"]) for item in options["items"] if "hint" in item},
        **legend_options(options),
    )
    theirs = example["html"]
    if small:  # they put the class on the group around in this one example
        theirs = theirs.replace("govuk-form-group govuk-radios--small", "govuk-form-group")
        theirs = theirs.replace('class="govuk-radios"', 'class="govuk-radios govuk-radios--small"')
    assert tree_of(ours) == tree_of(theirs)


@pytest.mark.parametrize(
    "name",
    ["default", "with hint", "with pre-checked values", "with legend as a page heading", "with error message",
     "with error message and hint", "small with hint", "with conditional items",
     "with conditional item checked", "with very long option text"],
)  # fmt: skip
def test_checkboxes(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("checkboxes", name)
    options = example["options"]
    items = options["items"]
    checked = [item["value"] for item in items if item.get("checked") or item["value"] in options.get("values", [])]
    ours = macro(
        "forms",
        "checkboxes",
        field_from({**options, "value": checked}, SelectMultipleField, choices=choices(options)),
        small="govuk-checkboxes--small" in options.get("classes", ""),
        hints={item["value"]: text(item["hint"]) for item in items if "hint" in item},
        conditional={item["value"]: text(item["conditional"]) for item in items if item.get("conditional")},
        **legend_options(options),
    )
    assert tree_of(ours) == tree_of(example["html"])


@pytest.mark.parametrize("name", ["default", "with hint text and error message", "with selected value"])
def test_select(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("select", name)
    options = example["options"]
    selected = next((item["value"] for item in options["items"] if item.get("selected")), options.get("value"))
    field = field_from({**options, "value": str(selected)}, SelectField, choices=choices(options))
    assert tree_of(macro("forms", "select", field)) == tree_of(example["html"])


@pytest.mark.parametrize("name", ["default", "with values", "with error message and hint"])
def test_date_input(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("date-input", name)
    options = example["options"]
    field = field_from(options, DateField, format="%d %m %Y")
    field.raw_data = [" ".join(str(part) for part in options.get("values", {}).values())]
    ours = macro("forms", "date_input", field, **legend_options(options))
    # Our three boxes share one name, which WTForms reads as one date
    assert tree_of(ours, without=("name",)) == tree_of(example["html"], without=("name",))


@pytest.mark.parametrize("name", ["default", "with hint text", "with error message", "with new-password autocomplete"])
def test_password_input(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("password-input", name)
    options = example["options"]
    ours = macro(
        "forms",
        "password_input",
        field_from(options, PasswordField),
        autocomplete=options.get("autocomplete", "current-password"),
    )
    assert tree_of(ours) == tree_of(example["html"])


@pytest.mark.parametrize("name", ["default", "with hint text", "error", "with error message and hint", "allows multiple files"])
def test_file_upload(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("file-upload", name)
    options = example["options"]
    ours = macro("forms", "file_upload", field_from(options, FileField), multiple=options.get("multiple", False))
    assert tree_of(ours) == tree_of(example["html"])


@pytest.mark.parametrize(
    "name", ["default", "name", "value", "secondary", "warning", "link", "prevent double click", "attributes"]
)
def test_button(name: str, govuk: Examples, macro: Macro) -> None:
    example = govuk("button", name)
    options = example["options"]
    ours = macro(
        "forms",
        "button",
        options["text"],
        kind=options.get("classes", "govuk-button--primary").removeprefix("govuk-button--"),
        href=options.get("href"),
        name=options.get("name"),
        value=options.get("value"),
        once=options.get("preventDoubleClick", False),
        attrs=options.get("attributes", {}),
    )
    assert tree_of(ours) == tree_of(example["html"])


def test_error_summary_is_the_documented_one(govuk: Examples, macro: Macro) -> None:
    example = govuk("error-summary", "without links")
    ours = macro("forms", "error_summary", Form(), more=["Invalid username or password"])
    assert tree_of(ours) == tree_of(example["html"])

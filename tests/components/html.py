"""A form around one field, and HTML compared by what it means."""

from typing import Any

from justhtml import JustHTML
from wtforms import Form

Tree = tuple[Any, ...]


def field_of(
    kind: Any,
    *,
    name: str = "field",
    id: str | None = None,
    errors: tuple[str, ...] = (),
    value: Any = None,
    **options: Any,
) -> Any:
    """A WTForms field, bound, with the given value and errors."""
    form = type("OneField", (Form,), {name: kind(id=id or name, **options)})(data={name: value})
    field = form[name]
    field.errors = list(errors)
    return field


def tree_of(html: str, without: tuple[str, ...] = ()) -> Tree:
    """The elements, attributes and words of some HTML, whatever its spaces and the order of attributes."""

    def read(node: Any) -> Tree | str:
        if node.name == "#text":
            return " ".join(node.data.split()) if node.parent.name != "textarea" else node.data
        attributes = {
            key: " ".join(sorted(value.split())) if key == "class" else value
            for key, value in node.attrs.items()
            if key not in without
        }
        children = [read(child) for child in node.children if child.name != "#comment"]
        return (node.name, tuple(sorted(attributes.items())), *[child for child in children if child != ""])

    root = JustHTML(html, fragment=True, sanitize=False).root
    return tuple(child for child in map(read, root.children or []) if child != "")

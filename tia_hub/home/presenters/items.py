"""A thing to do, or a thing under way, as the task list takes it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of a task list. Without `href` it can't be opened; without `colour` its state is plain text."""

    title: str
    status: str
    href: str = ""
    hint: str = ""
    colour: str = ""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something to know, with the page that says more."""

    key: str
    value: str
    href: str
    text: str

    @property
    def actions(self) -> list[dict[str, str]]:
        """The link, as the summary list takes it."""
        return [{"href": self.href, "text": self.text}]


def plural(count: int, one: str, many: str) -> str:
    """A number with its noun: `1 reading`, `3 readings`."""
    return f"{count:,} {one if count == 1 else many}"


def step(title: str, href: str, hint: str, *, done: bool) -> Item:
    """A first step of somebody who is new; once done it is said to be."""
    return Item(title=title, href=href, hint=hint, status="Done" if done else "To do", colour="" if done else "teal")

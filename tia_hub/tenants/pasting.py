"""Addresses as people paste them: one a line, alone, as `Name <address>`, or with the name after or before a comma."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tia_hub.core.forms import LINE, fault_in_text, is_email_address

MOST_LINES = 1000
"""More people than that are better uploaded from a spreadsheet."""

_ANGLED = re.compile(r"^\s*\"?(?P<name>[^<>\"]*)\"?\s*<\s*(?P<email>[^<>]*?)\s*>\s*[,;]?\s*$")
_PARTS = re.compile(r"[,;\t]")


@dataclass(frozen=True)
class Line:
    """One line that says something; `fault` is what is wrong with it, in words for who pasted it."""

    number: int
    """From 1, empty lines counted."""
    text: str
    name: str = ""
    email: str = ""
    fault: str = ""


def read_lines(pasted: str) -> list[Line]:
    """Every line that is not empty, with the person it names or what is wrong with it."""
    seen: dict[str, int] = {}
    lines = []
    for number, text in enumerate(pasted.split("\n"), start=1):
        if not text.strip():
            continue
        line = _read(number, text.strip())
        if not line.fault and line.email in seen:
            line = Line(number, line.text, fault=f"The same address is in line {seen[line.email]}")
        seen.setdefault(line.email, number)
        lines.append(line)
    return lines


def _read(number: int, text: str) -> Line:
    angled = _ANGLED.match(text)
    parts = [angled["name"], angled["email"]] if angled else [part.strip(' "') for part in _PARTS.split(text) if part.strip()]
    addresses = [part for part in parts if is_email_address(part.lower())]
    if not addresses:
        return Line(number, text, fault="There is no email address in it, like name@example.com")
    if len(addresses) > 1:
        return Line(number, text, fault="There is more than one address in it. Put each on a line of its own")
    email = addresses[0].lower()
    name = " ".join(word for part in parts if part not in addresses for word in part.split()) or _name_of(email)
    fault = fault_in_text(name, LINE) or fault_in_text(email, LINE)
    return Line(number, text, fault=fault) if fault else Line(number, text, name=name, email=email)


def _name_of(email: str) -> str:
    """The name that an address suggests: Sam Field for sam.field@…; who joins can change it."""
    words = [word for word in re.split(r"[._\-+\d]+", email.partition("@")[0]) if word]
    return " ".join(word.capitalize() for word in words) or email


def without(pasted: str, lines: Iterable[Line]) -> str:
    """What was pasted without some of its lines."""
    gone = {line.number for line in lines}
    return "\n".join(text for number, text in enumerate(pasted.split("\n"), start=1) if number not in gone and text.strip())

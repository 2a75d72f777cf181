"""Odd things that may be right in one field and wrong in another: taken or refused, they bring no error of ours."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.attack.conftest import Be
from tests.attack.forms import Found
from tests.attack.sending import Sender
from tests.attack.world import PRINCIPALS

ANSWERED = {200, 204, 302, 303, 400, 403, 404, 409, 413, 422, 429}

ODD: dict[str, Callable[[str], Any]] = {
    "twice": lambda name: ["first", "second"],
    "right to left": lambda name: "\u202eevil\u2066 \u200d\u0301 ŵ 𝒯 👩‍👩‍👧",
    "a huge number": lambda name: "9" * 199,
    "a negative one": lambda name: "-1",
    "no number": lambda name: "NaN",
    "digits of another script": lambda name: "٣٤",
    "a power": lambda name: "²",
    "line breaks": lambda name: "one\r\nBcc: everybody@example.org",
    "a template": lambda name: "{{ config }}{% raw %}${7*7}",
    "nothing": lambda name: "",
}
ODD_FOR_ALL = ("twice", "a huge number", "a negative one")
"""What is sent in place of hidden fields and answers too."""


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_nothing_that_is_typed_brings_an_error_of_ours(distinct: dict[str, list[Found]], be: Be, principal: str) -> None:
    sender = Sender(be(principal))
    for form in sorted(distinct[principal], key=lambda form: not form.named("text")):
        if form.endpoint == "security.logout":
            continue
        for what, make in ODD.items():
            names = form.named("text") if what not in ODD_FOR_ALL else list(form.kinds)
            if names:
                sender.send(form, {name: make(name) for name in names}, what, ANSWERED)
        sender.send(form, {name: [] for name in form.kinds}, "no field at all", ANSWERED)
    assert not sender.astray, "\n".join(sender.astray)

"""Sending forms, and collecting what is wrong with the answers."""

from typing import Any

from werkzeug.test import TestResponse

from tests.attack.forms import Found
from tests.client import BadPage, StrictClient


class Sender:
    """Sends forms and collects what is wrong with the answers."""

    def __init__(self, client: StrictClient) -> None:
        self.client = client
        self.astray: list[str] = []

    def send(self, form: Found, changes: dict[str, Any], what: str, expected: set[int]) -> TestResponse | None:
        """The answer, None where it is no good."""
        try:
            answer = self.client.post(form.action, data={**form.values, **changes})
        except (BadPage, AssertionError) as fault:
            self.astray.append(f"{form.endpoint} ({what}): {fault}")
            return None
        if answer.status_code not in expected:
            self.astray.append(f"{form.endpoint} ({what}): {answer.status_code}, not {sorted(expected)}")
            return None
        return answer

"""What may go wrong with a mail server, as a script for tests."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Action = Literal["refuse_recipient", "refuse_message", "drop_before_dot", "drop_after_dot"]


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong for mail to `recipient` (None: to anybody), `times` times (None: always).

    `refuse_recipient` answers RCPT with `code`, `refuse_message` answers the final dot with it (4xx: for now,
    5xx: for good). `drop_before_dot` closes the connection when the message is about to be sent,
    `drop_after_dot` when it has been delivered but before the answer, so that the sender can't know.
    """

    action: Action
    recipient: str | None = None
    code: int = 451
    times: int | None = None


class FaultScript:
    """Faults in the order in which they were added, each used as often as it says. For many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: list[tuple[Fault, int | None]] = []

    def add(self, fault: Fault) -> None:
        """Let `fault` happen from now on."""
        with self._lock:
            self._left.append((fault, fault.times))

    def clear(self) -> None:
        """Let nothing go wrong from now on."""
        with self._lock:
            self._left.clear()

    def take(self, action: Action, recipients: Iterable[str]) -> Fault | None:
        """The first fault of that kind for one of `recipients`, counted as used; None when all goes well."""
        wanted = set(recipients)
        with self._lock:
            for index, (fault, left) in enumerate(self._left):
                if fault.action == action and (fault.recipient is None or fault.recipient in wanted):
                    if left == 1:
                        del self._left[index]
                    elif left is not None:
                        self._left[index] = (fault, left - 1)
                    return fault
        return None

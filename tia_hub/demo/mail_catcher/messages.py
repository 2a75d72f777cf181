"""Caught messages: the newest thousand in memory and, where a folder is given, on disk as .eml files."""

import json
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

KEPT = 1000
# The envelope and the time of arrival, as one line of JSON before the message's own headers.
ENVELOPE_HEADER = b"X-Caught: "


@dataclass(frozen=True)
class CaughtMessage:
    """A message as it arrived: `content` is what was sent, byte for byte; `arrived` is in UTC."""

    identifier: str
    sender: str
    recipients: tuple[str, ...]
    arrived: datetime
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def subject(self) -> str:
        """The subject; empty when there is none."""
        return str(self.message.get("Subject", ""))

    @property
    def message_id(self) -> str:
        """The header Message-ID; empty when there is none."""
        return str(self.message.get("Message-ID", ""))

    @property
    def text(self) -> str:
        """The plain text part; empty when there is none."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part; empty when there is none."""
        return self._part("html")

    @property
    def attachments(self) -> list[tuple[str, int]]:
        """File name and size in bytes of each attachment."""
        return [
            (part.get_filename() or "(no name)", len(cast(bytes, part.get_payload(decode=True) or b"")))
            for part in self.message.iter_attachments()
        ]

    def _part(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""


class MessageStore:
    """The newest `limit` messages; with a `folder` they are still there after a restart. For many threads.

    `add` raises `OSError` when the folder can't take the message (a full disk): then it is not kept at all.
    """

    def __init__(self, folder: Path | None = None, limit: int = KEPT) -> None:
        self._folder = folder
        self._limit = limit
        self._lock = threading.Lock()
        self._messages: deque[CaughtMessage] = deque()
        self._last = 0
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for unfinished in folder.glob("*.part"):
                unfinished.unlink()
            for file in sorted(folder.glob("*.eml")):
                self._messages.append(_read(file))
                self._last = int(file.stem)
            self._forget_the_oldest()

    def add(self, sender: str, recipients: tuple[str, ...], content: bytes) -> CaughtMessage:
        """Keep a message that has just arrived."""
        with self._lock:
            number = self._last + 1
            caught = CaughtMessage(f"{number:010d}", sender, recipients, datetime.now(UTC), content)
            if self._folder is not None:
                _write(self._folder, caught)
            self._last = number
            self._messages.append(caught)
            self._forget_the_oldest()
        return caught

    def newest_first(self) -> list[CaughtMessage]:
        """All messages that are kept."""
        with self._lock:
            return list(reversed(self._messages))

    def find(self, identifier: str) -> CaughtMessage | None:
        """The message with that identifier, None when it is not (or no longer) kept."""
        return next((caught for caught in self.newest_first() if caught.identifier == identifier), None)

    def _forget_the_oldest(self) -> None:
        while len(self._messages) > self._limit:
            oldest = self._messages.popleft()
            if self._folder is not None:
                (self._folder / f"{oldest.identifier}.eml").unlink(missing_ok=True)


def _write(folder: Path, caught: CaughtMessage) -> None:
    envelope = {"from": caught.sender, "to": caught.recipients, "at": caught.arrived.isoformat()}
    unfinished = folder / f"{caught.identifier}.part"
    unfinished.write_bytes(ENVELOPE_HEADER + json.dumps(envelope).encode("ascii") + b"\r\n" + caught.content)
    unfinished.rename(unfinished.with_suffix(".eml"))


def _read(file: Path) -> CaughtMessage:
    first, _, content = file.read_bytes().partition(b"\r\n")
    envelope = json.loads(first.removeprefix(ENVELOPE_HEADER))
    arrived = datetime.fromisoformat(envelope["at"])
    return CaughtMessage(file.stem, envelope["from"], tuple(envelope["to"]), arrived, content)

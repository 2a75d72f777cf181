"""The catching mail server.

with MailCatcher() as catcher:
    catcher.faults.add(Fault("refuse_recipient", recipient="gone@example.org", code=550))
    ...  # mail is sent to catcher.host, catcher.port
    [message] = catcher.wait_for(1)
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from tia_hub.demo.mail_catcher.faults import FaultScript
from tia_hub.demo.mail_catcher.messages import CaughtMessage, MessageStore

HOST = "127.0.0.1"
LARGEST_MESSAGE = 32 * 1024 * 1024
START_SECONDS = 10.0


@dataclass(frozen=True)
class Arrival:
    """A message that came whole; `dropped` is delivered too, but the sender was not told."""

    recipients: tuple[str, ...]
    content: bytes
    outcome: Literal["delivered", "refused", "dropped"]


class MailCatcher:
    """An SMTP server on 127.0.0.1 in its own thread; `port` 0 takes a free one and keeps it over restarts.

    `messages` are those that their recipients would now have, `arrivals` all that came whole, refused ones
    too. `delay_seconds` passes before each final answer. Everything may be changed while it runs.
    """

    def __init__(self, store: MessageStore | None = None, *, port: int = 0) -> None:
        self.host = HOST
        self.port = port
        self.store = store or MessageStore()
        self.faults = FaultScript()
        self.delay_seconds = 0.0
        self.arrivals: list[Arrival] = []
        self._changed = threading.Condition()
        self._answering = threading.Event()
        self._answering.set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Listen. Raises `OSError` when the port is taken."""
        listener = socket.create_server((self.host, self.port))
        self.port = listener.getsockname()[1]
        started = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(listener, started),), daemon=True)
        self._thread.start()
        if not started.wait(START_SECONDS):
            raise TimeoutError("the mail catcher did not start")

    def stop(self) -> None:
        """Close the port and all connections; what was caught stays, `start` opens the same port again."""
        self.release()
        if self._thread is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
            self._thread = None

    @property
    def messages(self) -> list[CaughtMessage]:
        """The messages that were delivered, oldest first."""
        return self.store.newest_first()[::-1]

    def hold(self) -> None:
        """Deliver, but give no final answer to anybody until `release` is called."""
        self._answering.clear()

    def release(self) -> None:
        """Give the answers that were held back."""
        self._answering.set()

    def wait_for(self, count: int, seconds: float = 20.0) -> list[CaughtMessage]:
        """The delivered messages, as soon as there are `count`; `TimeoutError` when they don't come."""
        self._wait(lambda: len(self.messages) >= count, f"{count} delivered", seconds)
        return self.messages

    def wait_for_arrivals(self, count: int, seconds: float = 20.0) -> list[Arrival]:
        """All that arrived, as soon as there is so much; `TimeoutError` when it does not come."""
        self._wait(lambda: len(self.arrivals) >= count, f"{count} arrivals", seconds)
        return list(self.arrivals)

    def _wait(self, enough: Callable[[], bool], what: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with self._changed:
            while not enough():
                if not self._changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(
                        f"waited {seconds} s for {what}: {len(self.arrivals)} arrived, {len(self.messages)} were delivered"
                    )

    async def _serve(self, listener: socket.socket, started: threading.Event) -> None:
        loop = self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        connections = WeakSet[_Connection]()

        def connect() -> _Connection:
            connection = _Connection(self, loop)
            connections.add(connection)
            return connection

        server = await loop.create_server(connect, sock=listener)
        started.set()
        await self._stopping.wait()
        server.close()
        for connection in connections:
            connection.drop()

    # What aiosmtpd calls for each connection, in the server's own thread.

    async def handle_RCPT(
        self,
        connection: "_Connection",
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Accept or refuse one recipient."""
        fault = self.faults.take("refuse_recipient", [address])
        if fault is not None:
            return f"{fault.code} <{address}> is refused"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, connection: "_Connection", session: Session, envelope: Envelope) -> str:
        """Deliver or refuse one message and answer the final dot, or don't."""
        recipients = tuple(envelope.rcpt_tos)
        content = envelope.original_content or b""
        refusal = self.faults.take("refuse_message", recipients)
        drop = None if refusal else self.faults.take("drop_after_dot", recipients)
        with self._changed:
            if refusal is None:
                try:
                    self.store.add(envelope.mail_from or "", recipients, content)
                except OSError as full:
                    return f"452 The message can't be kept: {full.strerror}"
            outcome: Literal["delivered", "refused", "dropped"] = "refused" if refusal else "dropped" if drop else "delivered"
            self.arrivals.append(Arrival(recipients, content, outcome))
            self._changed.notify_all()
        if drop is not None:
            connection.drop()
        await asyncio.sleep(self.delay_seconds)
        if not self._answering.is_set():
            await asyncio.get_running_loop().run_in_executor(None, self._answering.wait)
        return f"{refusal.code} The message is refused" if refusal else "250 OK"


class _Connection(SMTP):
    """One sender's connection, which can be cut."""

    def __init__(self, catcher: MailCatcher, loop: asyncio.AbstractEventLoop) -> None:
        self._catcher = catcher
        super().__init__(
            catcher,
            loop=loop,
            hostname="localhost",
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
        )

    def drop(self) -> None:
        """Cut the connection without a word."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def smtp_DATA(self, arg: str) -> None:
        """Receive a message, or cut the connection before it has come whole."""
        recipients = self.envelope.rcpt_tos if self.envelope else []
        if recipients and self._catcher.faults.take("drop_before_dot", recipients):
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            self.drop()
            return
        await super().smtp_DATA(arg)

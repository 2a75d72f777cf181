"""The whole product, running: served to browsers, with a real worker behind it, and mails that arrive."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import Engine
from waitress.server import create_server

from tests.faults.workers import ask, wait_until, worker
from tests.services import Services
from tia_hub.app import create_app
from tia_hub.cli import main
from tia_hub.core.bell import make_celery
from tia_hub.demo.mail_catcher.messages import CaughtMessage


@dataclass(frozen=True)
class Product:
    """Where it is reached, and what stands behind it."""

    address: str
    services: Services
    engine: Engine
    """Past every policy: to turn clocks, and to see when nothing is under way any more."""
    log: Path

    def operate(self, *words: str) -> str:
        """What the operator's command answers."""
        result = CliRunner().invoke(main, words, env=self.services.environment)
        assert result.exit_code == 0, result.output
        return result.output

    def sweep(self) -> None:
        """Poke the worker, as beat does every half minute."""
        make_celery(self.services.settings).send_task("sweep", queue="default")

    def letters(self, address: str, count: int = 1) -> list[CaughtMessage]:
        """The mails to somebody, oldest first, as soon as there are so many."""
        catcher = self.services.mail
        while True:
            caught = catcher.messages
            found = [message for message in caught if address in message.recipients]
            if len(found) >= count:
                return found
            catcher.wait_for(len(caught) + 1, seconds=60)

    def link_to(self, address: str) -> str:
        """The link in the last mail to somebody."""
        found = re.findall(rf"{re.escape(self.address)}/\S+", self.letters(address)[-1].text)
        assert found, self.letters(address)[-1].text
        return str(found[0])

    def settle(self) -> None:
        """Wait until the worker has done everything that waits."""
        busy = "SELECT (SELECT count(*) FROM job WHERE state IN ('queued', 'running'))"
        busy += " + (SELECT count(*) FROM email WHERE state IN ('queued', 'sending'))"
        wait_until(lambda: ask(self.engine, busy) == 0, "everything is done", self.log)


@contextmanager
def running_product(services: Services, engine: Engine, log: Path, *, two_factor: bool) -> Iterator[Product]:
    """The product on a free port of this machine, which its mails know."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{listener.getsockname()[1]}"
    settings = services.settings.model_copy(update={"base_url": address, "two_factor_required": two_factor})
    services = replace(services, settings=settings)
    server = create_server(create_app(settings), sockets=[listener], threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        with worker(services, log, pool="threads"):
            yield Product(address, services, engine, log)
    finally:
        server.close()
        thread.join(5)

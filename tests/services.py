"""The real services that tests run on, started once a run: PostgreSQL, Valkey, a mail catcher."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tia_hub.core.migrate import bootstrap, migrate
from tia_hub.demo.mail_catcher.server import MailCatcher
from tia_hub.demo.postgres import EmbeddedPostgres
from tia_hub.demo.valkey import EmbeddedValkey
from tia_hub.settings import Settings

DATABASE = "tia_hub"


@dataclass(frozen=True)
class Services:
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    mail: MailCatcher
    settings: Settings

    @property
    def environment(self) -> dict[str, str]:
        """What a worker or web process of its own needs to reach these services."""
        return {
            "SECRET_KEY": self.settings.secret_key.get_secret_value(),
            "DATABASE_URL": self.settings.database_url,
            "MIGRATION_DATABASE_URL": self.settings.migration_database_url or "",
            "REDIS_URL": self.settings.redis_url,
            "BASE_URL": self.settings.base_url,
            "SMTP_HOST": self.settings.smtp_host,
            "SMTP_PORT": str(self.settings.smtp_port),
            "SMTP_STARTTLS": "false",
            "TWO_FACTOR_REQUIRED": str(self.settings.two_factor_required).lower(),
            "SECURE_COOKIES": "false",
        }


@contextmanager
def running(*, durable: bool = False) -> Iterator[Services]:
    """Services of one's own; `durable` where a committed change must outlast a crash of PostgreSQL."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tia-")))
        postgres = EmbeddedPostgres(folder / "data", folder / "run", durable=durable)
        stack.callback(postgres.remove)
        stack.enter_context(postgres)
        valkey = stack.enter_context(EmbeddedValkey(folder / "valkey"))
        mail = stack.enter_context(MailCatcher())
        bootstrap(postgres.superuser_url(), DATABASE)
        owner_url = postgres.url("tia_owner", DATABASE)
        migrate(owner_url)
        settings = Settings(
            secret_key="a secret of the tests alone, long enough",
            database_url=postgres.url("tia_app", DATABASE),
            migration_database_url=owner_url,
            redis_url=valkey.url,
            base_url="http://localhost",
            smtp_host="127.0.0.1",
            smtp_port=mail.port,
            smtp_starttls=False,
            smtp_timeout=5,
            two_factor_required=False,
            secure_cookies=False,
        )
        yield Services(postgres, valkey, mail, settings)

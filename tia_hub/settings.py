"""Settings, from the environment alone; every default is right for production and safe in public."""

from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_SECRET = 32


class Settings(BaseSettings):
    """What one installation is told by its environment. Raises pydantic's ValidationError when something is missing."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore")

    secret_key: SecretStr
    """Signs cookies and links: at least 32 characters, the same for every web and worker process."""

    database_url: str
    """As role tia_app: `postgresql+psycopg://tia_app:…@host/tia_hub`."""

    migration_database_url: str | None = None
    """As role tia_owner; only `tia-hub migrate` needs it."""

    redis_url: str = "redis://localhost:6379/0"
    """The broker: `redis://…` or `redis+socket:///path`. What is in it may be lost at any time."""

    base_url: str = "https://localhost"
    """Where people reach the product; every link in a mail begins with it, never with a Host header."""

    smtp_host: str = "localhost"
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_starttls: bool = True
    smtp_timeout: float = Field(default=30, gt=0, description="seconds")
    mail_from: str = "TIA Hub <no-reply@localhost>"

    invitations_per_minute: int = Field(default=600, ge=6)
    """Invitations that one organisation may have mailed in a minute where it invites many at once."""

    two_factor_required: bool = True
    """Everybody sets up a second factor. Only the demo turns this off."""

    deletion_wait_days: int = Field(default=30, ge=1, le=365)
    """Days between asking for an organisation's deletion and the deletion itself, in which its leads can stop it."""

    secure_cookies: bool = True
    """Cookies travel by HTTPS only. Only plain-HTTP installations on one machine turn this off."""

    proxies_trusted: int = Field(default=0, ge=0, description="proxies in front that set X-Forwarded-*")
    database_pool: int = Field(default=10, ge=1)
    statement_timeout: int = Field(default=30_000, ge=100, description="milliseconds")
    data_dir: Path = Path("/var/lib/tia-hub")

    @model_validator(mode="after")
    def _refuse_a_weak_secret(self) -> Self:
        if len(self.secret_key.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"SECRET_KEY must have at least {SHORTEST_SECRET} characters")
        return self

    @cached_property
    def host(self) -> str:
        """The host (and port) of `base_url`."""
        return self.base_url.split("://", 1)[-1].split("/", 1)[0]

"""Settings, from the environment alone; every default is right for production and safe in public."""

from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field, FilePath, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_SECRET = 32


class SubProcessor(BaseModel):
    """A company that sees or keeps data for whoever runs the installation."""

    name: str
    purpose: str
    place: str


class Settings(BaseSettings):
    """What one installation is told by its environment. Raises pydantic's ValidationError when something is missing."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore")

    secret_key: SecretStr
    """Signs cookies and links: at least 32 characters, the same for every web and worker process."""

    secret_key_fallbacks: list[SecretStr] = []
    """Earlier values of SECRET_KEY, as a JSON list: what they signed still holds, and nothing new is signed with them."""

    data_secret: SecretStr | None = None
    """What protects secrets that are stored: passwords, keys of authenticator apps, recovery codes. SECRET_KEY where it is not
    set; to change SECRET_KEY, set this to its first value before (docs/operations.md), and never change it."""

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

    breached_passwords: FilePath | None = None
    """A file of SHA-1 hashes of passwords that were found in breaches, sorted, as the downloader of haveibeenpwned.com writes
    it: none of them can be chosen here. Nothing is sent anywhere."""

    password_hashes_at_once: int = Field(default=1, ge=1)
    """How many passwords one process hashes at the same time, each with a processor of its own: others are for pages."""

    deletion_wait_days: int = Field(default=30, ge=1, le=365)
    """Days between asking for an organisation's deletion and the deletion itself, in which its leads can stop it."""

    secure_cookies: bool = True
    """Cookies travel by HTTPS only. Only plain-HTTP installations on one machine turn this off."""

    internal_identity_hosts: str = ""
    """Hosts of organisations' identity providers that may be reached although they are not on the public internet, parted by
    commas. `localhost` among them may even be reached by plain HTTP: for trials alone."""
    operator_name: str = ""
    """Who runs this installation, for the page on data protection; empty where the page should not say."""
    operator_contact: str = ""
    """How to reach them about data protection: an address or a telephone number."""
    data_place: str = ""
    """Where the database and its backups are: "Two data centres in the United Kingdom"."""
    sub_processors: list[SubProcessor] = Field(default_factory=list)
    """Who else sees or keeps data for this installation, as JSON: `[{"name": "…", "purpose": "…", "place": "…"}]`."""

    proxies_trusted: int = Field(default=0, ge=0, description="proxies in front that set X-Forwarded-*")
    database_pool: int = Field(default=10, ge=1)
    statement_timeout: int = Field(default=30_000, ge=100, description="milliseconds")
    data_dir: Path = Path("/var/lib/tia-hub")

    @model_validator(mode="after")
    def _refuse_a_weak_secret(self) -> Self:
        named = [("SECRET_KEY", self.secret_key), ("DATA_SECRET", self.data_secret)]
        named += [("each of SECRET_KEY_FALLBACKS", secret) for secret in self.secret_key_fallbacks]
        for name, secret in named:
            if secret is not None and len(secret.get_secret_value()) < SHORTEST_SECRET:
                raise ValueError(f"{name} must have at least {SHORTEST_SECRET} characters")
        return self

    @property
    def signing_keys(self) -> list[str]:
        """The present secret key, then the earlier ones that are still taken."""
        return [secret.get_secret_value() for secret in (self.secret_key, *self.secret_key_fallbacks)]

    @property
    def storage_secret(self) -> str:
        """What secrets in the database are protected with."""
        return (self.data_secret or self.secret_key).get_secret_value()

    @cached_property
    def host(self) -> str:
        """The host (and port) of `base_url`."""
        return self.base_url.split("://", 1)[-1].split("/", 1)[0]

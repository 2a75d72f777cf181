"""E-mail domains: how they are written, and which of them anybody can have an address in (docs/adr/0012)."""

import re
from functools import cache
from pathlib import Path

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@cache
def _public() -> frozenset[str]:
    lines = (Path(__file__).parent / "public_mail_domains.txt").read_text().splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def domain_of(email: str) -> str:
    """The domain of an address."""
    return email.strip().lower().rpartition("@")[2]


def read_domain(typed: str) -> str | None:
    """The domain that somebody typed, with or without an @ before it; None where it can't be one."""
    domain = typed.strip().lower().removeprefix("@").rstrip(".")
    return domain if _DOMAIN.fullmatch(domain) else None


def is_public(domain: str) -> bool:
    """Whether anybody can have an address in a domain, or in one that it is part of."""
    parts = domain.split(".")
    return any(".".join(parts[start:]) in _public() for start in range(len(parts)))

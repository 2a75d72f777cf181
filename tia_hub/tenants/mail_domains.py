"""E-mail domains: which of them anybody can have an address in (docs/adr/0012)."""

from functools import cache
from pathlib import Path


@cache
def _public() -> frozenset[str]:
    lines = (Path(__file__).parent / "public_mail_domains.txt").read_text().splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def domain_of(email: str) -> str:
    """The domain of an address."""
    return email.strip().lower().rpartition("@")[2]


def is_public(domain: str) -> bool:
    """Whether anybody can have an address in a domain, or in one that it is part of."""
    parts = domain.split(".")
    return any(".".join(parts[start:]) in _public() for start in range(len(parts)))

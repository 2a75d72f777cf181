"""Rules on how long things are kept, in rows of words."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from tia_hub.core.permissions import Permission
from tia_hub.core.retention import period_words
from tia_hub.core.scope import IdentityScope, InstallationScope, OrganisationScope
from tia_hub.home.personal import HOLDINGS
from tia_hub.home.retention import RULES
from tia_hub.home.services.retention import Due


@dataclass(frozen=True)
class DueRow:
    """One rule in an organisation."""

    words: str
    why: str
    period: str
    next: str
    href: str | None
    """Where another period is chosen; None where it can't be."""


def due_rows(scope: OrganisationScope, due: Sequence[Due]) -> list[DueRow]:
    """The rules of an organisation, with what the next run takes."""
    may = scope.may(Permission.RETENTION_CHOOSE)
    return [
        DueRow(
            words=each.rule.words,
            why=each.rule.why,
            period=period_words(each.days),
            next=f"{each.count:,}",
            href=url_for("home.retention_period", organisation=scope.slug, rule=each.rule.kind)
            if may and each.rule.bounds
            else None,
        )
        for each in due
    ]


def kept_elsewhere() -> list[tuple[str, str, str]]:
    """The rules of the installation, which are the same for everybody: what, how long, why."""
    own = (InstallationScope, IdentityScope)
    return [(rule.words, period_words(rule.days), rule.why) for rule in RULES if set(rule.scopes) & set(own)]


def all_rules() -> list[tuple[str, str, str]]:
    """Every rule for the public page: what, how long, why."""
    return [
        (
            rule.words,
            period_words(rule.days) + (" (an organisation may choose another period)" if rule.bounds else ""),
            rule.why,
        )
        for rule in RULES
    ]


def purposes() -> list[tuple[str, str, str]]:
    """What is held on people, what for, and what becomes of it when they are erased; each once."""
    found = {holding.title: (holding.title, holding.purpose, holding.fate) for holding in HOLDINGS if holding.collect}
    return list(found.values())

"""Saving what several people may be writing at once: entries of an audit, and what somebody contributes to it."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import func, update
from sqlalchemy.orm import SessionTransaction

from tia_hub.audits.merging import Merged, Sent, merge
from tia_hub.audits.models import AuditContribution, AuditEntry
from tia_hub.audits.queries import list_entries
from tia_hub.audits.services.audits import OpenAudit
from tia_hub.audits.types import Rating
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.scope import OrganisationScope

MOST_TRIES = 5
"""How often a save is tried again when somebody else saved the same words in between."""

Written = TypeVar("Written", AuditEntry, AuditContribution)


@dataclass(frozen=True)
class Saved(Generic[Written]):
    """What became of an attempt to save. Where something has conflicts, nothing was changed."""

    entries: dict[str, Written]
    """What is written now, by code."""
    merged: dict[str, Merged]

    @property
    def conflicts(self) -> bool:
        """Whether somebody has to choose between two texts."""
        return any(each.conflicts for each in self.merged.values())


def values_of(entry: AuditEntry | AuditContribution) -> dict[str, str]:
    """What the fields of an entry or a contribution say, as forms have them."""
    if isinstance(entry, AuditContribution):
        return {"rating": entry.rating or "", "comment": entry.comment}
    return {
        "rating": entry.rating or "",
        "reason": entry.reason,
        "journey": entry.journey,
        "evidence": entry.evidence,
    }


def save_entries(
    scope: OrganisationScope, *, audit: OpenAudit, entries: dict[str, AuditEntry], sent: Mapping[str, Sent]
) -> Saved[AuditEntry]:
    """Save what was changed in some of an audit's `entries`, as just read; what says the same as before is left alone.

    All or nothing: a single conflict and nothing is saved. Raises NotFound for a code that is not among the entries, Refused
    when others change them again and again meanwhile.
    """
    return save_written(
        scope, entries, sent, again=lambda codes: list_entries(scope, audit.id, codes), changed_by=scope.actor.name
    )


def save_written(
    scope: OrganisationScope,
    entries: dict[str, Written],
    sent: Mapping[str, Sent],
    *,
    again: Callable[[Collection[str]], dict[str, Written]],
    **noted: str,
) -> Saved[Written]:
    """Save what was changed, each with the version that it was read with; `again` reads what is written by now.

    `noted` is written beside each change. Raises as `save_entries` does.
    """
    if not sent.keys() <= entries.keys():
        raise NotFound
    for _ in range(MOST_TRIES):
        saved = Saved(entries, {code: merge(values_of(entries[code]), each) for code, each in sent.items()})
        if saved.conflicts:
            return saved
        with _savepoint(scope, needed=len(sent) > 1) as attempt:
            if all(_save(scope, entries[code], saved.merged[code].changes, noted) for code in sorted(sent)):
                return saved
            if attempt is not None:
                attempt.rollback()
        entries = again(entries.keys())
    raise Refused("Several people are saving this at the same moment. Nothing was overwritten: save it again.")


def _savepoint(scope: OrganisationScope, *, needed: bool) -> AbstractContextManager[SessionTransaction | None]:
    """What several updates go back to when one of them comes too late; a single one that does has changed nothing."""
    return scope.session.begin_nested() if needed else nullcontext()


def _save(
    scope: OrganisationScope, entry: AuditEntry | AuditContribution, changes: dict[str, str], noted: Mapping[str, str]
) -> bool:
    """Change what was written if it still has the version that it was read with; whether it had."""
    if not changes:
        return True
    values: dict[str, Any] = dict(changes)
    if "rating" in changes:
        values["rating"] = Rating(changes["rating"]) if changes["rating"] else None
    table = type(entry)
    changed = scope.session.scalars(
        update(table)
        .where(table.organisation_id == scope.organisation_id, table.id == entry.id, table.version == entry.version)
        .values(version=entry.version + 1, changed_at=func.now(), **noted, **values)
        .returning(table)
        .execution_options(populate_existing=True, synchronize_session=False)
    ).one_or_none()
    return changed is not None

"""Applying the rules on how long things are kept, saying what they will take next, and choosing other periods."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core import bell
from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.services import after_commit
from tia_hub.core.jobs.types import JobName
from tia_hub.core.permissions import PlaceKind
from tia_hub.core.retention import Rule, period_words, rules_of
from tia_hub.core.schedules.services import ensure_schedule
from tia_hub.core.scope import (
    Home,
    IdentityScope,
    InstallationScope,
    OrganisationScope,
    Scope,
    transaction,
)
from tia_hub.core.trail import record
from tia_hub.home.models import RetentionPeriod
from tia_hub.home.retention import BY_KIND, RULES
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.models.partnerships import Partnership
from tia_hub.trainers.models import Provider

log = logging.getLogger(__name__)

NIGHTLY = time(2, 30)
"""When the rules are applied, in London."""


@dataclass(frozen=True)
class Due:
    """What one rule says in a place, and how much of it is overdue."""

    rule: Rule
    days: int
    count: int


def chosen_periods(scope: Scope) -> dict[str, int]:
    """The periods that an organisation chose itself, in days by kind; none elsewhere."""
    if not isinstance(scope, OrganisationScope):
        return {}
    rows = scope.session.execute(
        select(RetentionPeriod.kind, RetentionPeriod.days).where(RetentionPeriod.organisation_id == scope.organisation_id)
    )
    return {row.kind: row.days for row in rows}


def look_ahead(scope: Home) -> list[Due]:
    """What the next run would take in this place, rule by rule."""
    periods = chosen_periods(scope)
    found = []
    for rule in rules_of(RULES, scope):
        days = periods.get(rule.kind, rule.days)
        found.append(Due(rule, days, rule.count(scope, rule.cutoff(days))))
    return found


def choose_period(scope: OrganisationScope, kind: str, days: int) -> None:
    """Have the organisation keep a kind of record for some days. Raises NotFound, and Refused beyond the rule's bounds."""
    rule = BY_KIND.get(kind)
    if rule is None or rule.bounds is None or OrganisationScope not in rule.scopes:
        raise NotFound
    least, most = rule.bounds
    if not least <= days <= most:
        raise Refused(f"The period must be between {period_words(least)} and {period_words(most)}.")
    if days == chosen_periods(scope).get(kind, rule.days):
        return
    scope.session.execute(
        insert(RetentionPeriod)
        .values(organisation_id=scope.organisation_id, kind=kind, days=days)
        .on_conflict_do_update(index_elements=["organisation_id", "kind"], set_={"days": days})
    )
    record(scope, "retention.period_changed", f"{rule.words}: will be kept for {period_words(days)}")


def apply_rules(scope: Home) -> dict[str, int]:
    """Remove what is overdue in this place; how much of each kind. The trail says so where it was anything."""
    periods = chosen_periods(scope)
    taken = {rule.kind: rule.remove(scope, rule.cutoff(periods.get(rule.kind, rule.days))) for rule in rules_of(RULES, scope)}
    _say(scope, taken)
    return taken


def apply_identity_rules() -> dict[str, int]:
    """Remove what sign-in keeps no longer; how much of each kind."""
    with transaction(IdentityScope()) as scope:
        return {rule.kind: rule.remove(scope, rule.cutoff()) for rule in rules_of(RULES, scope)}


def _say(scope: Home, taken: Mapping[str, int]) -> None:
    told = [f"{BY_KIND[kind].words}: {count:,}" for kind, count in taken.items() if count]
    if told:
        record(scope, "retention.applied", f"Removed what is kept no longer. {'. '.join(told)}")
        log.info("retention in %s %s: %s", scope.kind, scope.home_id, {kind: count for kind, count in taken.items() if count})


def apply_here(scope: InstallationScope) -> None:
    """Apply the installation's own rules, and have every place apply its own."""
    taken = apply_identity_rules()
    rules = {rule.kind: rule.remove(scope, rule.cutoff()) for rule in rules_of(RULES, scope)}
    _say(scope, taken | rules)
    homes: list[tuple[PlaceKind, UUID, UUID]] = [
        *(
            (PlaceKind.ORGANISATION, *row)
            for row in scope.session.execute(select(Organisation.id, Organisation.partnership_id))
        ),
        *((PlaceKind.PARTNERSHIP, each, each) for each in scope.session.scalars(select(Partnership.id))),
        *((PlaceKind.PROVIDER, *row) for row in scope.session.execute(select(Provider.id, Provider.partnership_id))),
    ]
    for kind, home_id, partnership_id in homes:
        _enqueue_there(scope, kind, home_id, partnership_id)


def _enqueue_there(scope: InstallationScope, kind: PlaceKind, home_id: UUID, partnership_id: UUID) -> None:
    job_id, name = uuid4(), JobName.APPLY_RETENTION_HERE
    made = scope.session.execute(
        insert(Job)
        .values(
            id=job_id,
            home_kind=kind,
            home_id=home_id,
            partnership_id=partnership_id,
            name=name,
            key="retention",
            payload={},
        )
        .on_conflict_do_nothing(index_elements=["home_id", "key"], index_where=text("state = 'queued'"))
        .returning(Job.id)
    ).scalar_one_or_none()
    if made is not None:
        after_commit(scope, lambda: bell.ring_job(job_id, name.queue))


def keep_nightly_work() -> None:
    """Have the rules applied every night; safe to repeat."""
    with transaction(InstallationScope()) as scope:
        ensure_schedule(scope, JobName.APPLY_RETENTION, local_time=NIGHTLY)

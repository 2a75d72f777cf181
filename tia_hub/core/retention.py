"""How long things are kept: each room names its rules, a nightly job applies them, and what no rule names is kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from tia_hub.core.clock import now
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.types import JobState
from tia_hub.core.mail.models import Email, EmailState
from tia_hub.core.notices.models import Notice
from tia_hub.core.scope import Home, InstallationScope, OrganisationScope, PartnershipScope, ProviderScope, Scope
from tia_hub.core.trail import TrailEvent, shorten_trail

YEAR = 365


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How long one kind of record is kept, and how what is older is counted and removed."""

    kind: str
    words: str
    """What it is about: "Invitations that were accepted, withdrawn or are too old"."""
    days: int
    """How long it is kept, unless the organisation chose another period."""
    why: str
    scopes: tuple[type[Scope], ...]
    """The scopes that it is applied in, each in its own places."""
    count: Callable[[Any, datetime], int]
    """How many are older than an instant."""
    remove: Callable[[Any, datetime], int]
    """Removes those, safe to repeat; how many."""
    bounds: tuple[int, int] | None = None
    """The fewest and the most days that an organisation may choose; None where it may not."""

    def cutoff(self, days: int | None = None) -> datetime:
        """The instant before which things are removed at this moment."""
        return now() - timedelta(days=days or self.days)


def period_words(days: int) -> str:
    """A period as people say it: 30 days, 1 year, 6 years."""
    if days % YEAR == 0:
        years = days // YEAR
        return "1 year" if years == 1 else f"{years} years"
    return "1 day" if days == 1 else f"{days:,} days"


def rules_of(rules: Iterable[Rule], scope: Scope) -> list[Rule]:
    """Those of some rules that are applied in a scope of this kind."""
    return [rule for rule in rules if isinstance(scope, rule.scopes)]


def counted(scope: Scope, model: Any, condition: ColumnElement[bool]) -> int:
    """How many rows fit a condition."""
    return scope.session.execute(select(func.count()).select_from(model).where(condition)).scalar_one()


def removed(scope: Scope, model: Any, condition: ColumnElement[bool]) -> int:
    """Delete the rows that fit a condition; how many."""
    return int(scope.session.execute(delete(model).where(condition)).rowcount)  # type: ignore[attr-defined]


def delete_rule(*, model: Any, old: Callable[[Any, datetime], ColumnElement[bool]], **rest: Any) -> Rule:
    """A rule that deletes the rows of a table for which `old(scope, before)` holds."""
    return Rule(
        count=lambda scope, before: counted(scope, model, old(scope, before)),
        remove=lambda scope, before: removed(scope, model, old(scope, before)),
        **rest,
    )


_WAITING = [EmailState.QUEUED, EmailState.SENDING, EmailState.DIGEST]
_GONE = "It was kept for 30 days."


def _old_bodies(scope: Scope, before: datetime) -> ColumnElement[bool]:
    has_body = or_(Email.text_body != "", Email.html_body != "")
    return and_(Email.created_at < before, Email.state.not_in(_WAITING), has_body)


def _empty_bodies(scope: Scope, before: datetime) -> int:
    emptied = scope.session.execute(update(Email).where(_old_bodies(scope, before)).values(text_body="", html_body=""))
    return int(emptied.rowcount)  # type: ignore[attr-defined]


def _old_jobs(scope: Scope, before: datetime) -> ColumnElement[bool]:
    ended = Job.state.in_([JobState.DONE, JobState.FAILED, JobState.CANCELLED])
    empty = and_(Job.state != JobState.DONE, Job.payload == {}, Job.error.is_not_distinct_from(_GONE))
    return and_(ended, Job.finished_at < before, ~empty)


def _remove_jobs(scope: Scope, before: datetime) -> int:
    old = _old_jobs(scope, before)
    done = removed(scope, Job, and_(old, Job.state == JobState.DONE))
    # Of those that did not succeed, the row stays: pages say by it what became of what was asked for.
    emptied = scope.session.execute(update(Job).where(old).values(payload={}, error=_GONE, progress_words=""))
    return done + int(emptied.rowcount)  # type: ignore[attr-defined]


def _old_events(scope: Home, before: datetime) -> int:
    kept = select(func.min(TrailEvent.number)).where(TrailEvent.home_id == scope.home_id, TrailEvent.created_at >= before)
    old = select(func.count()).where(
        TrailEvent.home_id == scope.home_id,
        TrailEvent.created_at < before,
        TrailEvent.action != "trail.shortened",
        TrailEvent.number < func.coalesce(kept.scalar_subquery(), TrailEvent.number + 1),
    )
    return scope.session.execute(old).scalar_one()


def _remove_old_security_log(scope: InstallationScope, before: datetime) -> int:
    return int(scope.session.execute(select(func.trail_shorten_people(before))).scalar_one())


def _old_security_log(scope: InstallationScope, before: datetime) -> int:
    return int(scope.session.execute(select(func.trail_old_events_of_people(before))).scalar_one())


RULES: tuple[Rule, ...] = (
    Rule(
        kind="mail_bodies",
        words="Texts of emails that could not be sent; those of sent ones go at once",
        days=30,
        why="To find out why an email did not arrive, and to send it again.",
        scopes=(InstallationScope,),
        count=lambda scope, before: counted(scope, Email, _old_bodies(scope, before)),
        remove=_empty_bodies,
    ),
    delete_rule(
        kind="mails",
        words="Records of emails: to whom, about what, when",
        days=YEAR,
        why="To show that somebody was told.",
        scopes=(InstallationScope,),
        model=Email,
        old=lambda scope, before: and_(Email.created_at < before, Email.state.not_in(_WAITING)),
    ),
    delete_rule(
        kind="notices",
        words="Notices in the product",
        days=180,
        why="So that people find again what they were told.",
        scopes=(InstallationScope,),
        model=Notice,
        old=lambda scope, before: Notice.created_at < before,
    ),
    Rule(
        kind="jobs",
        words="Details of what the service had to do",
        days=30,
        why="To find out what went wrong.",
        scopes=(InstallationScope,),
        count=lambda scope, before: counted(scope, Job, _old_jobs(scope, before)),
        remove=_remove_jobs,
    ),
    Rule(
        kind="security_log",
        words="What happened to people’s accounts: sign-ins, changes of how they sign in",
        days=YEAR,
        why="So that an attack can be looked into.",
        scopes=(InstallationScope,),
        count=_old_security_log,
        remove=_remove_old_security_log,
    ),
    Rule(
        kind="trail",
        words="Events of the trail",
        days=6 * YEAR,
        why="So that an organisation can show who did what for as long as a claim can be made.",
        scopes=(OrganisationScope, PartnershipScope, ProviderScope),
        bounds=(YEAR, 10 * YEAR),
        count=_old_events,
        remove=lambda scope, before: shorten_trail(scope, before=before),
    ),
)

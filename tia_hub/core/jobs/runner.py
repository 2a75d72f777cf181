"""Running a job: claim, lease, scope, task, fenced finish. The rooms' tasks register themselves with `@job`."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Generic, TypeVar, cast
from uuid import UUID, uuid4

from flask import Flask, current_app
from sqlalchemy import case, func, or_, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from tia_hub.core import bell
from tia_hub.core.identity import resolver
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.types import Claim, JobName, JobState, LeaseLost, PlaceAtRest, RunLater
from tia_hub.core.permissions import PlaceKind
from tia_hub.core.scope import (
    DispatchScope,
    Home,
    InstallationScope,
    OrganisationScope,
    PartnershipScope,
    PersonScope,
    ProviderScope,
    transaction,
)

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
RENEWAL = 15.0
"""Seconds between renewals of a lease."""
MOST_TRIES = 3
"""A job that lost its worker or failed this often is parked as failed, in sight."""
RETRY_AFTER = 10.0
"""Seconds before the second try, twice that before the third."""
SWEEP_LIMIT = 1000
REST = 300.0
"""Seconds between two looks at whether a place that rests is at work again."""


AnyHome = TypeVar("AnyHome", bound=Home)


class Run(Generic[AnyHome]):
    """One run of a job, as its task sees it.

    A task reads with `open()`, computes and renders with no transaction open, tells how far it is with `progress()`, and
    writes what it made inside `finish()`, which also ends the job: both or neither. Each of these steps raises PlaceAtRest
    where the job's place was suspended, archived or is to be deleted.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.payload = dict(claim.payload)
        self.finished = False

    def _scope(self) -> AnyHome:
        return cast(AnyHome, home_scope(self.claim))

    def _refuse_at_rest(self, scope: Home, *, hold: bool) -> None:
        if not self.claim.name.goes_on_at_rest and resolver().list_at_rest(scope, [scope.home_id], hold=hold):
            raise PlaceAtRest(REST)

    @contextmanager
    def open(self, *, read_only: bool = True) -> Iterator[AnyHome]:
        """A transaction in the scope of the job's home."""
        with transaction(self._scope(), read_only=read_only) as scope:
            self._refuse_at_rest(scope, hold=not read_only)
            yield scope

    @contextmanager
    def finish(self) -> Iterator[AnyHome]:
        """The last transaction: it commits only if this worker still holds the job, else raises LeaseLost."""
        with transaction(self._scope()) as scope:
            self._refuse_at_rest(scope, hold=True)
            yield scope
            finished = scope.session.execute(
                update(Job)
                .where(
                    Job.id == self.claim.job_id,
                    Job.lease_token == self.claim.token,
                    Job.state == JobState.RUNNING,
                )
                .values(state=JobState.DONE, finished_at=func.now(), lease_token=None, error=None)
                .returning(Job.id)
            ).scalar_one_or_none()
            if finished is None:
                raise LeaseLost(str(self.claim.job_id))
        self.finished = True

    def progress(self, done: int, total: int, words: str = "") -> None:
        """Tell how far the job is. Raises LeaseLost where it was cancelled or given to another worker."""
        with self.open():
            pass
        held = _settle(
            self.claim,
            progress_done=done,
            progress_total=total,
            progress_words=words,
            lease_until=func.now() + LEASE,
        )
        if not held:
            raise LeaseLost(str(self.claim.job_id))


Task = Callable[[Run[Any]], None]
TASKS: dict[JobName, Task] = {}


def job(name: JobName) -> Callable[[Callable[[Run[AnyHome]], None]], Callable[[Run[AnyHome]], None]]:
    """Register a task under its job's name. A task may run again at any time, so a repeat must be harmless."""

    def register(task: Callable[[Run[AnyHome]], None]) -> Callable[[Run[AnyHome]], None]:
        TASKS[name] = task
        return task

    return register


def claim_job(job_id: UUID) -> Claim | None:
    """Take a job that waits, or whose worker let its lease run out; None where there is nothing to do."""
    token = uuid4()
    with transaction(DispatchScope()) as scope:
        row = scope.session.execute(
            update(Job)
            .where(
                Job.id == job_id,
                Job.due_at <= func.now(),
                or_(
                    Job.state == JobState.QUEUED,
                    (Job.state == JobState.RUNNING) & (Job.lease_until < func.now()),
                ),
            )
            .values(
                state=case((Job.tries >= MOST_TRIES, JobState.FAILED), else_=JobState.RUNNING),
                error=case(
                    (Job.tries >= MOST_TRIES, func.coalesce(Job.error, "its worker died each time")),
                    else_=Job.error,
                ),
                finished_at=case((Job.tries >= MOST_TRIES, func.now()), else_=None),
                tries=case((Job.tries >= MOST_TRIES, Job.tries), else_=Job.tries + 1),
                lease_token=token,
                lease_until=func.now() + LEASE,
            )
            .returning(Job)
        ).scalar_one_or_none()
        if row is None or row.state != JobState.RUNNING:
            return None
        return Claim(
            job_id=row.id,
            name=JobName(row.name),
            token=token,
            home_kind=row.home_kind,
            home_id=row.home_id,
            partnership_id=row.partnership_id,
            payload=row.payload,
            tries=row.tries,
        )


def _settle(claim: Claim, **values: Any) -> bool:
    """Change the claimed job if the claim still holds; whether it does."""
    with transaction(DispatchScope()) as scope:
        settled = scope.session.execute(
            update(Job)
            .where(Job.id == claim.job_id, Job.lease_token == claim.token, Job.state == JobState.RUNNING)
            .values(**values)
            .returning(Job.id)
        ).scalar_one_or_none()
    return settled is not None


def _queue_again(claim: Claim, *, seconds: float, error: str | None = None, tries: int) -> None:
    """Put the claimed job back; where a newer one with its key waits already, that one does the work."""
    try:
        held = _settle(
            claim,
            state=JobState.QUEUED,
            lease_token=None,
            tries=tries,
            due_at=func.now() + timedelta(seconds=seconds),
            error=error,
        )
    except IntegrityError:
        _settle(
            claim,
            state=JobState.CANCELLED,
            lease_token=None,
            finished_at=func.now(),
            error="a newer one waits",
        )
        return
    if held:
        bell.ring_job(claim.job_id, claim.name.queue, after=seconds)


@contextmanager
def _lease_kept(claim: Claim, app: Flask) -> Iterator[None]:
    """Renew the lease in the background for as long as the process lives; a killed one lets it run out."""
    ended = threading.Event()

    def renew() -> None:
        with app.app_context():
            while not ended.wait(RENEWAL):
                try:
                    held = _settle(claim, lease_until=func.now() + LEASE)
                except OperationalError as error:
                    # A lease outlasts a few renewals, and so a database that starts anew.
                    log.warning("job %s: its lease could not be renewed: %s", claim.job_id, error)
                    continue
                if not held:
                    return

    thread = threading.Thread(target=renew, name=f"lease-{claim.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def home_scope(claim: Claim) -> Home:
    """The scope in which a job runs: that of its home, acting as the system."""
    match claim.home_kind:
        case PlaceKind.ORGANISATION:
            return OrganisationScope(organisation_id=claim.home_id, partnership_id=claim.partnership_id)
        case PlaceKind.PARTNERSHIP:
            return PartnershipScope(partnership_id=claim.home_id)
        case PlaceKind.PROVIDER:
            return ProviderScope(provider_id=claim.home_id, partnership_id=claim.partnership_id)
        case PersonScope.kind:
            return PersonScope(person_id=claim.home_id)
        case InstallationScope.kind:
            return InstallationScope()
    raise ValueError(f"a job of no home: {claim.home_kind}")


def run_job(job_id: UUID) -> bool:
    """Claim and run a job; whether this call brought it to its end.

    A worker that was given up for dead and comes back can't finish: its claim no longer holds.
    """
    claim = claim_job(job_id)
    if claim is None:
        return False
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    run: Run[Any] = Run(claim)
    try:
        with _lease_kept(claim, app):
            TASKS[claim.name](run)
            if not run.finished:
                with run.finish():
                    pass
    except LeaseLost:
        log.warning("job %s: the lease was lost, nothing more of this run was kept", claim.job_id)
    except RunLater as wait:
        _queue_again(claim, seconds=wait.seconds, tries=claim.tries - 1)
    except Exception as error:
        # The boundary between a task and the worker: whatever went wrong is written where people look, then tried again.
        log.exception("job %s (%s) failed", claim.job_id, claim.name)
        words = f"{type(error).__name__}: {error}"[:1000]
        if claim.tries >= MOST_TRIES:
            _settle(claim, state=JobState.FAILED, finished_at=func.now(), lease_token=None, error=words)
        else:
            _queue_again(claim, seconds=RETRY_AFTER * claim.tries, error=words, tries=claim.tries)
    return run.finished


def sweep_jobs() -> int:
    """Announce every job that is due, and take back those that lost their worker; how many."""
    with transaction(DispatchScope(), read_only=True) as scope:
        due = scope.session.execute(
            select(Job.id, Job.name)
            .where(
                or_(
                    (Job.state == JobState.QUEUED) & (Job.due_at <= func.now()),
                    (Job.state == JobState.RUNNING) & (Job.lease_until < func.now()),
                )
            )
            .order_by(Job.due_at, Job.id)
            .limit(SWEEP_LIMIT)
        ).all()
    for job_id, name in due:
        bell.ring_job(job_id, JobName(name).queue)
    return len(due)

"""Enqueuing, following and cancelling jobs, from within a place."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core import bell
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.types import JobName, JobState
from tia_hub.core.scope import Home, Scope


def after_commit(scope: Scope, call: Callable[[], None]) -> None:
    """Have something called once the scope's transaction has been committed, and not at all if it is rolled back."""
    scope.session.info.setdefault("after_commit", []).append(call)


def enqueue(
    scope: Home,
    name: JobName,
    *,
    key: str,
    payload: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> UUID | None:
    """Have a job run after the commit; None where one with this key waits already, which will see this change too."""
    job_id = uuid4()
    inserted = scope.session.execute(
        insert(Job)
        .values(
            id=job_id,
            home_kind=scope.kind,
            home_id=scope.home_id,
            partnership_id=scope.partnership_id,
            name=name,
            key=key,
            payload=payload or {},
            due_at=due_at or func.now(),
        )
        .on_conflict_do_nothing(index_elements=["home_id", "key"], index_where=text("state = 'queued'"))
        .returning(Job.id)
    ).scalar_one_or_none()
    if inserted is None:
        return None
    if due_at is None:
        after_commit(scope, lambda: bell.ring_job(job_id, name.queue))
    return job_id


def get_job(scope: Home, job_id: UUID) -> Job | None:
    """A job of this home, as it stands now."""
    return scope.session.scalar(select(Job).where(Job.id == job_id, Job.home_id == scope.home_id))


def find_live_job(scope: Home, key: str) -> Job | None:
    """The job of this home with a key that waits or runs."""
    return scope.session.scalar(
        select(Job)
        .where(Job.home_id == scope.home_id, Job.key == key, Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
        .order_by(Job.created_at)
        .limit(1)
    )


def cancel_job(scope: Home, job_id: UUID) -> bool:
    """Stop a job that has not ended; whether there was one. A running worker notices at its next step."""
    cancelled = scope.session.execute(
        update(Job)
        .where(
            Job.id == job_id,
            Job.home_id == scope.home_id,
            Job.state.in_([JobState.QUEUED, JobState.RUNNING]),
        )
        .values(state=JobState.CANCELLED, finished_at=func.now(), lease_token=None)
        .returning(Job.id)
    ).scalar_one_or_none()
    return cancelled is not None

"""Making schedules, and turning those that are due into jobs."""

from datetime import date, time
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core import bell
from tia_hub.core.clock import now
from tia_hub.core.identity import resolver
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.services import after_commit
from tia_hub.core.jobs.types import JobName
from tia_hub.core.schedules.models import Schedule
from tia_hub.core.schedules.recurrence import Frequency, next_instant
from tia_hub.core.scope import DispatchScope, Home, transaction

LONDON = "Europe/London"
SWEEP_LIMIT = 500


def create_schedule(
    scope: Home,
    name: JobName,
    *,
    frequency: Frequency,
    first_on: date,
    local_time: time,
    payload: dict[str, Any] | None = None,
    zone: str = LONDON,
) -> Schedule:
    """Have a job fall due again and again, from its first day on (or the next one, where that has passed)."""
    schedule = Schedule(
        id=uuid4(),
        home_kind=scope.kind,
        home_id=scope.home_id,
        partnership_id=scope.partnership_id,
        job_name=name,
        payload=payload or {},
        frequency=frequency,
        first_on=first_on,
        local_time=local_time,
        zone=zone,
        next_at=next_instant(first_on, frequency, local_time, zone, after=now()),
    )
    scope.session.add(schedule)
    return schedule


def ensure_schedule(scope: Home, name: JobName, *, local_time: time) -> None:
    """Have a job of this place fall due every day at a local time, unless it does already."""
    first_on = now().date()
    scope.session.execute(
        insert(Schedule)
        .values(
            id=uuid5(scope.home_id, name),
            home_kind=scope.kind,
            home_id=scope.home_id,
            partnership_id=scope.partnership_id,
            job_name=name,
            payload={},
            frequency=Frequency.DAILY,
            first_on=first_on,
            local_time=local_time,
            zone=LONDON,
            paused=False,
            next_at=next_instant(first_on, Frequency.DAILY, local_time, LONDON, after=now()),
        )
        .on_conflict_do_nothing(index_elements=["id"])
    )


def get_schedule(scope: Home, schedule_id: UUID) -> Schedule | None:
    """A schedule of this place."""
    return scope.session.scalar(select(Schedule).where(Schedule.id == schedule_id, Schedule.home_id == scope.home_id))


def set_paused(schedule: Schedule, paused: bool) -> None:
    """Pause a schedule, or have it go on with the next time that is still to come."""
    schedule.paused = paused
    if not paused:
        schedule.next_at = next_instant(
            schedule.first_on, Frequency(schedule.frequency), schedule.local_time, schedule.zone, after=now()
        )


def run_due_schedules() -> int:
    """Make one job of every schedule that is due and move it on to its next time; how many.

    After a gap each schedule runs once, not once for every time missed. Those of a place at rest move on and make none. Two
    sweeps at once share the work: a row that one holds is skipped by the other.
    """
    made = 0
    with transaction(DispatchScope()) as scope:
        due = scope.session.scalars(
            select(Schedule)
            .where(Schedule.next_at <= func.now(), Schedule.paused.is_(False))
            .order_by(Schedule.next_at, Schedule.id)
            .limit(SWEEP_LIMIT)
            .with_for_update(skip_locked=True)
        ).all()
        at_rest = resolver().list_at_rest(scope, {schedule.home_id for schedule in due}) if due else set()
        for schedule in due:
            if schedule.home_id not in at_rest:
                _make_job(scope, schedule)
                made += 1
            schedule.last_at = schedule.next_at
            schedule.next_at = next_instant(
                schedule.first_on,
                Frequency(schedule.frequency),
                schedule.local_time,
                schedule.zone,
                after=max(schedule.next_at, now()),
            )
    return made


def _make_job(scope: DispatchScope, schedule: Schedule) -> None:
    job_id, name = uuid4(), JobName(schedule.job_name)
    scope.session.execute(
        insert(Job)
        .values(
            id=job_id,
            home_kind=schedule.home_kind,
            home_id=schedule.home_id,
            partnership_id=schedule.partnership_id,
            name=name,
            key=f"schedule:{schedule.id}",
            payload=schedule.payload | {"due_at": schedule.next_at.isoformat()},
        )
        .on_conflict_do_nothing(index_elements=["home_id", "key"], index_where=text("state = 'queued'"))
    )
    after_commit(scope, lambda: bell.ring_job(job_id, name.queue))

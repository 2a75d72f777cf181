"""What can be done with an audit."""

from datetime import date
from typing import NewType
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_or_leave

from tia_hub.audits.models import Audit, AuditEntry
from tia_hub.audits.queries import find_open_audit, lock_audit
from tia_hub.audits.types import OVERALL, AuditState, Disclosure
from tia_hub.core.clock import now, today
from tia_hub.core.errors import Refused
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.framework.loader import current_edition


def start_audit(
    scope: OrganisationScope,
    *,
    title: str,
    started_on: date | None = None,
    team_id: UUID | None = None,
    team_name: str | None = None,
) -> tuple[UUID, bool]:
    """Begin an audit of the organisation, or of a team, with the current edition; its id, and whether it is new.

    It started today unless `started_on` says otherwise. Where one is in progress already (somebody clicked twice, or a
    colleague was quicker), that one is returned.
    """
    edition = current_edition()
    audit_id = scope.session.scalar(
        insert_or_leave(Audit)
        .values(
            organisation_id=scope.organisation_id,
            id=uuid4(),
            team_id=team_id,
            team_name=team_name,
            edition=edition.code,
            title=title,
            started_on=started_on or today(),
            started_by=scope.actor.name,
        )
        .on_conflict_do_nothing()
        .returning(Audit.id)
    )
    if audit_id is None:
        already = find_open_audit(scope, team_id)
        if already is None:
            raise Refused("The audit that was in progress has just ended. Go back and start the new one again.")
        return already.id, False
    codes = [
        *(criterion.code for criterion in edition.criteria),
        *(principle.code for principle in edition.principles),
        OVERALL,
    ]
    scope.session.execute(
        insert(AuditEntry),
        [{"organisation_id": scope.organisation_id, "audit_id": audit_id, "code": code} for code in codes],
    )
    record(scope, "audit.started", f"Started the audit “{title}” of {team_name or scope.name}", target_id=audit_id)
    return audit_id, True


OpenAudit = NewType("OpenAudit", Audit)
"""An audit that is in progress, and stays so until the transaction ends: `open_audit` alone gives one."""


def open_audit(scope: OrganisationScope, audit_id: UUID) -> OpenAudit:
    """An audit to write in. Raises NotFound, and Refused when it was submitted."""
    audit = lock_audit(scope, audit_id, shared=True)
    if audit.state != AuditState.IN_PROGRESS:
        raise Refused("This audit was submitted, so it can’t be changed. To save what you typed, reopen the audit first.")
    return OpenAudit(audit)


def submit_audit(scope: OrganisationScope, *, audit_id: UUID) -> bool:
    """Submit an audit as it is, complete or not; whether this call did it (a second one changes nothing)."""
    audit = lock_audit(scope, audit_id)
    if audit.state == AuditState.SUBMITTED:
        return False
    audit.state = AuditState.SUBMITTED
    audit.submitted_at = now()
    audit.submitted_by = scope.actor.name
    record(scope, "audit.submitted", f"Submitted the audit “{audit.title}”", target_id=audit.id)
    enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")
    return True


def reopen_audit(scope: OrganisationScope, *, audit_id: UUID, reason: str) -> bool:
    """Take a submitted audit back to work on, for a reason; whether this call did it.

    What was shared is withdrawn with it: sharing is an act of its own, and what will be there then nobody has seen yet.
    Raises Refused where another audit of the same scope is in progress.
    """
    audit = lock_audit(scope, audit_id)
    if audit.state == AuditState.IN_PROGRESS:
        return False
    if find_open_audit(scope, audit.team_id) is not None:
        raise Refused(f"Another audit of {audit.team_name or 'the organisation'} is in progress. Submit that one first.")
    audit.state = AuditState.IN_PROGRESS
    audit.submitted_at = audit.submitted_by = None
    audit.reopened_reason = reason
    audit.disclosure = Disclosure.PRIVATE
    audit.shared_at = audit.shared_by = None
    record(scope, "audit.reopened", f"Reopened the audit “{audit.title}”: {reason}", target_id=audit.id)
    enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")
    return True


def share_audit(scope: OrganisationScope, *, audit_id: UUID) -> bool:
    """Share a submitted audit's ratings and counts with the coordinator; whether this call did it."""
    audit = lock_audit(scope, audit_id)
    if audit.state != AuditState.SUBMITTED:
        raise Refused("This audit is still in progress. Submit it before you share it with the coordinator.")
    if audit.disclosure == Disclosure.SHARED:
        return False
    audit.disclosure = Disclosure.SHARED
    audit.shared_at = now()
    audit.shared_by = scope.actor.name
    record(scope, "audit.shared", f"Shared the audit “{audit.title}” with the coordinator", target_id=audit.id)
    enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")
    return True


def withdraw_audit(scope: OrganisationScope, *, audit_id: UUID) -> bool:
    """Stop sharing an audit with the coordinator; whether this call did it."""
    audit = lock_audit(scope, audit_id)
    if audit.disclosure == Disclosure.PRIVATE:
        return False
    audit.disclosure = Disclosure.PRIVATE
    audit.shared_at = audit.shared_by = None
    record(scope, "audit.withdrawn", f"Stopped sharing the audit “{audit.title}” with the coordinator", target_id=audit.id)
    enqueue(scope, JobName.PUBLISH_FIGURES, key="publish")
    return True

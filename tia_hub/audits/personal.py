"""What the room `audits` holds on a person: their name beside what they did to the organisation's audits."""

from collections.abc import Sequence

from sqlalchemy import select

from tia_hub.audits.models import Audit, AuditEntry
from tia_hub.core.personal import MOST_ROWS, Fact, Holding, Subject, instant, replace_names
from tia_hub.core.scope import OrganisationScope


def _entries(scope: OrganisationScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(Audit.title, AuditEntry.code, AuditEntry.changed_at)
        .join(Audit, (Audit.organisation_id == AuditEntry.organisation_id) & (Audit.id == AuditEntry.audit_id))
        .where(AuditEntry.organisation_id == scope.organisation_id, AuditEntry.changed_by.in_(subject.names))
        .order_by(AuditEntry.changed_at.desc())
        .limit(MOST_ROWS)
    )
    # What is written there is about the organisation, and the organisation's.
    return [
        {"Audit": row.title, "Entry that you wrote last": row.code, "When": instant(row.changed_at)}
        for row in scope.session.execute(query)
    ]


def _forget(scope: OrganisationScope, subject: Subject) -> None:
    replace_names(scope.session, subject, Audit.started_by, Audit.submitted_by, Audit.shared_by, AuditEntry.changed_by)


HOLDINGS = (
    Holding(
        kind="audits",
        title="Entries of audits that you wrote last",
        purpose="So that colleagues know whom to ask.",
        fate="Stay, as they are about your organisation, without your name.",
        scope=OrganisationScope,
        columns=("audit.started_by", "audit.submitted_by", "audit.shared_by", "audit_entry.changed_by"),
        collect=_entries,
        erase=_forget,
    ),
)

"""What the room `audits` holds on a person: their name beside what they did to the organisation's audits."""

from collections.abc import Sequence

from sqlalchemy import or_, select, update

from tia_hub.audits.models import Audit, AuditContribution, AuditEntry, AuditRequest
from tia_hub.audits.types import Rating
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


def _contributions(scope: OrganisationScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(Audit.title, AuditContribution)
        .join(Audit, (Audit.organisation_id == AuditContribution.organisation_id) & (Audit.id == AuditContribution.audit_id))
        .where(
            AuditContribution.organisation_id == scope.organisation_id,
            AuditContribution.member_id == scope.membership_id,
            or_(AuditContribution.comment != "", AuditContribution.rating.is_not(None)),
        )
        .order_by(AuditContribution.changed_at.desc(), AuditContribution.id)
        .limit(MOST_ROWS)
    )
    return [
        {
            "Audit": title,
            "Criterion": each.code,
            "Your rating": Rating(each.rating).words if each.rating else "",
            "Your comment": each.comment,
            "When": instant(each.changed_at),
        }
        for title, each in scope.session.execute(query)
    ]


def _forget_contributions(scope: OrganisationScope, subject: Subject) -> None:
    scope.session.execute(
        update(AuditContribution)
        .where(AuditContribution.organisation_id == scope.organisation_id, AuditContribution.member_id == scope.membership_id)
        .values(comment="", version=AuditContribution.version + 1)
    )
    replace_names(scope.session, subject, AuditRequest.asked_by)


HOLDINGS = (
    Holding(
        kind="contributions",
        title="What you said about audits when you were asked",
        purpose="So that the organisation hears more than its own view.",
        fate="Your words are removed. Ratings stay, without your name.",
        scope=OrganisationScope,
        columns=("audit_contribution.member_id", "audit_request.member_id", "audit_request.asked_by"),
        collect=_contributions,
        erase=_forget_contributions,
    ),
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

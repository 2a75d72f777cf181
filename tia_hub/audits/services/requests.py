"""Asking people about parts of an audit, and what they answer: beside the self-rating, never merged with it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import insert

from tia_hub.audits.merging import Sent
from tia_hub.audits.models import AuditContribution, AuditRequest
from tia_hub.audits.queries import get_audit_request, get_request, list_contributions
from tia_hub.audits.services.audits import open_audit
from tia_hub.audits.services.saving import Saved, save_written
from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.mail.services import link, post
from tia_hub.core.permissions import Permission
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.framework.loader import get_edition
from tia_hub.tenants.models.people import Membership


class Closed(Refused):
    """The request was withdrawn, or its audit submitted: what was written stays, and nothing more is taken."""


def expand(edition: str, chosen: Collection[str]) -> list[str]:
    """The codes of the criteria that were chosen, by themselves or with their whole principle, in the edition's order."""
    return [
        criterion.code
        for principle in get_edition(edition).principles
        for criterion in principle.criteria
        if principle.code in chosen or criterion.code in chosen
    ]


def ask_somebody(
    scope: OrganisationScope,
    audit_id: UUID,
    member: Membership,
    *,
    chosen: Collection[str],
    note: str,
    due_on: date | None,
    shows_ours: bool,
) -> UUID:
    """Ask a present member about criteria of an audit. Raises NotFound, and Refused once it was submitted."""
    audit = open_audit(scope, audit_id)
    codes = expand(audit.edition, chosen)
    request_id = uuid4()
    common = {"organisation_id": scope.organisation_id, "audit_id": audit_id, "member_id": member.id}
    scope.session.execute(
        insert(AuditRequest).values(
            **common, id=request_id, codes=codes, note=note, due_on=due_on, shows_ours=shows_ours, asked_by=scope.actor.name
        )
    )
    scope.session.execute(
        insert(AuditContribution), [{**common, "id": uuid4(), "request_id": request_id, "code": code} for code in codes]
    )
    words = f"Asked {member.person.name} about {len(codes)} criteria of the audit “{audit.title}”"
    record(scope, "audit.asked", words, target_id=audit_id)
    post(
        scope,
        to=member.person.email,
        recipient_id=member.person_id,
        permission=Permission.AUDIT_CONTRIBUTE,
        subject=f"{scope.actor.name} asks for your view at {scope.name}",
        template="audit_asked",
        context={
            "name": member.person.name,
            "asker": scope.actor.name,
            "organisation": scope.name,
            "criteria": len(codes),
            "due_on": due_on,
            "link": link("audits.asked", organisation=scope.slug, asked_id=request_id),
        },
    )
    return request_id


def withdraw_request(scope: OrganisationScope, audit_id: UUID, request_id: UUID) -> bool:
    """Close a request; whether this call did. What was written stays with its author and the leads. Raises NotFound."""
    request = get_audit_request(scope, audit_id, request_id)
    if request.closed_at is not None:
        return False
    request.closed_at = now()
    record(scope, "audit.request_withdrawn", "Withdrew a request for somebody’s view", target_id=audit_id)
    return True


def save_contributions(
    scope: OrganisationScope, request_id: UUID, sent: Mapping[str, Sent], codes: Sequence[str] | None = None
) -> Saved[AuditContribution]:
    """Save what the acting member typed about criteria they were asked about. Raises NotFound, Closed."""
    request, _ = get_request(scope, request_id)
    if request.closed_at is not None:
        raise Closed("This request was withdrawn. What you wrote before is kept.")
    try:
        open_audit(scope, request.audit_id)
    except Refused as submitted:
        raise Closed("The audit was submitted meanwhile, so nothing more can be added. What you wrote before is kept.") from (
            submitted
        )
    entries = list_contributions(scope, request_id, codes)
    return save_written(scope, entries, sent, again=lambda found: list_contributions(scope, request_id, found))

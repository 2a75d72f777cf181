"""Audits, begun, filled in, submitted and shared as the product does it."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from tests.factories.tenants import Someone, Tenant
from tia_hub.audits.merging import Sent, digest
from tia_hub.audits.queries import list_entries
from tia_hub.audits.services.audits import open_audit, share_audit, start_audit, submit_audit
from tia_hub.audits.services.requests import ask_somebody
from tia_hub.audits.services.saving import save_entries, values_of
from tia_hub.audits.types import Rating
from tia_hub.core.scope import transaction
from tia_hub.framework.loader import current_edition
from tia_hub.tenants.queries.people import find_member_by_email

Words = Mapping[str, str]
"""Fields of an entry by name: rating, reason, journey, evidence."""


def make_audit(
    tenant: Tenant,
    *,
    title: str = "Audit of 2027",
    started_on: date = date(2027, 3, 9),
    team_id: UUID | None = None,
    team_name: str | None = None,
    entries: Mapping[str, Words] | None = None,
) -> UUID:
    """An audit in progress; `entries` by code of criterion, of principle, or `overall`."""
    with transaction(tenant.scope()) as scope:
        audit_id, _ = start_audit(scope, title=title, started_on=started_on, team_id=team_id, team_name=team_name)
    if entries:
        fill_audit(tenant, audit_id, entries)
    return audit_id


def fill_audit(tenant: Tenant, audit_id: UUID, entries: Mapping[str, Words]) -> None:
    """Write entries over what the audit says."""
    with transaction(tenant.scope()) as scope:
        audit = open_audit(scope, audit_id)
        stored = list_entries(scope, audit_id, entries)
        sent = {
            code: Sent(values=words, seen={name: digest(values_of(stored[code])[name]) for name in words})
            for code, words in entries.items()
        }
        assert not save_entries(scope, audit=audit, entries=stored, sent=sent).conflicts


def rated(*, green: int = 0, amber: int = 0, red: int = 0) -> dict[str, Words]:
    """Entries for the first criteria of the edition: so many green, then amber, then red."""
    ratings = [Rating.GREEN] * green + [Rating.AMBER] * amber + [Rating.RED] * red
    return {
        criterion.code: {
            "rating": rating,
            "journey": f"Where we are with {criterion.code}.",
            "evidence": f"What shows it for {criterion.code}.",
        }
        for criterion, rating in zip(current_edition().criteria, ratings, strict=False)
    }


def make_shared_audit(tenant: Tenant, *, entries: Mapping[str, Words] | None = None, **kwargs: object) -> UUID:
    """An audit that was submitted and shared with the coordinator."""
    audit_id = make_audit(tenant, entries=entries or rated(green=2, amber=1, red=1), **kwargs)  # type: ignore[arg-type]
    with transaction(tenant.scope()) as scope:
        submit_audit(scope, audit_id=audit_id)
        share_audit(scope, audit_id=audit_id)
    return audit_id


def make_request(
    tenant: Tenant,
    audit_id: UUID,
    someone: Someone,
    codes: tuple[str, ...] = ("safety.1", "safety.2"),
    *,
    note: str = "",
    due_on: date | None = None,
    shows_ours: bool = False,
) -> UUID:
    """Somebody of the organisation is asked about criteria of an audit in progress."""
    with transaction(tenant.scope()) as scope:
        member = find_member_by_email(scope, someone.email)
        assert member
        return ask_somebody(scope, audit_id, member, chosen=codes, note=note, due_on=due_on, shows_ours=shows_ours)

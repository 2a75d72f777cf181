"""Collecting what an organisation publishes: submitted and shared audits, and counts of people that may be told."""

from tia_hub.audits.queries import list_shared_audits
from tia_hub.audits.types import SharedAudit
from tia_hub.core.scope import OrganisationScope
from tia_hub.framework.loader import current_edition
from tia_hub.outcomes.queries import list_shared_readings
from tia_hub.outcomes.types import SharedReading
from tia_hub.reports.queries.members import get_office
from tia_hub.reports.scoring import number_words, people_to_publish
from tia_hub.reports.types import AuditToPublish, ReadingToPublish, ToPublish
from tia_hub.training.queries import count_development_areas, count_needed_levels


def collect(scope: OrganisationScope) -> ToPublish:
    """Everything that the coordinator may see of the organisation at this moment."""
    levels = {level.value: count for level, count in count_needed_levels(scope).items()}
    return ToPublish(
        audits=tuple(_audit(audit) for audit in list_shared_audits(scope)),
        people=people_to_publish(
            levels, count_development_areas(scope), get_office(scope).small_number, level_of=_levels_of_areas()
        ),
        readings=tuple(_reading(reading) for reading in list_shared_readings(scope)),
    )


def _levels_of_areas() -> dict[str, str | None]:
    """By statement, the level whose people it concerns; None for those that concern everybody."""
    edition = current_edition()
    everyone = edition.levels_guide.everyone
    return {each.code: None if each.level is everyone else each.level.value for each in edition.statements}


def _reading(reading: SharedReading) -> ReadingToPublish:
    return ReadingToPublish(
        indicator_id=reading.indicator_id,
        edition=reading.edition,
        element=reading.element,
        name=reading.name,
        value=reading.words or "" if reading.number is None else number_words(reading.kind, reading.number, reading.unit),
        source=reading.source,
        read_on=reading.read_on,
    )


def _audit(audit: SharedAudit) -> AuditToPublish:
    return AuditToPublish(
        audit_id=audit.audit_id,
        scope_kind=audit.scope_kind,
        team_name=audit.team_name,
        edition=audit.edition,
        started_on=audit.started_on,
        submitted_at=audit.submitted_at,
        ratings={code: rating.value if rating else None for code, rating in audit.ratings.items()},
    )

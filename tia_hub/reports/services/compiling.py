"""Compiling: what a report says, out of what organisations have published."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tia_hub.core.clock import LONDON, format_date, now
from tia_hub.core.scope import PartnershipScope
from tia_hub.framework.loader import current_edition, get_edition
from tia_hub.framework.types import Edition, UnknownCode
from tia_hub.reports.models import Publication, PublishedReading, Report
from tia_hub.reports.queries.members import Member, get_office, list_areas, list_members
from tia_hub.reports.queries.publications import (
    CountRow,
    count_people,
    count_ratings,
    list_audited_before,
    list_counted_audits,
    list_failed,
    list_latest_readings,
    list_publications,
    list_waiting,
)
from tia_hub.reports.scoring import tally_audits
from tia_hub.reports.types import (
    AuditLine,
    CountKind,
    Omission,
    OutcomeFigures,
    Participant,
    PeopleFigures,
    RegistryFigures,
    ReportFigures,
)
from tia_hub.tenants.types.organisations import OrganisationState, Sector
from tia_hub.trainers.queries import summarise_registry
from tia_hub.trainers.types import RegistrySummary


@dataclass(frozen=True)
class Waiting:
    """How many of a report's organisations have yet to publish, of how many."""

    organisations: int
    total: int


def members_of(scope: PartnershipScope, report: Report) -> list[Member]:
    """The organisations that a report is about, whatever their state: all, or those of its areas and sectors."""
    areas = {UUID(area_id) for area_id in report.area_ids}
    return [
        member
        for member in list_members(scope)
        if (not areas or areas & member.area_ids) and (not report.sectors or member.sector in report.sectors)
    ]


def count_waiting(scope: PartnershipScope, report: Report) -> Waiting:
    """Whether figures that were due when the report was asked for are still being computed."""
    # The figures of a suspended one are not computed until it is active again: there is nothing to wait for.
    members = [member for member in members_of(scope, report) if member.state is OrganisationState.ACTIVE]
    waiting = list_waiting(scope, asked_at=report.created_at)
    return Waiting(sum(member.id in waiting for member in members), len(members))


def compile_figures(scope: PartnershipScope, report: Report) -> ReportFigures:
    """Every figure of a report, in a handful of statements however many organisations there are."""
    office, all_members = get_office(scope), members_of(scope, report)
    members = [member for member in all_members if member.counts]
    ids = [member.id for member in members]
    period = (report.period_from, report.period_to)
    audits = list_counted_audits(scope, ids, *period)
    publications = {row.organisation_id: row for row in list_publications(scope)}
    areas = dict(list_areas(scope))
    registry, edition = summarise_registry(scope), current_edition()
    counted = Counter((audit.edition, audit.scope_kind) for audit in audits)
    editions = {code: get_edition(code) for code, _ in counted}
    return ReportFigures(
        title=report.title,
        partnership=office.name,
        compiled_at=now(),
        period_from=report.period_from,
        period_to=report.period_to,
        areas=tuple(areas[UUID(area_id)] for area_id in report.area_ids if UUID(area_id) in areas),
        sectors=tuple(Sector(sector).words for sector in report.sectors),
        small_number=office.small_number,
        participants=_participants(members, audits, publications),
        audits=tally_audits(count_ratings(scope, ids, *period), counted, editions),
        people=_people(count_people(scope, ids), edition, registry),
        registry=_registry(registry, edition),
        outcomes=_outcomes(list_latest_readings(scope, ids, *period), {member.id: member.name for member in members}),
        omissions=_omissions(
            members,
            audited={audit.organisation_id for audit in audits},
            publications=publications,
            failed=list_failed(scope),
            before=list_audited_before(scope, ids, report.period_from) if report.period_from else {},
        )
        + _at_rest(all_members),
    )


def _local_date(instant: datetime) -> date:
    return instant.astimezone(LONDON).date()


def _participants(
    members: Sequence[Member], audits: Sequence[Any], publications: dict[UUID, Publication]
) -> tuple[Participant, ...]:
    audits_of = defaultdict(list)
    for audit in audits:
        audits_of[audit.organisation_id].append(
            AuditLine(
                scope_kind=audit.scope_kind,
                team_name=audit.team_name,
                edition=audit.edition,
                started_on=audit.started_on,
                submitted_on=_local_date(audit.submitted_at),
            )
        )
    participants = []
    for member in members:
        publication = publications.get(member.id)
        published_at = publication.published_at if publication else None
        participants.append(
            Participant(
                name=member.name,
                sector=Sector(member.sector).words,
                areas=member.areas,
                audits=tuple(audits_of[member.id]),
                published_on=_local_date(published_at) if published_at else None,
            )
        )
    return tuple(participants)


def _registry(registry: RegistrySummary, edition: Edition) -> RegistryFigures:
    return RegistryFigures(
        providers=registry.providers,
        courses=sum(registry.live_courses.values()),
        courses_with_dates=registry.courses_with_dates,
        courses_by_level=tuple((level.name, registry.live_courses[level.code]) for level in edition.levels),
    )


def _outcomes(readings: Sequence[PublishedReading], names: Mapping[UUID, str]) -> tuple[OutcomeFigures, ...]:
    places = {code: _outcome_places(get_edition(code)) for code in {reading.edition for reading in readings}}
    placed = [(places[reading.edition].get(reading.element), reading) for reading in readings]
    placed.sort(key=lambda each: (each[0] or NOWHERE, names[each[1].organisation_id], each[1].name, each[1].indicator_id))
    return tuple(
        OutcomeFigures(
            group=place[1] if place else "",
            element=place[2] if place else reading.element,
            organisation=names[reading.organisation_id],
            indicator=reading.name,
            value=reading.value,
            source=reading.source,
            read_on=reading.read_on,
        )
        for place, reading in placed
    )


NOWHERE = (1_000_000, "", "")
"""Sorts what the outcomes model does not know after everything that it does."""


def _outcome_places(edition: Edition) -> dict[str, tuple[int, str, str]]:
    elements = [(group.title, element) for group in edition.outcomes.groups for element in group.elements]
    return {element.code: (number, group, element.title) for number, (group, element) in enumerate(elements)}


def _people(rows: Sequence[CountRow], edition: Edition, registry: RegistrySummary) -> tuple[PeopleFigures, ...]:
    told = {(row.kind, row.code): row for row in rows}
    levels = [(level.code.value, level.name) for level in edition.levels]
    figures = [_count(told, CountKind.NEEDED_LEVEL, code, words) for code, words in levels]
    figures.append(_count(told, CountKind.FORM_STATE, "agreed", "All levels together"))
    for row in rows:
        if row.kind == CountKind.DEVELOPMENT_AREA:
            words, courses = _statement(edition, row.code), registry.statements.get(row.code, 0)
            figures.append(_count(told, CountKind.DEVELOPMENT_AREA, row.code, words, courses))
    return tuple(figures)


def _count(
    told: dict[tuple[str, str], CountRow], kind: CountKind, code: str, words: str, courses: int | None = None
) -> PeopleFigures:
    row = told.get((kind, code))
    return PeopleFigures(
        kind=kind,
        code=code,
        words=words,
        people=row.people if row else None,
        organisations=row.organisations if row else 0,
        courses=courses,
    )


def _statement(edition: Edition, code: str) -> str:
    try:
        return edition.statement(code).text
    except UnknownCode:
        return code


def _omissions(
    members: Sequence[Member],
    *,
    audited: Collection[UUID],
    publications: dict[UUID, Publication],
    failed: Collection[UUID],
    before: dict[UUID, datetime],
) -> tuple[Omission, ...]:
    omissions = []
    for member in members:
        publication = publications.get(member.id)
        published_at = publication.published_at if publication else None
        if member.id in failed:
            last = f"those of {format_date(published_at)} are used" if published_at else "none are used"
            omissions.append(Omission(what=member.name, why=f"Its newest figures could not be computed; {last}."))
        if member.id in audited:
            continue
        if member.id in before:
            day = format_date(before[member.id])
            why = f"Its last shared audit, of {day}, was submitted before the period of this report."
        elif published_at:
            why = "It has shared no audit that falls in this report."
        else:
            why = "It has not published any figures."
        omissions.append(Omission(what=member.name, why=why))
    return tuple(omissions)


def _at_rest(members: Sequence[Member]) -> tuple[Omission, ...]:
    words = {
        OrganisationState.SUSPENDED: "It is suspended. What it shared before that is counted.",
        OrganisationState.ARCHIVED: "It is archived, and not counted.",
        OrganisationState.CLOSING: "It is to be deleted, and not counted.",
    }
    return tuple(Omission(what=member.name, why=words[member.state]) for member in members if member.state in words)

"""The coordinator's overview, from what organisations have published and nothing else."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from flask import url_for

from tia_hub.core.clock import LONDON, format_date, now
from tia_hub.core.scope import PartnershipScope
from tia_hub.framework.loader import current_edition, get_edition
from tia_hub.home.presenters.items import Item, plural, step
from tia_hub.home.scoring import BY_NEED, NOT_APPLICABLE, UNRATED, prevailing
from tia_hub.reports.queries.members import Member
from tia_hub.reports.queries.publications import LatestAudit
from tia_hub.reports.services.reports import state_of
from tia_hub.reports.types import ReportState
from tia_hub.tenants.models.invitations import Invitation
from tia_hub.tenants.types.organisations import OrganisationState
from tia_hub.trainers.models import Course

PER_PAGE = 30
"""Organisations on one page of the map."""

COUNTED = (*reversed(BY_NEED), NOT_APPLICABLE, UNRATED)
WORDS = {"green": "green", "amber": "amber", "red": "red", NOT_APPLICABLE: "not applicable", UNRATED: "not rated"}
AT_REST = {
    OrganisationState.SUSPENDED: "suspended, counted with what it shared before that",
    OrganisationState.ARCHIVED: "archived, not counted here",
    OrganisationState.CLOSING: "to be deleted, not counted here",
}


@dataclass(frozen=True, kw_only=True)
class MapRow:
    """An organisation on the map: a rating for each principle, and the counts that it comes from."""

    label: str
    cells: list[str]
    counts: list[str]
    submitted: str


@dataclass(frozen=True, kw_only=True)
class Map:
    """One page of the map of organisations by principles."""

    title: str
    principles: list[str]
    rows: list[MapRow]
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The page."""

    steps: list[Item]
    waiting: list[Item]
    participating: int
    organisations: int
    map: Map | None
    support: list[tuple[str, str]]
    """Organisations where a principle is mostly red, by name, with the principles."""
    quiet: list[str]
    """Organisations that share no audit."""
    old: list[tuple[str, str]]
    """Organisations whose shared audit is older than a year, with its date."""
    at_rest: list[str]
    """What is to be known of organisations that are not active: whether they are counted here."""


def _words(ratings: Sequence[str | None]) -> str:
    counts = Counter(rating or UNRATED for rating in ratings)
    return ", ".join(f"{counts[rating]} {WORDS[rating]}" for rating in COUNTED if counts[rating])


def _ratings(audit: LatestAudit) -> dict[str, list[str | None]]:
    """The ratings of an audit by principle, in its edition's order."""
    return {
        principle.code: [audit.ratings.get(criterion.code) for criterion in principle.criteria]
        for principle in get_edition(audit.edition).principles
    }


def _row(member: Member, audit: LatestAudit) -> MapRow:
    found = _ratings(audit)
    ratings = [found.get(principle.code, []) for principle in current_edition().principles]
    return MapRow(
        label=member.name,
        cells=[prevailing(each) for each in ratings],
        counts=[_words(each) for each in ratings],
        submitted=format_date(audit.submitted_at),
    )


def _map(shown: Sequence[tuple[Member, LatestAudit]], page: int) -> Map | None:
    if not shown:
        return None
    pages = (len(shown) + PER_PAGE - 1) // PER_PAGE
    page = min(max(page, 1), pages)
    part = shown[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Map(
        title=f"Where {plural(len(shown), 'organisation stands', 'organisations stand')}, principle by principle"
        + (f" (page {page} of {pages})" if pages > 1 else ""),
        principles=[principle.title for principle in current_edition().principles],
        rows=[_row(member, audit) for member, audit in part],
        page=page,
        pages=pages,
    )


def _red_principles(audit: LatestAudit) -> str:
    found = _ratings(audit)
    return ", ".join(
        principle.title for principle in get_edition(audit.edition).principles if prevailing(found[principle.code]) == "red"
    )


def _waiting(
    scope: PartnershipScope, members: Sequence[Member], offered: Sequence[Course], failed: Collection[UUID]
) -> list[Item]:
    items = [
        Item(
            title=f"Check the course {course.title}",
            href=url_for("trainers.check_course", partnership=scope.slug, course_id=course.id),
            hint=f"Offered by {course.provider.name}. Organisations find it once you accept it",
            status="Offered",
            colour="teal",
        )
        for course in offered
    ]
    items += [
        Item(
            title=f"The figures of {member.name} could not be brought up to date",
            hint="What you see of it is from before. Whoever runs this installation can look into it",
            status="Failed",
            colour="red",
        )
        for member in members
        if member.id in failed
    ]
    return items


def _invited(scope: PartnershipScope, invitations: Sequence[Invitation]) -> list[Item]:
    open_ones = [each for each in invitations if each.accepted_at is None and each.revoked_at is None]
    late = [each for each in open_ones if each.expires_at <= now()]
    organisations = url_for("tenants.organisations", partnership=scope.slug)
    items = []
    if late:
        title = f"Send {plural(len(late), 'invitation', 'invitations')} to leads again"
        hint = "Nobody accepted in time"
        items.append(Item(title=title, href=organisations, hint=hint, status="Run out", colour="amber"))
    if len(open_ones) > len(late):
        title = f"{plural(len(open_ones) - len(late), 'lead has', 'leads have')} not accepted your invitation yet"
        items.append(Item(title=title, href=organisations, status="Invited"))
    return items


def _requests(scope: PartnershipScope, requests: int) -> list[Item]:
    if not requests:
        return []
    return [
        Item(
            title=f"{plural(requests, 'organisation asks', 'organisations ask')} to join",
            href=url_for("tenants.requests", partnership=scope.slug),
            hint="Approve it, ask a question first, or decline",
            status="Waits for you",
            colour="teal",
        )
    ]


def _steps(scope: PartnershipScope, *, members: bool, invited: bool, published: bool, reports: bool) -> list[Item]:
    if members and invited and reports:
        return []
    return [
        step(
            "Add the organisations that take part",
            url_for("tenants.organisations" if members else "tenants.new_organisation", partnership=scope.slug),
            "Police, NHS trusts, councils, schools, charities: each is a place of its own that others cannot see into",
            done=members,
        ),
        step(
            "Invite each organisation’s lead",
            url_for("tenants.organisations", partnership=scope.slug),
            "On the organisation’s page. The lead invites everybody else",
            done=invited,
        ),
        step(
            "Compile your first report",
            url_for("reports.index" if reports else "reports.new", partnership=scope.slug),
            "From what organisations share with you by now" if published else "As soon as organisations share their audits",
            done=reports,
        ),
    ]


def make_overview(
    scope: PartnershipScope,
    *,
    members: Sequence[Member],
    audits: Sequence[LatestAudit],
    offered: Sequence[Course],
    failed: Collection[UUID],
    invitations: Sequence[Invitation],
    requests: int,
    has_reports: bool,
    today: date,
    page: int,
) -> Overview:
    """Put the overview together; `page` is of the map."""
    at_rest = [f"{member.name}: {AT_REST[member.state]}" for member in members if member.state in AT_REST]
    members = [member for member in members if member.counts]
    by_organisation: Mapping[UUID, LatestAudit] = {audit.organisation_id: audit for audit in audits}
    shown = [(member, by_organisation[member.id]) for member in members if member.id in by_organisation]
    a_year_ago = today - relativedelta(years=1)
    red = ((member.name, _red_principles(audit)) for member, audit in shown)
    return Overview(
        steps=_steps(
            scope,
            members=bool(members),
            invited=bool(invitations) or bool(audits),
            published=bool(shown),
            reports=has_reports,
        ),
        waiting=[*_requests(scope, requests), *_waiting(scope, members, offered, failed), *_invited(scope, invitations)],
        participating=len(shown),
        organisations=len(members),
        map=_map(shown, page),
        support=[(name, principles) for name, principles in red if principles],
        quiet=[member.name for member in members if member.id not in by_organisation],
        old=[
            (member.name, format_date(audit.submitted_at))
            for member, audit in shown
            if audit.submitted_at.astimezone(LONDON).date() < a_year_ago
        ],
        at_rest=at_rest,
    )


def report_item(scope: PartnershipScope, report: Any) -> Item:
    """The latest report, as the task list takes it."""
    state = state_of(report.state, report.job_state)
    return Item(
        title=report.title,
        href=url_for("reports.show", partnership=scope.slug, report_id=report.id),
        hint=f"Asked for by {report.requested_by_name} on {format_date(report.created_at)}",
        status=state.words,
        colour="green" if state is ReportState.READY else "grey",
    )

"""Audits of the sample partnership: two rounds about a year apart, each in the state that an organisation's story tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, TypeVar

from sqlalchemy import insert

from tia_hub.audits.models import Audit, AuditEntry
from tia_hub.audits.types import OVERALL, AuditState, Disclosure, Rating
from tia_hub.core.clock import LONDON
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.trail import record
from tia_hub.demo.partnership.plan import PlannedOrganisation, PlannedTeam, Story
from tia_hub.demo.partnership.tenancy import dated
from tia_hub.demo.partnership.texts import Voice, chance, load, make_id
from tia_hub.framework.loader import current_edition

GREEN_FROM, AMBER_FROM = 0.66, 0.38
PROGRESS = 0.13
"""How much an organisation gets on between two audits, of 1."""
HARDER = {"safety": -0.06, "trustworthiness": 0.02, "choice": 0.0, "collaboration": 0.12, "empowerment": -0.02}
HARDEST = {"collaboration.2", "collaboration.3", "collaboration.7", "choice.10", "trustworthiness.7", "safety.10"}
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Round:
    """One audit that is to be made: of the organisation, or of a team."""

    number: int
    started_on: date
    submitted_at: datetime | None
    shared_at: datetime | None
    team: PlannedTeam | None = None


Day = TypeVar("Day", date, datetime)


def workday(day: Day) -> Day:
    """The day or instant, on the Friday before where it is at a weekend."""
    return day - max(0, day.weekday() - 4) * DAY


def at_work(day: date, by: Random) -> datetime:
    """An instant in the working hours of a day."""
    return datetime.combine(workday(day), time(by.randint(9, 16), by.randint(0, 59)), LONDON)


def plan_rounds(plan: PlannedOrganisation, today: date) -> list[Round]:
    """The audits of an organisation, the earliest first."""
    by = chance("rounds", plan.key)
    rounds = []
    if plan.story in (Story.TWO_SHARED, Story.SECOND_PRIVATE, Story.SECOND_IN_PROGRESS):
        rounds.append(_round(1, today - by.randint(400, 440) * DAY, by, submitted=True, shared=True))
    if plan.story in (Story.TWO_SHARED, Story.SECOND_PRIVATE, Story.FIRST_SHARED):
        shared = plan.story is not Story.SECOND_PRIVATE
        number = 1 if plan.story is Story.FIRST_SHARED else 2
        rounds.append(_round(number, today - by.randint(64, 110) * DAY, by, submitted=True, shared=shared))
    if plan.story in (Story.SECOND_IN_PROGRESS, Story.FIRST_IN_PROGRESS):
        number = 1 if plan.story is Story.FIRST_IN_PROGRESS else 2
        rounds.append(_round(number, today - by.randint(20, 45) * DAY, by, submitted=False, shared=False))
    for number, name in enumerate(plan.audited_teams):
        team = next(each for each in plan.teams if each.name == name)
        started = today - by.randint(70, 110) * DAY if number == 0 else today - by.randint(10, 25) * DAY
        rounds.append(_round(1, started, by, submitted=number == 0, shared=number == 0, team=team))
    return sorted(rounds, key=lambda each: each.started_on)


def _round(
    number: int, started_on: date, by: Random, *, submitted: bool, shared: bool, team: PlannedTeam | None = None
) -> Round:
    started_on = workday(started_on)
    submitted_at = at_work(started_on + by.randint(28, 45) * DAY, by) if submitted else None
    later = timedelta(days=by.randint(1, 9), minutes=by.randint(1, 50))
    shared_at = workday(submitted_at + later) if submitted_at and shared else None
    return Round(number=number, started_on=started_on, submitted_at=submitted_at, shared_at=shared_at, team=team)


def add_audits(scope: OrganisationScope, plan: PlannedOrganisation, today: date) -> None:
    """Store an organisation's audits with all that they say."""
    before: Mapping[str, Rating | None] = {}
    for each in plan_rounds(plan, today):
        ratings = _ratings(plan, each)
        _add_audit(scope, plan, each, ratings, {} if each.team else before, today)
        if each.team is None:
            before = ratings


def _ratings(plan: PlannedOrganisation, of: Round) -> dict[str, Rating | None]:
    """The ratings of an audit. An audit in progress has been filled in up to some point, and here and there beyond it."""
    excused = load("sectors")[plan.sector]["not_applicable"]
    criteria = current_edition().criteria
    by = chance("ratings", plan.key, of.number, of.team.name if of.team else "")
    reached = len(criteria) if of.submitted_at else round(len(criteria) * by.uniform(0.4, 0.85))
    ratings: dict[str, Rating | None] = {}
    for place, criterion in enumerate(criteria):
        # What is particular about an organisation and a criterion holds through all rounds.
        own = chance("bent", plan.key, of.team.name if of.team else "", criterion.code).gauss(0, 0.17)
        harder = HARDER[criterion.code.partition(".")[0]] + (0.12 if criterion.code in HARDEST else 0)
        score = plan.maturity - harder + own + (of.number - 1) * PROGRESS + by.gauss(0, 0.09)
        left = by.random() < (0.04 if of.submitted_at else 0.07)
        if left or (place >= reached and by.random() > 0.08):
            ratings[criterion.code] = None
        elif criterion.code in excused:
            ratings[criterion.code] = Rating.NOT_APPLICABLE
        else:
            ratings[criterion.code] = (
                Rating.GREEN if score >= GREEN_FROM else Rating.AMBER if score >= AMBER_FROM else Rating.RED
            )
    return ratings


def _add_audit(
    scope: OrganisationScope,
    plan: PlannedOrganisation,
    of: Round,
    ratings: Mapping[str, Rating | None],
    before: Mapping[str, Rating | None],
    today: date,
) -> None:
    by = chance("audit", plan.key, of.number, of.team.name if of.team else "")
    audit_id = make_id("audit", plan.slug, of.number, of.team.name if of.team else "")
    writers = [lead.name for lead in plan.leads]
    title = f"Audit of {of.started_on:%B %Y}"
    scope.session.execute(
        insert(Audit),
        {
            "organisation_id": plan.id,
            "id": audit_id,
            "created_at": at_work(of.started_on, by),
            "team_id": of.team.id if of.team else None,
            "team_name": of.team.name if of.team else None,
            "edition": current_edition().code,
            "title": title,
            "started_on": of.started_on,
            "started_by": writers[0],
            "state": AuditState.SUBMITTED if of.submitted_at else AuditState.IN_PROGRESS,
            "submitted_at": of.submitted_at,
            "submitted_by": writers[0] if of.submitted_at else None,
            "disclosure": Disclosure.SHARED if of.shared_at else Disclosure.PRIVATE,
            "shared_at": of.shared_at,
            "shared_by": writers[0] if of.shared_at else None,
        },
    )
    last_day = of.submitted_at.date() if of.submitted_at else today
    entries = _entries(plan, of, ratings, before, by)
    rows = []
    for code, entry in entries.items():
        written = any(entry.values())
        worked = at_work(of.started_on + by.randint(1, max(1, (last_day - of.started_on).days - 1)) * DAY, by)
        rows.append(
            {
                "organisation_id": plan.id,
                "id": make_id("entry", audit_id, code),
                "created_at": at_work(of.started_on, by),
                "audit_id": audit_id,
                "code": code,
                "version": 1 + sum(1 for value in entry.values() if value) + (by.randint(0, 2) if written else 0),
                "changed_at": worked,
                "changed_by": by.choice(writers) if written else None,
                **entry,
            }
        )
    scope.session.execute(insert(AuditEntry), rows)
    words = f"Started the audit “{title}” of {of.team.name if of.team else scope.name}"
    with dated(scope, at_work(of.started_on, by)):
        record(scope, "audit.started", words, target_id=audit_id)
    if of.submitted_at:
        with dated(scope, of.submitted_at):
            record(scope, "audit.submitted", f"Submitted the audit “{title}”", target_id=audit_id)
    if of.shared_at:
        with dated(scope, of.shared_at):
            record(scope, "audit.shared", f"Shared the audit “{title}” with the coordinator", target_id=audit_id)


def _entries(
    plan: PlannedOrganisation, of: Round, ratings: Mapping[str, Rating | None], before: Mapping[str, Rating | None], by: Random
) -> dict[str, dict[str, Any]]:
    """What an audit says under each code."""
    sector = load("sectors")[plan.sector]
    voice = Voice(sector["words"], of.submitted_at.date() if of.submitted_at else of.started_on)
    entries: dict[str, dict[str, Any]] = {}
    for code, rating in ratings.items():
        entry: dict[str, Any] = {"rating": rating, "reason": "", "journey": "", "evidence": ""}
        if rating is Rating.NOT_APPLICABLE:
            entry["reason"] = sector["not_applicable"][code]
        elif rating is not None:
            bank = load("audit_texts")[code]
            if by.random() < 0.93:
                entry["journey"] = _journey(voice, bank[rating], rating, before.get(code), by)
            red = rating is Rating.RED
            if by.random() < (0.3 if red else 0.8):
                entry["evidence"] = voice.choose(load("summaries")["evidence_of_red"] if red else bank["evidence"], by)
        entries[code] = entry
    for code in (*(principle.code for principle in current_edition().principles), OVERALL):
        of_code = [rating for key, rating in ratings.items() if code == OVERALL or key.partition(".")[0] == code]
        entries[code] = {"rating": None, "reason": "", "journey": "", "evidence": ""}
        if of.submitted_at:
            entries[code]["journey"] = voice.say(load("summaries")[code][_how_it_went(of_code)], by)
    return entries


def _journey(voice: Voice, texts: list[str], rating: Rating, before: Rating | None, by: Random) -> str:
    text = voice.choose(texts, by)
    order = [Rating.RED, Rating.AMBER, Rating.GREEN]
    if before not in order:
        return text
    step = order.index(rating) - order.index(before)
    move = "improved" if step > 0 else "worsened" if step < 0 else "same"
    return voice.choose(load("summaries")["moves"][move], by, before=before.value) + text


def _how_it_went(ratings: list[Rating | None]) -> str:
    green, amber, red = (ratings.count(each) for each in (Rating.GREEN, Rating.AMBER, Rating.RED))
    share = (green + amber / 2) / max(1, green + amber + red)
    return "low" if share < 0.45 else "middle" if share < 0.75 else "high"

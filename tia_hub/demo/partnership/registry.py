"""The registry of the sample partnership: providers, courses with dates, and what organisations think of them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from tia_hub.core.scope import Actor, OrganisationScope, PartnershipScope, ProviderScope, transaction
from tia_hub.core.trail import record
from tia_hub.demo.partnership.audits import at_work
from tia_hub.demo.partnership.plan import SPEAKER, PlannedOrganisation, Story
from tia_hub.demo.partnership.tenancy import area_id, dated
from tia_hub.demo.partnership.texts import chance, load, make_id
from tia_hub.framework.loader import current_edition
from tia_hub.framework.types import Audience, PracticeLevel
from tia_hub.trainers.models import Course, CourseDate, CourseRating, Provider, ProviderArea, ProviderUser
from tia_hub.trainers.services.scores import save_score
from tia_hub.trainers.types import PROVIDER_PERMISSIONS, Answer, CourseState, Met, Mode, ScoreState

VERSIONS = {CourseState.DRAFT: 1, CourseState.OFFERED: 2, CourseState.LIVE: 3, CourseState.WITHDRAWN: 4}
"""How often a course in each state has been changed at least."""


@dataclass(frozen=True, kw_only=True)
class PlannedScore:
    """What one organisation says about one course."""

    course_id: UUID
    state: ScoreState
    interest: str
    answers: dict[str, Answer]
    at: date


def provider_slug(name: str, mark: str) -> str:
    """The part of a provider's addresses."""
    return "-".join(part for part in (name.lower().replace(" ", "-"), mark) if part)


def plan_speakers(mark: str) -> list[tuple[UUID, str, str, UUID]]:
    """Who speaks for providers: person, name, address and provider."""
    parts = load("names")
    speakers = []
    for number, entry in enumerate(load("providers")):
        by = chance("speaker", entry["name"])
        slug = provider_slug(entry["name"], mark)
        name = SPEAKER if number == 0 else f"{by.choice(parts['first'])} {by.choice(parts['last'])}"
        address = f"{name.lower().replace(' ', '.')}@{slug}.example"
        speakers.append((make_id("speaker", slug), name, address, make_id("provider", slug)))
    return speakers


def has_providers(scope: PartnershipScope) -> bool:
    """Whether the providers are stored already: all of them are at once."""
    query = select(Provider.id).where(Provider.partnership_id == scope.partnership_id).limit(1)
    return scope.session.scalar(query) is not None


def add_providers(scope: PartnershipScope, mark: str, today: date) -> None:
    """Store the providers, where they work and who speaks for them; their courses are theirs to add."""
    of_us = {"partnership_id": scope.partnership_id}
    providers, areas = [], []
    for number, entry in enumerate(load("providers")):
        slug = provider_slug(entry["name"], mark)
        provider_id = make_id("provider", slug)
        joined = at_work(today - timedelta(days=420 - 11 * number), chance("joined", slug))
        providers.append(
            of_us
            | {
                "id": provider_id,
                "created_at": joined,
                "slug": slug,
                "name": entry["name"],
                "about": entry["about"],
                "email": f"courses@{slug}.example",
            }
        )
        areas += [of_us | {"provider_id": provider_id, "area_id": area_id(mark, area)} for area in entry["areas"]]
        with dated(scope, joined):
            record(scope, "provider.registered", f"Registered the training provider {entry['name']}", target_id=provider_id)
        for course in entry["courses"]:
            if CourseState(course["state"]) in (CourseState.LIVE, CourseState.WITHDRAWN):
                with dated(scope, _accepted(course["title"], today)):
                    words = f"Accepted the course {course['title']}"
                    record(scope, "course.accepted", words, target_id=make_id("course", slug, course["title"]))
    scope.session.execute(insert(Provider), providers)
    scope.session.execute(insert(ProviderArea), areas)
    scope.session.execute(
        insert(ProviderUser),
        [of_us | {"provider_id": provider, "person_id": person} for person, _, _, provider in plan_speakers(mark)],
    )


def add_courses(partnership_id: UUID, mark: str, today: date) -> None:
    """Store each provider's courses, unless they are there."""
    speakers = {provider: (person, name) for person, name, _, provider in plan_speakers(mark)}
    for entry in load("providers"):
        slug = provider_slug(entry["name"], mark)
        provider_id = make_id("provider", slug)
        person_id, name = speakers[provider_id]
        scope = ProviderScope(
            provider_id=provider_id,
            partnership_id=partnership_id,
            slug=slug,
            name=entry["name"],
            permissions=PROVIDER_PERMISSIONS,
            actor=Actor(person_id=person_id, name=name),
        )
        with transaction(scope):
            if scope.session.scalar(select(Course.id).where(Course.provider_id == provider_id).limit(1)) is None:
                _add_courses(scope, slug, entry["courses"], today)


def _add_courses(scope: ProviderScope, slug: str, entries: Sequence[dict[str, Any]], today: date) -> None:
    of_us = {"partnership_id": scope.partnership_id, "provider_id": scope.provider_id}
    courses, dates = [], []
    for entry in entries:
        by = chance("course", entry["title"])
        course = of_us | _course(slug, entry, by)
        courses.append(course)
        dates += [of_us | each for each in _dates(course, today, by)]
        offered = _accepted(entry["title"], today) - timedelta(days=by.randint(2, 9))
        if CourseState(entry["state"]) is not CourseState.DRAFT:
            with dated(scope, offered):
                record(scope, "course.offered", f"Offered the course {entry['title']}", target_id=course["id"])
    scope.session.execute(insert(Course), courses)
    if dates:
        scope.session.execute(insert(CourseDate), dates)


def _accepted(title: str, today: date) -> datetime:
    """When a course was accepted, if it was."""
    by = chance("accepted", title)
    return at_work(today - timedelta(days=by.randint(130, 240)), by)


def _course(slug: str, entry: dict[str, Any], by: Random) -> dict[str, Any]:
    texts = load("registry_texts")
    edition, level = current_edition(), PracticeLevel(entry["level"])
    audience = Audience(entry.get("audience", Audience.ALL_WORKERS))
    statements = [each.code for each in edition.statements_for(level, {audience})]
    own = [code for code in statements if edition.statement(code).audience is audience]
    state = CourseState(entry["state"])
    complete = bool(entry["aims"])
    chosen = set(by.sample(statements, min(len(statements), by.randint(3, 6)))) | set(own[:2])
    return {
        "id": make_id("course", slug, entry["title"]),
        "version": VERSIONS[state],
        "state": state,
        "state_reason": texts["withdrawn"] if state is CourseState.WITHDRAWN else "",
        "edition": edition.code,
        "title": entry["title"],
        "level": level.value,
        "audiences": [audience.value],
        "statements": [code for code in statements if code in chosen] if complete else [],
        "aims": entry["aims"],
        "hours": Decimal(str(entry["hours"])),
        "mode": Mode(entry["mode"]),
        "places": entry["places"],
        "cost": Decimal(entry["cost"]),
        "transfer": by.choice(texts["transfer"]) if complete else "",
        "accessibility": by.choice(texts["accessibility"]),
        "content_warning": by.choice(texts["content_warning"]),
    }


def _dates(course: dict[str, Any], today: date, by: Random) -> Iterator[dict[str, Any]]:
    """The days on which a live course is held: mostly to come, some past."""
    if course["state"] != CourseState.LIVE:
        return
    online = course["mode"] == Mode.ONLINE
    days = sorted(by.sample(range(-120, 0, 7), 1) + by.sample(range(6, 160, 7), by.randint(0, 3)))
    for days_from_now in days:
        day = today + timedelta(days=days_from_now)
        yield {
            "id": make_id("date", course["id"], days_from_now),
            "course_id": course["id"],
            "day": day - timedelta(days=max(0, day.weekday() - 4)),
            "starts_at": by.choice((time(9, 30), time(10), time(13, 30))),
            "place": "" if online else by.choice(load("registry_texts")["towns"]),
            "link": f"https://learn.example/{str(course['id'])[:8]}" if online else "",
        }


def plan_scores(organisations: Sequence[PlannedOrganisation], mark: str, today: date) -> dict[UUID, list[PlannedScore]]:
    """Who scores what: by organisation. As many organisations score a course as its entry says, if there are so many."""
    able = [each for each in organisations if each.story is not Story.JUST_JOINED]
    scores: dict[UUID, list[PlannedScore]] = defaultdict(list)
    for entry in load("providers"):
        slug = provider_slug(entry["name"], mark)
        for course in entry["courses"]:
            by = chance("scores", course["title"])
            wanted = min(course.get("scored", 0), len(able))
            course_id, quality = make_id("course", slug, course["title"]), by.uniform(1.4, 2.7)
            for organisation in by.sample(able, wanted):
                scores[organisation.id].append(_score(course_id, quality, today, by))
            if wanted and by.random() < 0.3:
                others = [each for each in able if all(score.course_id != course_id for score in scores[each.id])]
                if others:
                    scores[by.choice(others).id].append(_score(course_id, quality, today, by, state=ScoreState.DRAFT))
    return scores


def _score(course_id: UUID, quality: float, today: date, by: Random, state: ScoreState = ScoreState.FINAL) -> PlannedScore:
    texts = load("registry_texts")
    answers = {}
    for number, question in enumerate(current_edition().selection.questions):
        if state is ScoreState.DRAFT and number > 2:
            break
        met = list(Met)[max(0, min(3, round(by.gauss(quality, 0.6))))]
        note = by.choice(texts["notes"][met.value]) if by.random() < 0.6 else ""
        answers[question.code] = Answer(met=met, note=note, evidence=by.choice(texts["evidence"]))
    return PlannedScore(
        course_id=course_id,
        state=state,
        interest=texts["interest"] if by.random() < 0.08 else "",
        answers=answers,
        at=today - timedelta(days=by.randint(5, 110)),
    )


def add_scores(scope: OrganisationScope, scores: Sequence[PlannedScore]) -> None:
    """Store an organisation's scores, as the service does it."""
    for planned in scores:
        at = at_work(planned.at, chance("scored", scope.organisation_id, planned.course_id))
        with dated(scope, at, {CourseRating: "rated_at"}):
            score = save_score(
                scope,
                course_id=planned.course_id,
                version=0,
                state=planned.state,
                interest=planned.interest,
                answers=planned.answers,
            )
            if score.finalised_at:
                score.finalised_at = at

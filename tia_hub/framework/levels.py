"""Which practice level fits a role: the framework's two questions, as arithmetic on plain values.

The answer is a suggestion. The person and their manager may overrule it, and it never ranks anybody.
"""

from dataclasses import dataclass
from enum import Enum

from tia_hub.framework.types import Edition, FinderRule, Level, PracticeLevel


class Side(Enum):
    """From where a question is asked."""

    SERVICE = "service"
    WORKER = "worker"


@dataclass(frozen=True)
class Answers:
    """What was answered. `closest` is the follow-up's answer: the level whose short definition fits best."""

    service_has_remit: bool
    worker_has_contact: bool
    closest: PracticeLevel | None = None


@dataclass(frozen=True)
class Reason:
    """One of the framework's questions with its answer, in the framework's words."""

    side: Side
    question: str
    answer: str


@dataclass(frozen=True)
class Suggestion:
    """What the answers suggest.

    `candidates`: the levels that fit. `level`: the one that is suggested, or None while several fit and
    no short definition was chosen. `sides_differ`: the service's side and the worker's point to different
    levels, which is something to talk about rather than an error.
    """

    candidates: tuple[PracticeLevel, ...]
    level: PracticeLevel | None
    reasons: tuple[Reason, ...]
    definitions: tuple[str, ...]
    sides_differ: bool


def suggest_level(edition: Edition, answers: Answers) -> Suggestion:
    """Return the level that an edition's rules suggest for these answers, with the reasons.

    A follow-up answer that is not among the candidates is ignored: the first two may have changed since.
    """
    finder = edition.level_finder
    rule = _rule(edition, service_has_remit=answers.service_has_remit, worker_has_contact=answers.worker_has_contact)
    level: PracticeLevel | None = None
    if len(rule.levels) == 1:
        level = rule.levels[0]
    elif answers.closest in rule.levels:
        level = answers.closest
    shown = rule.levels if level is None else (level,)
    return Suggestion(
        candidates=rule.levels,
        level=level,
        reasons=(
            Reason(
                Side.SERVICE,
                finder.service_question,
                finder.yes_answer if answers.service_has_remit else finder.no_answer,
            ),
            Reason(
                Side.WORKER,
                finder.worker_question,
                finder.yes_answer if answers.worker_has_contact else finder.no_answer,
            ),
        ),
        definitions=tuple(edition.level(each).short_definition.whole for each in shown),
        sides_differ=answers.service_has_remit and not answers.worker_has_contact,
    )


def levels_needed(edition: Edition, role_level: PracticeLevel) -> frozenset[PracticeLevel]:
    """Return the levels a worker needs: everybody's and their role's. A set, not a ladder."""
    return frozenset({edition.levels_guide.everyone, role_level})


def follow_up(edition: Edition, *, service_has_remit: bool, worker_has_contact: bool) -> tuple[Level, ...]:
    """Return the levels to choose from by their short definitions; empty where the two answers settle it."""
    rule = _rule(edition, service_has_remit=service_has_remit, worker_has_contact=worker_has_contact)
    return tuple(edition.level(each) for each in rule.levels) if len(rule.levels) > 1 else ()


def _rule(edition: Edition, *, service_has_remit: bool, worker_has_contact: bool) -> FinderRule:
    asked = (service_has_remit, worker_has_contact)
    rules = edition.level_finder.rules
    return next(rule for rule in rules if (rule.service_has_remit, rule.worker_has_contact) == asked)

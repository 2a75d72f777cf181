"""Which statements concern a worker, and what their marks say, as plain values."""

from collections.abc import Iterable, Mapping

from tia_hub.framework.levels import levels_needed
from tia_hub.framework.types import Audience, Edition, PracticeLevel, Statement
from tia_hub.training.types import Mark


def statements_for_worker(edition: Edition, level: str | None, audiences: Iterable[str]) -> tuple[Statement, ...]:
    """The statements of the levels that a worker needs, everybody's and their role's, in the framework's order."""
    if level is None:
        return ()
    needed = levels_needed(edition, PracticeLevel(level))
    belongs = {Audience(audience) for audience in audiences}
    return tuple(
        statement for each in edition.levels if each.code in needed for statement in edition.statements_for(each.code, belongs)
    )


def codes_with(mark: Mark, marks: Mapping[str, str], statements: Iterable[Statement]) -> list[str]:
    """The codes of those statements that carry a mark."""
    return [statement.code for statement in statements if marks.get(statement.code) == mark]


def starting_text(mark: Mark, marks: Mapping[str, str], statements: Iterable[Statement]) -> str:
    """The marked statements as lines, to go on from in one's own words; empty where none is marked."""
    return "\n".join(f"- {statement.text}" for statement in statements if marks.get(statement.code) == mark)

"""The sections that an audit is written in, as its edition has them."""

from dataclasses import dataclass

from tia_hub.audits.types import OVERALL
from tia_hub.framework.loader import get_edition
from tia_hub.framework.types import Criterion


def anchor(code: str) -> str:
    """The part of a page that an entry has: `safety-1` for `safety.1`."""
    return code.replace(".", "-")


def number_of(criterion: Criterion) -> str:
    """A criterion's number in its section."""
    return criterion.code.rpartition(".")[2]


@dataclass(frozen=True)
class Step:
    """A section, as a step before or after another."""

    code: str
    title: str


@dataclass(frozen=True)
class Section:
    """A principle with its criteria and its summary, or the summary of the whole, which has no criteria."""

    code: str
    title: str
    subtitle: str | None
    criteria: tuple[Criterion, ...]
    before: Step | None
    after: Step | None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its entries: criteria, then the summary."""
        return (*(criterion.code for criterion in self.criteria), self.code)

    def legend(self, code: str) -> str:
        """What one of its entries is about."""
        if code == self.code:
            return "Summary of the whole audit" if code == OVERALL else f"Summary of {self.title}"
        return next(f"{number_of(each)}. {each.text}" for each in self.criteria if each.code == code)


def list_sections(edition: str) -> dict[str, Section]:
    """The sections of an edition by code, in order: the principles, then the summary of the whole."""
    principles = get_edition(edition).principles
    steps = [*(Step(each.code, each.title) for each in principles), Step(OVERALL, "Overall summary")]
    sections = {}
    for place, step in enumerate(steps):
        principle = principles[place] if place < len(principles) else None
        sections[step.code] = Section(
            code=step.code,
            title=step.title,
            subtitle=principle.subtitle if principle else None,
            criteria=principle.criteria if principle else (),
            before=steps[place - 1] if place else None,
            after=steps[place + 1] if place + 1 < len(steps) else None,
        )
    return sections

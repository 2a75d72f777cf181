"""Reading editions from their data files, and refusing those that are broken.

`current_edition()` and `get_edition(code)` give the editions that come with the product, read once a process.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from tia_hub.framework.types import Edition, FinderRule, Level, Principle, UnknownCode

EDITIONS = Path(__file__).parent / "editions"


@dataclass(frozen=True)
class Problem:
    """What is wrong with an edition, and where: a path like `principles[1].criteria[3].code`, or a line."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class BrokenEdition(Exception):
    """An edition can't be used. Names the file and every problem found in it."""

    def __init__(self, file: Path, problems: Iterable[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{file}: {problem}" for problem in self.problems))


def load_edition(path: Path) -> Edition:
    """Read one edition; raises `BrokenEdition` where the file, its shape or its codes are wrong."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    except OSError as error:
        raise BrokenEdition(path, [Problem("file", error.strerror or "cannot be read")]) from error
    except UnicodeDecodeError as error:
        raise BrokenEdition(path, [Problem("file", f"not UTF-8 at byte {error.start}")]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "file"
        raise BrokenEdition(path, [Problem(where, error.problem or "not YAML")]) from error
    except yaml.YAMLError as error:
        raise BrokenEdition(path, [Problem("file", " ".join(str(error).split()))]) from error
    if not isinstance(content, dict):
        raise BrokenEdition(path, [Problem("file", "not a mapping of parts")])
    try:
        edition = Edition.model_validate(content)
    except ValidationError as error:
        problems = [Problem(_path(each["loc"]), each["msg"]) for each in error.errors()]
        raise BrokenEdition(path, problems) from error
    if problems := list(_contradictions(edition)):
        raise BrokenEdition(path, problems)
    return edition


def load_editions(folder: Path) -> dict[str, Edition]:
    """Read every edition of a folder, by code; exactly one must be current. Raises `BrokenEdition`."""
    editions: dict[str, Edition] = {}
    for path in sorted(folder.glob("*.yaml")):
        edition = load_edition(path)
        if edition.code in editions:
            raise BrokenEdition(path, [Problem("code", f"{edition.code!r} is the code of another edition too")])
        editions[edition.code] = edition
    if sum(edition.current for edition in editions.values()) != 1:
        raise BrokenEdition(folder, [Problem("current", "exactly one edition must be the current one")])
    return editions


def list_editions() -> tuple[Edition, ...]:
    """Return the editions that come with the product."""
    return tuple(packaged_editions().values())


def get_edition(code: str) -> Edition:
    """Return an edition by its code, as an audit or assessment remembers it; raises `UnknownCode`."""
    try:
        return packaged_editions()[code]
    except KeyError:
        raise UnknownCode(f"no edition {code!r}") from None


def current_edition() -> Edition:
    """Return the edition that new work begins with."""
    return next(edition for edition in packaged_editions().values() if edition.current)


@cache
def packaged_editions() -> dict[str, Edition]:
    """Return the editions that come with the product, by code."""
    return load_editions(EDITIONS)


# libyaml reads an edition ten times faster; not every build of PyYAML has it.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc] # chosen when running
    """A safe loader that refuses a key written twice, where YAML's own would drop the first text silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} written twice", key.start_mark)
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def _path(location: Iterable[str | int]) -> str:
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _contradictions(edition: Edition) -> Iterator[Problem]:
    """What each part alone can't tell: codes used twice, codes that belong elsewhere, levels without text."""
    yield from _repeated("levels", [level.code.value for level in edition.levels])
    yield from _repeated("principles", [principle.code for principle in edition.principles])
    yield from _repeated("footnotes", [footnote.code for footnote in edition.footnotes])
    yield from _repeated("how_to_use.readers", [reader.code for reader in edition.how_to_use.readers])
    yield from _repeated("domains", [domain.code for domain in edition.domains])
    yield from _repeated("self_assessment.prompts", [prompt.code for prompt in edition.self_assessment.prompts])
    yield from _repeated("additional_information.links", [link.code for link in edition.additional_information.links])
    yield from _repeated("errata", [erratum.code for erratum in edition.errata])
    yield from _repeated("credits", [credit.code for credit in edition.credits])
    for part in ("manager_guidance", "selection"):
        questions = getattr(edition, part).questions
        yield from _repeated(f"{part}.questions", [question.code for question in questions])
        yield from _repeated(f"{part}.questions", [question.number for question in questions], "number")
    for index, principle in enumerate(edition.principles):
        yield from _criteria(f"principles[{index}].criteria", principle)
    for index, level in enumerate(edition.levels):
        yield from _statements(f"levels[{index}]", level)
    yield from _outcomes(edition)
    yield from _levels_named(edition)
    yield from _finder_rules(edition.level_finder.rules)


def _repeated(path: str, values: list[Any], key: str = "code") -> Iterator[Problem]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Problem(f"{path}[{index}].{key}", f"{value!r} is used twice")


def _criteria(path: str, principle: Principle) -> Iterator[Problem]:
    yield from _repeated(path, [criterion.code for criterion in principle.criteria])
    for index, criterion in enumerate(principle.criteria):
        if criterion.principle != principle.code:
            yield Problem(f"{path}[{index}].code", f"{criterion.code!r} does not begin with '{principle.code}.'")


def _statements(path: str, level: Level) -> Iterator[Problem]:
    yield from _repeated(f"{path}.statements", [statement.code for statement in level.statements])
    for index, statement in enumerate(level.statements):
        beginning = f"{level.code.value}.{statement.kind.value}."
        if not statement.code.startswith(beginning):
            yield Problem(f"{path}.statements[{index}].code", f"{statement.code!r} does not begin with {beginning!r}")
    pairs = [(statement.kind, statement.audience) for statement in level.statements]
    for index, lead_in in enumerate(level.lead_ins):
        if (lead_in.kind, lead_in.audience) not in pairs:
            yield Problem(f"{path}.lead_ins[{index}]", "leads in to no statement")
        if (lead_in.kind, lead_in.audience) in [(each.kind, each.audience) for each in level.lead_ins[:index]]:
            yield Problem(f"{path}.lead_ins[{index}]", "is the second for this kind and audience")


def _outcomes(edition: Edition) -> Iterator[Problem]:
    groups = edition.outcomes.groups
    yield from _repeated("outcomes.groups", [group.code for group in groups])
    seen: set[str] = set()
    for index, group in enumerate(groups):
        for place, element in enumerate(group.elements):
            path = f"outcomes.groups[{index}].elements[{place}]"
            if element.code in seen:
                yield Problem(f"{path}.code", f"{element.code!r} is used twice")
            seen.add(element.code)
            yield from _repeated(f"{path}.measures", [measure.code for measure in element.measures])
            for position, measure in enumerate(element.measures):
                if measure.code.rpartition(".")[0] != element.code:
                    reason = f"{measure.code!r} does not begin with '{element.code}.'"
                    yield Problem(f"{path}.measures[{position}].code", reason)


def _levels_named(edition: Edition) -> Iterator[Problem]:
    known = {level.code for level in edition.levels}
    if edition.levels_guide.everyone not in known:
        reason = f"this edition has no level {edition.levels_guide.everyone.value!r}"
        yield Problem("levels_guide.everyone", reason)
    for index, rule in enumerate(edition.level_finder.rules):
        for place, level in enumerate(rule.levels):
            if level not in known:
                path = f"level_finder.rules[{index}].levels[{place}]"
                yield Problem(path, f"this edition has no level {level.value!r}")


def _finder_rules(rules: tuple[FinderRule, ...]) -> Iterator[Problem]:
    pairs = [(rule.service_has_remit, rule.worker_has_contact) for rule in rules]
    for remit, contact in product((True, False), repeat=2):
        if pairs.count((remit, contact)) != 1:
            answers = f"service_has_remit {str(remit).lower()} and worker_has_contact {str(contact).lower()}"
            yield Problem("level_finder.rules", f"exactly one rule is needed for {answers}")

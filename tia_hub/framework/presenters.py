"""What the framework's pages need, already worded. The document's words pass through untouched."""

from dataclasses import dataclass

from tia_hub.framework.levels import Answers, Suggestion, follow_up, suggest_level
from tia_hub.framework.types import Audience, Edition, Level, Statement, StatementKind

AUDIENCES = {
    Audience.ALL_WORKERS: "All workers",
    Audience.MANAGERS: "Managers",
    Audience.CHILD_AND_FAMILY_WORKERS: "Child and family workers",
}
"""Our words for an audience, where the document has no line above the statements."""

READING = {
    "practitioners": ("level_finder", "levels", "self_assessment"),
    "managers": ("manager_guidance", "level_finder", "self_assessment", "selection"),
    "organisations": ("audit", "outcomes", "domains", "manager_guidance"),
    "providers": ("levels", "roles", "selection"),
}
"""Which parts help which reader first; a reader of another edition is offered the levels and the audit."""

PLACES = {
    "level_finder": ("Find the practice level of a role", "framework.level_finder", None),
    "levels": ("Read what each practice level asks for", "framework.levels", None),
    "roles": ("Look up example roles", "framework.roles", None),
    "audit": ("Read the criteria of the audit", "framework.audit", None),
    "outcomes": ("See what can be expected to change", "framework.outcomes", None),
    "domains": ("See the domains of implementation", "framework.domains", None),
    "manager_guidance": (
        "Questions about the training needs of a service",
        "framework.training",
        "manager-guidance",
    ),
    "self_assessment": ("Prompts for a self-assessment", "framework.training", "self-assessment"),
    "selection": ("Questions for selecting training", "framework.training", "selection"),
}


@dataclass(frozen=True)
class StatementGroup:
    """Statements for one audience under the words that lead in to them."""

    lead_in: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class StatementTable:
    """One column of a level's table: what workers know, or what they are able to do."""

    code: str
    heading: str
    groups: tuple[StatementGroup, ...]


def statement_tables(edition: Edition, level: Level) -> tuple[StatementTable, ...]:
    """Return a level's statements by kind and audience, in the document's order."""
    headings = {
        StatementKind.KNOW: edition.levels_guide.know_heading,
        StatementKind.DO: edition.levels_guide.do_heading,
    }
    tables = []
    for kind, heading in headings.items():
        groups = []
        for audience, words in AUDIENCES.items():
            statements = tuple(each for each in level.statements if (each.kind, each.audience) == (kind, audience))
            if statements:
                groups.append(StatementGroup(level.lead_in(kind, audience) or words, statements))
        tables.append(StatementTable(kind.value, heading, tuple(groups)))
    return tuple(tables)


@dataclass(frozen=True)
class Place:
    """Where to read on."""

    label: str
    endpoint: str
    anchor: str | None


def places_for(reader: str) -> tuple[Place, ...]:
    """Return the pages that help this reader first."""
    return tuple(Place(*PLACES[part]) for part in READING.get(reader, ("levels", "audit")))


@dataclass(frozen=True)
class FinderResult:
    """What the level finder found: the suggestion, its levels, and those still to choose from."""

    suggestion: Suggestion
    levels: tuple[Level, ...]
    choices: tuple[Level, ...]
    everyone: Level

    @property
    def title(self) -> str:
        """The level or levels in a few words."""
        return " or ".join(level.name for level in self.levels)

    @property
    def hints(self) -> dict[str, str]:
        """The short definitions that tell the choices apart, by the level's code."""
        return {level.code.value: level.short_definition.whole for level in self.choices}

    @property
    def needs_more(self) -> bool:
        """Whether everybody's level comes beside what is suggested."""
        return all(level.code is not self.everyone.code for level in self.levels)


def finder_result(edition: Edition, answers: Answers) -> FinderResult:
    """Return what the level finder shows for these answers."""
    suggestion = suggest_level(edition, answers)
    shown = suggestion.candidates if suggestion.level is None else (suggestion.level,)
    return FinderResult(
        suggestion=suggestion,
        levels=tuple(edition.level(code) for code in shown),
        choices=follow_up(
            edition,
            service_has_remit=answers.service_has_remit,
            worker_has_contact=answers.worker_has_contact,
        ),
        everyone=edition.level(edition.levels_guide.everyone),
    )

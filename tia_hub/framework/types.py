"""An edition of the workforce framework as one frozen value, and every type it is made of.

This is what other rooms import: the parts are gathered here.
"""

from collections.abc import Collection
from functools import cached_property
from typing import TypeVar

from tia_hub.framework import matching
from tia_hub.framework.codes import Audience, PracticeLevel, QuestionOwner, StatementKind, UnknownCode
from tia_hub.framework.parts import (
    AdditionalInformation,
    AuditGuide,
    Block,
    Credit,
    Criterion,
    Definition,
    Domain,
    EditionCode,
    Erratum,
    FinderRule,
    Flag,
    Footnote,
    HowToUse,
    LeadIn,
    Level,
    LevelFinder,
    LevelsGuide,
    Link,
    ManagerGuidance,
    ManagerQuestion,
    Measure,
    OutcomeElement,
    OutcomeGroup,
    OutcomesModel,
    Part,
    Principle,
    Prompt,
    Reader,
    RoleHint,
    Section,
    SelectionGuide,
    SelectionQuestion,
    SelfAssessmentForm,
    Some,
    Statement,
    Text,
)

__all__ = [
    "AdditionalInformation",
    "Audience",
    "AuditGuide",
    "Block",
    "Credit",
    "Criterion",
    "Definition",
    "Domain",
    "Edition",
    "Erratum",
    "FinderRule",
    "Footnote",
    "HowToUse",
    "LeadIn",
    "Level",
    "LevelFinder",
    "LevelsGuide",
    "Link",
    "ManagerGuidance",
    "ManagerQuestion",
    "Measure",
    "OutcomeElement",
    "OutcomeGroup",
    "OutcomesModel",
    "PracticeLevel",
    "Principle",
    "Prompt",
    "QuestionOwner",
    "Reader",
    "RoleHint",
    "Section",
    "SelectionGuide",
    "SelectionQuestion",
    "SelfAssessmentForm",
    "Statement",
    "StatementKind",
    "UnknownCode",
]


class Edition(Part):
    """A whole edition. `name`, `errata` and `credits` are this product's words."""

    code: EditionCode
    name: Text
    current: Flag
    introduction: Section
    footnotes: tuple[Footnote, ...] = ()
    relevance: Section
    rationale: Section
    how_to_use: HowToUse
    outcomes: OutcomesModel
    levels_guide: LevelsGuide
    levels: Some[Level]
    level_finder: LevelFinder
    audit: AuditGuide
    principles: Some[Principle]
    manager_guidance: ManagerGuidance
    self_assessment: SelfAssessmentForm
    selection: SelectionGuide
    domains: Some[Domain]
    additional_information: AdditionalInformation
    errata: tuple[Erratum, ...] = ()
    credits: Some[Credit]

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria, in the document's order."""
        return tuple(criterion for principle in self.principles for criterion in principle.criteria)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """All statements, in the document's order."""
        return tuple(statement for level in self.levels for statement in level.statements)

    @cached_property
    def role_hints(self) -> tuple[RoleHint, ...]:
        """All example roles with the level each is listed under; a role may be listed under several."""
        return tuple(RoleHint(role=role, level=level.code) for level in self.levels for role in level.example_roles)

    @cached_property
    def _criteria_by_code(self) -> dict[str, Criterion]:
        return {criterion.code: criterion for criterion in self.criteria}

    @cached_property
    def _statements_by_code(self) -> dict[str, Statement]:
        return {statement.code: statement for statement in self.statements}

    def criterion(self, code: str) -> Criterion:
        """Return a criterion by its code; raises `UnknownCode`."""
        return _found(self._criteria_by_code.get(code), "criterion", code)

    def principle(self, code: str) -> Principle:
        """Return a principle by its code; raises `UnknownCode`."""
        return _found(next((each for each in self.principles if each.code == code), None), "principle", code)

    def statement(self, code: str) -> Statement:
        """Return a statement by its code; raises `UnknownCode`."""
        return _found(self._statements_by_code.get(code), "statement", code)

    def level(self, code: PracticeLevel | str) -> Level:
        """Return a level by its code, or by its value as an address carries it; raises `UnknownCode`."""
        value = code.value if isinstance(code, PracticeLevel) else code
        return _found(next((each for each in self.levels if each.code.value == value), None), "level", value)

    def reader(self, code: str) -> Reader:
        """Return one of those the framework is for, by code; raises `UnknownCode`."""
        return _found(next((each for each in self.how_to_use.readers if each.code == code), None), "reader", code)

    def prompt(self, code: str) -> Prompt:
        """Return a prompt of the self-assessment by its code; raises `UnknownCode`."""
        return _found(next((each for each in self.self_assessment.prompts if each.code == code), None), "prompt", code)

    def selection_question(self, number: int) -> SelectionQuestion:
        """Return a selection question by the document's number; raises `UnknownCode`."""
        questions = self.selection.questions
        return _found(next((each for each in questions if each.number == number), None), "question", str(number))

    def selection_questions_of(self, owner: QuestionOwner) -> tuple[SelectionQuestion, ...]:
        """Return the selection questions with this owner, in order."""
        return tuple(question for question in self.selection.questions if question.owner is owner)

    def statements_for(self, level: PracticeLevel, audiences: Collection[Audience]) -> tuple[Statement, ...]:
        """Return a level's statements for someone of these audiences. Those for all workers always belong."""
        wanted = {Audience.ALL_WORKERS, *audiences}
        return tuple(statement for statement in self.level(level).statements if statement.audience in wanted)

    def find_roles(self, words: str) -> tuple[RoleHint, ...]:
        """Return the example roles that share most words with `words`; none where no word is shared.

        A word is found by its beginning, so "teacher" finds "Teachers" under every level that lists them.
        """
        return matching.find_roles(self.role_hints, words)


_T = TypeVar("_T")


def _found(value: _T | None, kind: str, code: str) -> _T:
    if value is None:
        raise UnknownCode(f"no {kind} {code!r}")
    return value

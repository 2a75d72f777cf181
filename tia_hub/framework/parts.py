"""The parts an edition is made of, as frozen values.

Texts are the document's own words, except where a field says otherwise. Nothing here counts
levels, criteria or questions: an edition brings as many as its document has.
Other rooms import these from `tia_hub.framework.types`.
"""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from tia_hub.framework.codes import Audience, PracticeLevel, QuestionOwner, StatementKind


def _clean(text: str) -> str:
    if not text.strip():
        raise ValueError("text is empty")
    if text != " ".join(text.split()):
        raise ValueError("text has a doubled space, a line break or space around it")
    return text


Text = Annotated[str, Field(strict=True), AfterValidator(_clean)]
"""Words with single spaces between them: never empty, no line breaks, nothing around them."""

_Item = TypeVar("_Item")


def _not_empty(items: tuple[_Item, ...]) -> tuple[_Item, ...]:
    if not items:
        raise ValueError("at least one is needed")
    return items


Some = Annotated[tuple[_Item, ...], AfterValidator(_not_empty)]
"""One or more. A rule of our own, since pydantic's also complains of a list whose items were refused."""

Code = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")]
EditionCode = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Address = Annotated[str, StringConstraints(strict=True, pattern=r"^https://\S+$")]
Number = Annotated[int, Field(strict=True, ge=1)]
Flag = Annotated[bool, Field(strict=True)]


class Part(BaseModel):
    """A part of an edition: frozen, and without any key that is not described."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Block(Part):
    """A paragraph, and the bullets that follow it."""

    text: Text
    bullets: tuple[Text, ...] = ()


class Section(Part):
    """A headed stretch of the document."""

    title: Text
    blocks: Some[Block]


class Footnote(Part):
    """A footnote; `mark` is what refers to it in the text."""

    code: Code
    mark: Text
    text: Text
    url: Address | None = None


class Reader(Part):
    """One of those the framework is for, and what it is for them."""

    code: Code
    name: Text
    text: Text


class HowToUse(Part):
    """Who can use the framework, and to what end."""

    title: Text
    lead: Text
    readers: Some[Reader]


class Measure(Part):
    """What can be measured about an element of the outcomes model."""

    code: Code
    text: Text


class OutcomeElement(Part):
    """An enabler, a component or an outcome."""

    code: Code
    title: Text
    measures: tuple[Measure, ...] = ()


class OutcomeGroup(Part):
    """One column of the outcomes model."""

    code: Code
    title: Text
    elements: Some[OutcomeElement]


class OutcomesModel(Part):
    """The logic model. Where the grouping is not confirmed, pages must say so."""

    title: Text
    grouping_confirmed: Flag
    groups: Some[OutcomeGroup]


class LevelsGuide(Section):
    """What the document says about the levels as such."""

    everyone: PracticeLevel
    """The level everybody needs, beside the level of their role."""
    recommendation: Text
    meaning: Section
    roles_note: Text
    know_heading: Text
    do_heading: Text


class Definition(Part):
    """A definition of a level: a sentence, its and/or alternatives, and to whom it is relevant."""

    text: Text
    alternatives: tuple[Text, ...] = ()
    relevant_to: Text | None = None

    @property
    def whole(self) -> str:
        """The definition in one run of text."""
        return " ".join(filter(None, (self.text, *self.alternatives, self.relevant_to)))


class LeadIn(Part):
    """The words above the statements of one kind for one audience."""

    kind: StatementKind
    audience: Audience
    text: Text


class Statement(Part):
    """Something that workers of a level know or are able to do."""

    code: Code
    kind: StatementKind
    audience: Audience
    text: Text

    @property
    def level(self) -> PracticeLevel:
        """The level the statement stands under, as its code says."""
        return PracticeLevel(self.code.partition(".")[0])


class Level(Part):
    """A practice level: two definitions, its statements, and example roles that are hints only."""

    code: PracticeLevel
    name: Text
    heading: Text
    subtitle: Text | None = None
    definition_heading: Text
    definition: Definition
    short_definition: Definition
    lead_ins: tuple[LeadIn, ...] = ()
    statements: Some[Statement]
    example_roles: tuple[Text, ...] = ()

    def lead_in(self, kind: StatementKind, audience: Audience) -> str | None:
        """Return the words above the statements of this kind for this audience, if the document has any."""
        return next((each.text for each in self.lead_ins if (each.kind, each.audience) == (kind, audience)), None)


class FinderRule(Part):
    """Which levels fit one pair of answers; where several do, their short definitions tell them apart."""

    service_has_remit: Flag
    worker_has_contact: Flag
    levels: Some[PracticeLevel]


class LevelFinder(Part):
    """The two questions, from the service's side and the worker's, and what follows from the answers."""

    title: Text
    subtitle: Text
    purpose: Text
    service_question: Text
    worker_question: Text
    yes_answer: Text
    no_answer: Text
    rules: tuple[FinderRule, ...]


class AuditGuide(Part):
    """What the document says about auditing, and the headings of its tables."""

    title: Text
    blocks: Some[Block]
    sections_lead: Text
    status_guidance: Text
    criteria_heading: Text
    status_heading: Text
    evidence_heading: Text


class Criterion(Part):
    """One criterion of the audit."""

    code: Code
    text: Text

    @property
    def principle(self) -> str:
        """The code of the principle it stands under."""
        return self.code.rpartition(".")[0]


class Principle(Part):
    """A principle and its criteria, in the document's order. `table_heading` is what the document prints."""

    code: Code
    title: Text
    table_heading: Text
    subtitle: Text | None = None
    criteria: Some[Criterion]


class ManagerQuestion(Part):
    """A question a manager answers about their service."""

    code: Code
    number: Number
    text: Text


class ManagerGuidance(Part):
    """The manager's questions about the training needs of a service."""

    title: Text
    subtitle: Text
    lead: Text
    questions: Some[ManagerQuestion]
    notes_label: Text


class Prompt(Part):
    """A prompt of the self-assessment; `agreed` where employee and manager write it together."""

    code: Code
    agreed: Flag
    text: Text


class SelfAssessmentForm(Part):
    """The form that employees complete in consultation with their managers."""

    title: Text
    subtitle: Text
    lead: Text
    name_label: Text
    prompts: Some[Prompt]


class SelectionQuestion(Part):
    """A question to ask when selecting training. `owner` is this product's reading, not the document's."""

    code: Code
    number: Number
    owner: QuestionOwner
    text: Text


class SelectionGuide(Part):
    """How to select the right training."""

    title: Text
    questions: Some[SelectionQuestion]
    notes_label: Text


class Domain(Part):
    """A domain of implementation."""

    code: Code
    name: Text


class Link(Part):
    """A place for further information; the address only where the document gives one."""

    code: Code
    name: Text
    link_text: Text
    note: Text | None = None
    url: Address | None = None


class AdditionalInformation(Part):
    """Where to read on."""

    title: Text
    lead: Text
    links: tuple[Link, ...] = ()


class Erratum(Part):
    """A remark beside the document's text, in this product's words."""

    code: Code
    about: Text
    text: Text


class Credit(Part):
    """Whose work the framework rests on, in this product's words."""

    code: Code
    text: Text
    url: Address | None = None


class RoleHint(Part):
    """An example role and the level it is listed under: a hint, for the list is not exhaustive."""

    role: Text
    level: PracticeLevel

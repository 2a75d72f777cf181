"""States, marks and owners of answers; the promise that stands above a self-assessment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tia_hub.framework.types import Audience

LEVEL_PROMPT = "level"
"""The prompt whose answer is a practice level, with words."""
STRENGTHS_PROMPT = "strengths"
DEVELOPMENT_PROMPT = "development"


class FormState(StrEnum):
    """Where a self-assessment stands between a worker and the manager they consult."""

    DRAFT = "draft"
    SHARED = "shared"
    AGREED = "agreed"

    @property
    def words(self) -> str:
        """As people say it."""
        return {"draft": "Only you can see this", "shared": "Shared", "agreed": "Agreed"}[self.value]


class Mark(StrEnum):
    """What a statement of the framework is to a worker."""

    STRENGTH = "strength"
    DEVELOPMENT = "development"
    NOT_RELEVANT = "not_relevant"

    @property
    def words(self) -> str:
        """As the form says it."""
        return {"strength": "A strength", "development": "To develop", "not_relevant": "Not relevant"}[self.value]


class AnswerOwner(StrEnum):
    """Who may write an answer."""

    WORKER = "worker"
    MANAGER = "manager"
    """The manager's own words where they see something differently."""
    BOTH = "both"


AUDIENCE_WORDS: Mapping[Audience, str] = {
    Audience.MANAGERS: "I manage people or services",
    Audience.CHILD_AND_FAMILY_WORKERS: "I work with children or families",
}
"""The audiences that a worker says they belong to; statements for all workers are everybody's."""


@dataclass(frozen=True)
class Waiting:
    """A form in which the acting member has something to do; the other has confirmed already, or not."""

    form_id: UUID
    mine: bool
    other_confirmed: bool

    @property
    def words(self) -> str:
        """What there is to do, as a list of one's work says it."""
        if self.other_confirmed:
            return "Read the training and support plans and confirm them, or change them"
        if self.mine:
            return "Write your training and support plans with your manager"
        return "Talk about a self-assessment that was shared with you, and write the plans together"


@dataclass(frozen=True)
class Typed:
    """A text as somebody typed it, and the version that they had before them."""

    text: str
    version: int


@dataclass(frozen=True)
class Clash:
    """What an answer says by now, where somebody typed on an older version."""

    text: str
    version: int
    author_name: str
    at: datetime


class Clashes(Exception):
    """Some answers were changed by somebody else meanwhile; nothing was saved. By code of the answer."""

    def __init__(self, found: Mapping[str, Clash]) -> None:
        super().__init__(", ".join(found))
        self.found = dict(found)


@dataclass(frozen=True)
class Promise:
    """What is promised about the words in a form. A form keeps the promise it was begun under."""

    version: str
    who: str
    where: str
    how_long: str


PROMISE = Promise(
    version="2",
    who="Only you, until you share it. Then also the manager whom you name, until you take it back, they stop being your "
    "line manager, or one of you leaves. Nobody else in your organisation or outside it: "
    "the people who lead this work see counts of many people, never your words or your name.",
    where="In your organisation’s own part of TIA Hub, closed to every other organisation and to the coordinator’s office.",
    how_long="For as long as you belong to the organisation here. You can change it until it is agreed, and delete it until "
    "you share it.",
)

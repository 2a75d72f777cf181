"""The registry in words: courses, dates, and ratings with each question apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tia_hub.core.clock import format_date, today
from tia_hub.framework.loader import get_edition
from tia_hub.framework.types import Audience, Edition, QuestionOwner, SelectionQuestion
from tia_hub.trainers.models import Course, CourseDate, ProviderInvitation
from tia_hub.trainers.scoring import FEWEST_REVIEWERS, Figures
from tia_hub.trainers.services.providers import is_open
from tia_hub.trainers.types import AUDIENCE_WORDS, CourseState, Met, Mode, OwnScore, ScoreState

STATE_COLOURS = {
    CourseState.DRAFT: "grey",
    CourseState.OFFERED: "amber",
    CourseState.LIVE: "green",
    CourseState.WITHDRAWN: "purple",
}
OWNER_WORDS = {
    QuestionOwner.PROVIDER: "About the provider, over all its courses",
    QuestionOwner.COURSE: "About the course",
    QuestionOwner.ORGANISATION: "About your organisation’s own needs",
}
NOT_ANSWERED = "Not answered yet"
TOO_FEW = f"Fewer than {FEWEST_REVIEWERS} organisations, so not shown"


@dataclass(frozen=True)
class StatementGroup:
    """The statements of a level that a course covers."""

    level: str
    texts: list[str]


@dataclass(frozen=True)
class QuestionLine:
    """A selection question with what is known of its answers; `figures` is of others' ratings, `own` one's own."""

    number: int
    text: str
    owner: str
    figures: Figures | None
    published: bool
    own: str

    @property
    def known(self) -> bool:
        """Whether there is a rating to tell: of others, or one's own."""
        return self.figures is not None or (not self.published and self.own != NOT_ANSWERED)

    @property
    def line(self) -> str:
        """What there is to say of it: others' figures where the question is published, else the organisation's own rating."""
        if self.figures:
            spread = f"{_plain(self.figures.lowest)} to {_plain(self.figures.highest)}"
            return f"Mean {self.figures.mean} out of 3, lowest to highest {spread}, {self.figures.organisations} organisations"
        return TOO_FEW if self.published else self.own


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


@dataclass(frozen=True)
class CourseCard:
    """A course in a list, with each of the five questions apart."""

    course: Course
    facts: str
    dates: str
    questions: list[QuestionLine]
    reviewers: str
    own_state: str


def level_name(course: Course) -> str:
    """The name of a course's practice level."""
    return get_edition(course.edition).level(course.level).name


def audience_words(course: Course) -> str:
    """For whom a course is."""
    return ", ".join(AUDIENCE_WORDS[Audience(audience)] for audience in course.audiences)


def cost_words(course: Course) -> str:
    """What a place costs."""
    if course.cost is None:
        return "Not said"
    if course.cost == 0:
        return "Free"
    pounds = f"{course.cost:,.2f}".removesuffix(".00")
    return f"£{pounds} for one place"


def hours_words(course: Course) -> str:
    """How long a course takes."""
    if course.hours is None:
        return "Not said"
    return "1 hour" if course.hours == 1 else f"{_plain(course.hours)} hours"


def course_facts(course: Course) -> list[dict[str, str]]:
    """The facts of a course, for a summary list."""
    facts = {
        "Practice level": level_name(course),
        "For whom": audience_words(course) or "Not said",
        "How people take part": Mode(course.mode).words,
        "Length": hours_words(course),
        "Places": str(course.places) if course.places else "Not said",
        "Cost": cost_words(course),
        "Areas": ", ".join(area.name for area in course.provider.areas) or "Not said",
    }
    return [{"key": key, "value": value} for key, value in facts.items()]


def covered_statements(course: Course) -> list[StatementGroup]:
    """The statements that a course covers, by level."""
    covered = set(course.statements)
    groups = [
        StatementGroup(level.name, [each.text for each in level.statements if each.code in covered])
        for level in get_edition(course.edition).levels
    ]
    return [group for group in groups if group.texts]


def dates_ahead(course: Course) -> list[CourseDate]:
    """A course's dates from today on."""
    return [date for date in course.dates if date.day >= today()]


def _dates_words(course: Course) -> str:
    ahead = dates_ahead(course)
    if not ahead:
        return "No dates yet"
    more = f" and {len(ahead) - 1} more" if len(ahead) > 1 else ""
    return f"Next on {format_date(ahead[0].day)}{more}"


def question_lines(
    edition: Edition, course: Course, published: Mapping[tuple[UUID, str], Figures], own: OwnScore | None
) -> list[QuestionLine]:
    """Each selection question with the published figures of its owner and the organisation's own rating."""
    return [_line(question, course, published, own) for question in edition.selection.questions]


def _line(
    question: SelectionQuestion,
    course: Course,
    published: Mapping[tuple[UUID, str], Figures],
    own: OwnScore | None,
) -> QuestionLine:
    subject = course.id if question.owner is QuestionOwner.COURSE else course.provider_id
    met: Met | None = own.met.get(question.code) if own else None
    return QuestionLine(
        number=question.number,
        text=question.text,
        owner=OWNER_WORDS[question.owner],
        figures=published.get((subject, question.code)),
        published=question.owner is not QuestionOwner.ORGANISATION,
        own=met.words if met else NOT_ANSWERED,
    )


def reviewers_words(lines: list[QuestionLine]) -> str:
    """How many organisations reviewed a course, as far as that may be said."""
    of_course = [line.figures for line in lines if line.owner == OWNER_WORDS[QuestionOwner.COURSE] and line.figures]
    if not of_course:
        return f"Fewer than {FEWEST_REVIEWERS} organisations have reviewed it"
    figures = of_course[0]
    declared = f", {figures.interests} of them with a declared interest" if figures.interests else ""
    return f"{figures.organisations} organisations have reviewed it{declared}"


def course_cards(
    edition: Edition, courses: list[Course], published: Mapping[tuple[UUID, str], Figures], scores: list[OwnScore]
) -> list[CourseCard]:
    """Courses for a list."""
    own = {score.course_id: score for score in scores}
    cards = []
    for course in courses:
        lines = question_lines(edition, course, published, own.get(course.id))
        score = own.get(course.id)
        cards.append(
            CourseCard(
                course=course,
                facts=" · ".join((level_name(course), Mode(course.mode).words, hours_words(course), cost_words(course))),
                dates=_dates_words(course),
                questions=lines,
                reviewers=reviewers_words(lines),
                own_state=f"Your score: {ScoreState(score.state).words.lower()}" if score else "",
            )
        )
    return cards


def invitation_state(invitation: ProviderInvitation) -> str:
    """What became of an invitation."""
    if invitation.accepted_at:
        return f"Accepted on {format_date(invitation.accepted_at)}"
    if invitation.revoked_at:
        return f"Taken back on {format_date(invitation.revoked_at)}"
    if is_open(invitation):
        return f"Open until {format_date(invitation.expires_at)}"
    return f"Ran out on {format_date(invitation.expires_at)}"

"""Forms about courses: describing, dating, withdrawing and finding them."""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from wtforms.validators import StopValidation

from tia_hub.core.forms import (
    ChoiceField,
    ChoicesField,
    DateField,
    Form,
    LineField,
    ListField,
    TextField,
    choices_of,
)
from tia_hub.framework.types import Audience, Edition, PracticeLevel
from tia_hub.tenants.models.partnerships import Area
from tia_hub.trainers.forms.fields import NumberField, VersionField
from tia_hub.trainers.models import Course
from tia_hub.trainers.types import (
    AUDIENCE_WORDS,
    CourseDetails,
    Mode,
    Search,
)

AUDIENCES = [(audience.value, words) for audience, words in AUDIENCE_WORDS.items()]


def _levels(edition: Edition) -> list[tuple[str, str]]:
    return [(level.code.value, level.name) for level in edition.levels]


def _areas(areas: Sequence[Area]) -> list[tuple[str, str]]:
    return [(str(area.id), area.name) for area in areas]


class ReasonForm(Form):
    """Why a course is withdrawn."""

    reason = TextField(
        "Your reason",
        longest=2000,
        required="Say why you withdraw it",
        description="The provider reads this",
    )


class CourseForm(Form):
    """What a provider says about a course."""

    version = VersionField(default="0")
    title = LineField("Title", longest=120, required="Enter the title of the course")
    level = ChoiceField("Practice level", choices=(), required="Choose the practice level that the course is for")
    audiences = ChoicesField("For whom", choices=AUDIENCES)
    statements = ChoicesField("Statements that it covers", choices=())
    aims = TextField("Aims", longest=4000, description="What people will know and be able to do afterwards")
    hours = NumberField("Length in hours", lowest="0.25", highest="400", places=2)
    mode = ChoiceField("How people take part", choices=choices_of(Mode), required="Choose how people take part")
    places = NumberField("Places", lowest="1", highest="1000", description="How many people can take part at once")
    cost = NumberField("Cost of one place in pounds", lowest="0", highest="99999", places=2, description="0 if it is free")
    transfer = TextField(
        "Support for transfer into the workplace",
        longest=4000,
        description="What you do so that people can use what they learned, and what may stand in the way",
    )
    accessibility = TextField("Accessibility", longest=2000, description="Access to the venue, captions, breaks, formats")
    content_warning = TextField("Content warning", longest=2000, description="What people should know before they come")

    def __init__(self, edition: Edition, course: Course | None = None, **kwargs: Any) -> None:
        super().__init__(obj=course, **kwargs)
        self.level.choices = _levels(edition)
        self.statements.choices = [(statement.code, statement.text) for statement in edition.statements]

    def details(self) -> CourseDetails:
        """What a valid form says."""
        return CourseDetails(
            title=self.title.data or "",
            level=PracticeLevel(self.level.data),
            audiences=tuple(Audience(audience) for audience in self.audiences.data or ()),
            statements=tuple(self.statements.data or ()),
            aims=self.aims.data or "",
            hours=self.hours.number,
            mode=Mode(self.mode.data),
            places=int(self.places.number) if self.places.number is not None else None,
            cost=self.cost.number,
            transfer=self.transfer.data or "",
            accessibility=self.accessibility.data or "",
            content_warning=self.content_warning.data or "",
        )


class CourseDateForm(Form):
    """When and where a course is held."""

    day = DateField("Date", required="Enter the date of the course")
    starts_at = LineField("Start time", required="Enter the time it starts", description="For example, 09:30")
    place = LineField("Place", description="Leave empty if it is online")
    link = LineField("Link", longest=500, description="For a course online: where to join or read on")

    def validate_starts_at(self, field: Any) -> None:
        """Refuse what is no time of the day."""
        if not re.fullmatch(r"([01]?[0-9]|2[0-3])[:.][0-5][0-9]", field.data):
            raise StopValidation("Enter a time like 09:30 or 14:00")

    def validate_place(self, field: Any) -> None:
        """Refuse a date that is nowhere."""
        if not field.data and not self.link.data:
            raise StopValidation("Enter a place, or a link for a course online")

    def validate_link(self, field: Any) -> None:
        """Refuse what is no web address."""
        if field.data and not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", field.data):
            raise StopValidation("Enter a web address that begins with https://")

    def date_given(self) -> date:
        """The date of a valid form."""
        day: date = self.day.data
        return day

    def start_time(self) -> time:
        """The time of a valid form."""
        hour, minute = re.split("[:.]", self.starts_at.data or "")
        return time(int(hour), int(minute))


class SearchForm(Form):
    """What an organisation looks for. It changes nothing, so it has no token."""

    class Meta(Form.Meta):
        """No token."""

        csrf = False

    words = LineField("Words", description="In the title, the aims or the provider’s name")
    level = ListField("Practice level", choices=())
    audience = ListField("For whom", choices=())
    mode = ListField("How people take part", choices=())
    area = ListField("Area", choices=())

    def __init__(self, edition: Edition, areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.level.choices = [("", "Any"), *_levels(edition)]
        self.area.choices = [("", "Any"), *_areas(areas)]
        self.audience.choices = [("", "Any"), *AUDIENCES]
        self.mode.choices = [("", "Any"), *choices_of(Mode)]

    def search(self) -> Search:
        """What a valid form asks for."""
        return Search(
            words=self.words.data or "",
            level=PracticeLevel(self.level.data) if self.level.data else None,
            audience=Audience(self.audience.data) if self.audience.data else None,
            mode=Mode(self.mode.data) if self.mode.data else None,
            area_id=UUID(self.area.data) if self.area.data else None,
        )

"""Forms of organisations, teams, people and invitations."""

import re
from collections.abc import Container, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import StopValidation

from tia_hub.accounts.oidc.asking import directory
from tia_hub.accounts.oidc.types import ProviderFault
from tia_hub.core.forms import (
    LINE,
    ChoiceField,
    ChoicesField,
    EmailField,
    Form,
    KeptField,
    LineField,
    ListField,
    SecretField,
    TextField,
    choices_of,
    fault_in_text,
)
from tia_hub.core.sheets.types import letter
from tia_hub.framework.types import Edition, Level, PracticeLevel
from tia_hub.tenants.mail_domains import read_domain
from tia_hub.tenants.models import Area, IdentityProvider, Membership, Team
from tia_hub.tenants.scoring import MOST_STAFF, read_headcount
from tia_hub.tenants.trees import list_paths, within
from tia_hub.tenants.types import Newcomers, OwnSignIn, PeopleOrder, PeopleState, PeopleWanted, Role, SecondFactor, Sector

LONGEST_IDLE = 60
"""Minutes without use after which everybody signs in again; an organisation may only choose fewer."""
MOST_BY_LINK = 10_000
MOST_PASTED = 100_000
"""Characters of a list of addresses: some two thousand."""


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _headcount() -> LineField:
    return LineField(
        "Number of staff", required="Enter the number of staff", description="Roughly, volunteers included", longest=9
    )


class _WithHeadcount(Form):
    """What forms with a number of staff have in common."""

    def validate_headcount(self, field: Field) -> None:
        """A whole number, however its thousands are parted."""
        if read_headcount(field.data) is None:
            raise StopValidation(f"The number of staff must be a whole number up to {MOST_STAFF:,}, like 40")


class OwnOrganisationForm(_WithHeadcount):
    """What the leads of an organisation may change of its entry."""

    headcount = _headcount()

    @property
    def number(self) -> int:
        """The number of staff that was entered."""
        return read_headcount(self.headcount.data or "") or 0


class LogoForm(Form):
    """A picture as the organisation's logo."""

    picture = FileField("Picture", description="A PNG or JPEG of up to 2 megabytes")

    def validate_picture(self, field: Field) -> None:
        """Something was sent."""
        if not field.data:
            raise StopValidation("Choose a picture")


class OrganisationListForm(Form):
    """A spreadsheet of organisations."""

    file = FileField("File", description="An Excel workbook (.xlsx) or a CSV file of up to 2 megabytes")

    def validate_file(self, field: Field) -> None:
        """Something was sent; what it is, is found out when it is read."""
        if not field.data:
            raise StopValidation("Choose a file")


class OrganisationForm(_WithHeadcount):
    """An organisation's entry in the partnership."""

    name = LineField("Name", required="Enter the name of the organisation")
    sector = ChoiceField("Sector", choices=choices_of(Sector), required="Choose the sector")
    headcount = _headcount()
    areas = ChoicesField("Areas it serves", choices=[], description="Choose all that apply")

    def __init__(self, areas: Iterable[Area], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.areas.choices = [(str(area.id), area.name) for area in areas]

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {
            "name": self.name.data,
            "sector": Sector(self.sector.data),
            "headcount": read_headcount(self.headcount.data or "") or 0,
            "area_ids": [UUID(value) for value in self.areas.data or ()],
        }


class SignInRulesForm(Form):
    """What an organisation asks of its members' sign-in: as much as the installation does, or more."""

    second_factor = ChoiceField(
        "Does everybody need a second factor to come in?",
        choices=[("yes", "Yes, everybody: an authenticator app or a passkey"), ("no", "As TIA Hub asks it of everybody")],
        required="Choose whether everybody needs a second factor",
        description="Somebody who learns a password can then still not come in",
    )
    idle = ChoiceField(
        "After how long without use do people sign in again?",
        choices=[("60", "60 minutes"), ("30", "30 minutes"), ("15", "15 minutes")],
        required="Choose after how long people sign in again",
        description="Nothing that they have typed is lost",
    )

    def values(self) -> dict[str, Any]:
        """What was chosen, for the services."""
        minutes = int(self.idle.data or 0)
        return {"second_factor": self.second_factor.data == "yes", "idle_minutes": minutes if minutes < LONGEST_IDLE else None}


class JoinForm(OrganisationForm):
    """An organisation that asks to join by itself, and who asks."""

    asker_name = LineField("Your name", required="Enter your name")
    asker_job = LineField("Your job", required="Enter your job", description="What you do in the organisation")
    asker_email = EmailField(
        "Your work email address", required="Enter your work email address", description="You get a link there to confirm it"
    )
    why = TextField("Why you would like to join", longest=2000, required="Say in a few words why you would like to join")
    form_token = KeptField()

    def validate_form_token(self, field: Field) -> None:
        """What our own page sent along."""
        if not re.fullmatch(r"[0-9a-f]{32}", field.data or ""):
            raise StopValidation("Reload this page and send it again")

    def request_values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        names = ("asker_name", "asker_job", "asker_email", "why", "form_token")
        return self.values() | {name: self[name].data for name in names}


class QuestionForm(Form):
    """A question to somebody who asks to join."""

    question = TextField("Your question", longest=2000, required="Enter your question")


class AnswerForm(Form):
    """The answer to it."""

    answer = TextField("Your answer", longest=2000, required="Enter your answer")


class DeclineForm(Form):
    """Why a request to join is declined."""

    reason = TextField("Reason", longest=2000, required="Say why, in words for who asked")


class StepForm(Form):
    """Why an organisation is suspended, archived or active again."""

    reason = LineField("Reason", longest=500, description="Its members read this, with your name and email address")


class DeletionForm(Form):
    """The name of the organisation that is to be deleted, typed to make sure."""

    name = LineField("Type the name of the organisation", required="Type the name of the organisation")


class InviteLeadForm(Form):
    """Who is to lead an organisation's work."""

    name = LineField("Name", required="Enter their name")
    email = EmailField("Email address", required="Enter their email address")


class _TeamAndManager(Form):
    """What forms about a person have in common; both lists may stay empty."""

    team = ListField("Team", choices=[])
    manager = ListField("Line manager", choices=[], description="Somebody with the role of manager or lead")

    def offer(self, teams: Iterable[Team], managers: Iterable[Membership]) -> None:
        """Fill the lists."""
        self.team.choices = [("", "No team yet"), *((str(team_id), path) for team_id, path in list_paths(teams))]
        self.manager.choices = [("", "Nobody yet"), *((str(manager.id), manager.person.name) for manager in managers)]


class InviteForm(_TeamAndManager):
    """Somebody to join the organisation."""

    name = LineField("Name", required="Enter their name")
    email = EmailField("Email address", required="Enter their email address", description="Their work address")
    role = ChoiceField("Role", choices=choices_of(Role), required="Choose their role", default=Role.STAFF.value)

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {
            "name": self.name.data,
            "email": self.email.data,
            "role": Role(self.role.data),
            "team_id": _id(self.team.data),
            "manager_id": _id(self.manager.data),
        }


class InviteManyForm(_TeamAndManager):
    """People to join the organisation, who are all to have the same role, team and manager."""

    addresses = TextField(
        "Names and email addresses",
        longest=MOST_PASTED,
        required="Paste the addresses of the people to invite, one a line",
        description="One person a line: the address alone, “Name <address>”, or “address, name”. Work addresses.",
    )
    role = ChoiceField("Role", choices=choices_of(Role), required="Choose their role", default=Role.STAFF.value)

    def values(self) -> dict[str, Any]:
        """What all of them are to have, for the services."""
        return {"role": Role(self.role.data), "team_id": _id(self.team.data), "manager_id": _id(self.manager.data)}


class DomainForm(Form):
    """An e-mail domain of the organisation's own."""

    domain = LineField(
        "Email domain",
        longest=254,
        required="Enter the domain",
        description="What comes after the @, like harbourtrust.example",
    )

    def validate_domain(self, field: Field) -> None:
        """A domain, with or without the @."""
        domain = read_domain(field.data)
        if domain is None:
            raise StopValidation("Enter a domain in the correct format, like harbourtrust.example")
        field.data = domain


class LinkForm(Form):
    """How long a link to join by is good, and for how many."""

    days = ChoiceField(
        "How long it works",
        choices=[("7", "7 days"), ("30", "30 days"), ("90", "90 days")],
        required="Choose how long it works",
        default="30",
    )
    most_uses = LineField(
        "Most people who may join by it", longest=9, required="Enter the most people who may join by it", default="100"
    )

    def validate_most_uses(self, field: Field) -> None:
        """A whole number, however its thousands are parted."""
        digits = re.sub(r"[ ,]", "", field.data)
        if not re.fullmatch(r"\d{1,9}", digits, re.ASCII) or not 1 <= int(digits) <= MOST_BY_LINK:
            raise StopValidation(f"The most people must be a whole number from 1 to {MOST_BY_LINK:,}, like 100")

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {
            "good_for": timedelta(days=int(self.days.data or "0")),
            "most_uses": int(re.sub(r"[ ,]", "", self.most_uses.data or "")),
        }


class AskToJoinForm(Form):
    """Who asks to join by an organisation's link."""

    name = LineField("Your name", required="Enter your name")
    email = EmailField("Your work email address", required="Enter your work email address")


class MemberForm(_TeamAndManager):
    """A member's place in the organisation."""

    role = ChoiceField("Role", choices=choices_of(Role), required="Choose their role")
    job_title = LineField("Job title")

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {
            "role": Role(self.role.data),
            "job_title": self.job_title.data or "",
            "team_id": _id(self.team.data),
            "manager_id": _id(self.manager.data),
        }


class PeopleForm(Form):
    """Who is listed, all in the address. What is not offered counts as not chosen: addresses are shortened by hand."""

    class Meta(Form.Meta):
        """A list is looked at, not changed."""

        csrf = False

    role = ListField("Role", choices=[])
    team = ListField("Team, with the teams within it", choices=[])
    state = ListField("Who", choices=[])
    order = ListField("In the order of", choices=[])

    def offer(self, teams: Iterable[Team]) -> None:
        """Fill the lists."""
        self.role.choices = [("", "All roles"), *choices_of(Role)]
        self.team.choices = [("", "All teams"), *((str(team_id), path) for team_id, path in list_paths(teams))]
        self.state.choices = choices_of(PeopleState)
        self.order.choices = choices_of(PeopleOrder)
        for field in self:
            if field.data not in dict(field.choices):
                field.data = None

    @property
    def needs_teams(self) -> bool:
        """Whether teams decide about who is listed or what is said of them."""
        return bool(self.team.data) or self.state.data == PeopleState.INVITED

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen, for the addresses of other pages of the list."""
        return {field.name: field.data for field in self if field.data}

    def wanted(self, teams: Iterable[Team], *, search: str, page: int) -> PeopleWanted:
        """What was chosen, for the reads."""
        return PeopleWanted(
            search=search,
            role=Role(self.role.data) if self.role.data else None,
            team_ids=within(teams, UUID(self.team.data)) if self.team.data else None,
            state=PeopleState(self.state.data or PeopleState.PRESENT),
            order=PeopleOrder(self.order.data or PeopleOrder.NAME),
            page=page,
        )


NOBODY = "nobody"
"""The choice of no manager for now, beside managers' ids."""


class SuccessorForm(Form):
    """Who manages some people from now on; nobody, for now, is an answer too."""

    manager = ListField("Who manages them from now on?", choices=[], required="Choose who manages them from now on")

    def offer_managers(self, managers: Iterable[Membership]) -> None:
        """Fill the list of managers."""
        self.manager.choices = [
            ("", ""),
            (NOBODY, "Nobody for now"),
            *((str(manager.id), manager.person.name) for manager in managers),
        ]

    @property
    def manager_id(self) -> UUID | None:
        """Who was chosen; None for nobody."""
        return None if self.manager.data == NOBODY else _id(self.manager.data)


class HandOverForm(SuccessorForm):
    """Some of the people whom somebody manages, and who takes them over."""

    people = ChoicesField("Whom do you hand over?", choices=[], required="Choose at least one person")

    def offer(self, reports: Iterable[Membership], managers: Iterable[Membership]) -> None:
        """Fill both lists."""
        self.people.choices = [(str(report.id), report.person.name) for report in reports]
        self.offer_managers(managers)


class UploadForm(Form):
    """A staff list to send."""

    token = KeptField()
    """Made with the page: the form sent twice is one upload."""
    file = FileField("Staff list", description="An Excel workbook (.xlsx) or a CSV file, up to 10 MB and 100,000 rows")

    def validate_file(self, field: Field) -> None:
        """A file has to be chosen; what it is, is found out when it is read."""
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            raise StopValidation("Choose the file with the staff list")

    def validate_token(self, field: Field) -> None:
        """What the page gave, if it was this page."""
        if not field.data or fault_in_text(field.data, LINE):
            raise StopValidation("Open this page again and choose the file once more")


class LettersForm(Form):
    """Whether the letters of a staff list are right."""

    right = ChoiceField(
        "Is this text right?",
        choices=[("yes", "Yes, the letters are right"), ("no", "No, some letters are wrong")],
        required="Choose whether the text is right",
    )


class ColumnsForm(Form):
    """Which column of a staff list is which."""

    email = ListField("Work email address", choices=[], required="Choose the column with the work email addresses")
    name = ListField("Name", choices=[])
    job_title = ListField("Job title", choices=[])
    team = ListField("Team", choices=[])
    role = ListField("Role", choices=[])
    manager = ListField("Manager’s email address", choices=[])
    leaving = ListField("Leaving", choices=[])
    make_teams = ChoicesField(
        "Teams that are not there yet",
        choices=[("make", "Make them")],
        description="Otherwise a row that names an unknown team is a fault, which is how a misspelt name is found",
    )

    def offer(self, header: Sequence[str]) -> None:
        """Fill the lists with the headings of the file."""
        headings = [(str(place), f"{letter(place)}: {heading}") for place, heading in enumerate(header) if heading]
        for field in self._lists():
            field.choices = [("", "Not in the file"), *headings]

    def _lists(self) -> list[ListField]:
        return [field for field in self if isinstance(field, ListField)]

    def validate(self, extra_validators: Any = None) -> bool:
        """No column is two things at once."""
        good = bool(super().validate(extra_validators))
        taken: dict[str, str] = {}
        for field in self._lists():
            if field.data and not field.errors:
                if field.data in taken:
                    field.errors = [f"“{taken[field.data]}” has this column already. Choose another one"]
                    good = False
                taken.setdefault(field.data, field.label.text)
        return good

    def values(self) -> dict[str, Any]:
        """What was chosen, for the services."""
        return {
            "columns": {field.name: int(field.data) for field in self._lists() if field.data},
            "make_teams": bool(self.make_teams.data),
        }


class ImportForm(Form):
    """What to do with a staff list that was checked."""

    choice = ChoiceField(
        "What do you want to import?",
        choices=[("good", "Import the good rows"), ("nothing", "Import nothing")],
        required="Choose whether to import the good rows or nothing",
    )


class LeaversForm(SuccessorForm):
    """Whose access is to be closed, and who takes over those whom they manage."""

    people = ChoicesField("Who has left?", choices=[], required="Choose the people who have left")

    def offer(self, leavers: Iterable[Membership], managers: Iterable[Membership]) -> None:
        """Fill both lists."""
        self.people.choices = [(str(member.id), f"{member.person.name}, {member.person.email}") for member in leavers]
        self.offer_managers(managers)


class TeamForm(Form):
    """A team and its place in the tree."""

    name = LineField("Name", required="Enter the name of the team")
    parent = ListField("Part of", choices=[], description="The department or directorate it belongs to, if any")
    remit = TextField(
        "Remit",
        longest=2000,
        description="What the team does, and whom it works with. It helps to find the level of training that the team needs.",
    )

    def offer(self, teams: Iterable[Team], but: Container[UUID] = ()) -> None:
        """Fill the list of teams it may be part of: not itself, nor those within it."""
        teams = [team for team in teams if team.id not in but]
        self.parent.choices = [("", "The organisation itself"), *((str(team_id), path) for team_id, path in list_paths(teams))]

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {"name": self.name.data, "parent_id": _id(self.parent.data), "remit": self.remit.data or ""}


DISCOVERY = "/.well-known/openid-configuration"
LONGEST_SECRET = 500


class IssuerField(LineField):
    """The address of an identity provider, exactly as it names itself; the address of its description will do as well."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take it without what every provider's description has at its end."""
        super().process_formdata(valuelist)
        self.data = (self.data or "").strip().removesuffix(DISCOVERY)

    def pre_validate(self, form: Any) -> None:
        """Refuse an address that could never be asked."""
        super().pre_validate(form)
        if not self.data:
            return
        try:
            directory().fetcher.check(self.data)
        except ProviderFault as fault:
            raise StopValidation("Enter the full address of the provider, beginning with https://") from fault
        if "?" in self.data:
            raise StopValidation("The address of a provider has no question mark")


class ClientSecretField(SecretField):
    """The secret of a client: pasted, never shown again."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what can't be one."""
        self.data = (self.data or "").strip()
        if fault_in_text(self.data, LONGEST_SECRET) or not self.data.isprintable():
            raise StopValidation(f"Paste the client secret again, in {LONGEST_SECRET} characters or fewer")


class IdentityProviderForm(Form):
    """An organisation's own identity provider."""

    issuer = IssuerField(
        "Address of the provider (issuer)",
        required="Enter the address of the provider",
        description="For example https://login.example.org/your-organisation",
    )
    client_id = LineField(
        "Client ID", required="Enter the client ID", description="The provider shows it where you registered TIA Hub"
    )
    client_secret = ClientSecretField("Client secret")
    state = ChoiceField("Do people sign in by it?", choices=choices_of(OwnSignIn), required="Choose how people sign in")
    second_factor = ChoiceField(
        "Who asks for the second factor?", choices=choices_of(SecondFactor), required="Choose who asks for the second factor"
    )
    newcomers = ChoiceField("Who may come in by it?", choices=choices_of(Newcomers), required="Choose who may come in")

    @classmethod
    def of(cls, provider: IdentityProvider | None) -> "IdentityProviderForm":
        """The form with what there is; never the secret."""
        if provider is None:
            data = {"state": OwnSignIn.OFF, "second_factor": SecondFactor.HUB, "newcomers": Newcomers.INVITED}
            return cls(formdata=None, data={name: each.value for name, each in data.items()})
        names = ("issuer", "client_id", "state", "second_factor", "newcomers")
        return cls(formdata=None, data={name: getattr(provider, name) for name in names})

    def values(self) -> dict[str, Any]:
        """What was entered, for the services."""
        return {
            "issuer": self.issuer.data,
            "client_id": self.client_id.data,
            "client_secret": self.client_secret.data,
            "state": OwnSignIn(self.state.data),
            "second_factor": SecondFactor(self.second_factor.data),
            "newcomers": Newcomers(self.newcomers.data),
        }


class WorkAddressForm(Form):
    """Whose organisation's sign-in is wanted."""

    email = EmailField("Work email address", required="Enter your work email address")


class MemberAddressForm(Form):
    """Which member."""

    member = EmailField("Their email address in TIA Hub", required="Enter their email address")


class MergeForm(Form):
    """Into which team another is merged."""

    into = ListField("Merge it into", choices=[], required="Choose the team to merge it into")

    def offer(self, teams: Iterable[Team], but: UUID) -> None:
        """Fill the list with all teams but the one that is merged."""
        self.into.choices = [("", ""), *((str(team_id), path) for team_id, path in list_paths(teams) if team_id != but)]


YES_NO = (("yes", "Yes"), ("no", "No"))


class LevelQuestionsForm(Form):
    """The level finder's questions about a team, all in the address; none is kept until the level is set."""

    class Meta(Form.Meta):
        """Answers that are not kept need no token."""

        csrf = False

    service = ChoiceField("", choices=YES_NO)
    worker = ChoiceField("", choices=YES_NO)
    closest = ChoiceField("Which of these describes the team’s work best?", choices=())

    def word(self, edition: Edition, candidates: Sequence[Level]) -> None:
        """Give the questions the edition's own words."""
        self.service.label.text = edition.level_finder.service_question
        self.worker.label.text = edition.level_finder.worker_question
        self.closest.choices = [(each.code.value, each.short_definition.whole) for each in candidates]

    @property
    def step(self) -> str:
        """The question that comes next, or "done"."""
        for name in ("service", "worker"):
            if self[name].errors or self[name].data is None:
                return name
        return "closest" if self.closest.choices and (self.closest.errors or self.closest.data is None) else "done"


class TeamLevelForm(Form):
    """The level that a team's remit asks for; the suggestion can be overruled with a word of why."""

    level = ChoiceField("The level that fits the team’s remit", choices=(), required="Choose a level")
    note = TextField(
        "Why this level?",
        longest=2000,
        description="A few words for those who read it later. Needed where you choose another level than the one suggested.",
    )

    def offer(self, edition: Edition, suggested: PracticeLevel | None) -> None:
        """Offer the edition's levels; `suggested` is the one that needs no reason."""
        self.suggested = suggested.value if suggested else None
        self.level.choices = [(each.code.value, each.name) for each in edition.levels]

    def validate_note(self, field: Field) -> None:
        """Another level than the suggested one needs its reason."""
        if not field.data and self.level.data and self.level.data != self.suggested:
            raise StopValidation("Say in a few words why this level fits better than the one suggested")

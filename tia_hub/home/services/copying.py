"""The copy of all that is held on somebody: asked for, gathered place by place in their own scopes, kept for a week."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from tia_hub.accounts.models import Person
from tia_hub.core.clock import now
from tia_hub.core.errors import NotFound
from tia_hub.core.jobs.services import enqueue
from tia_hub.core.jobs.types import JobName
from tia_hub.core.personal import MOST_ROWS, Fact, Holding, Subject, holdings_of, names_on_the_trail
from tia_hub.core.retention import period_words
from tia_hub.core.scope import (
    Actor,
    Home,
    IdentityScope,
    OrganisationScope,
    PartnershipScope,
    PersonScope,
    ProviderScope,
    transaction,
)
from tia_hub.core.trail import record_for_person
from tia_hub.home.models import PersonalCopy
from tia_hub.home.personal import HOLDINGS
from tia_hub.home.queries import (
    NAME_CHANGED,
    find_any_key,
    list_belongings,
    list_former_emails,
    list_former_names,
    list_invited_names,
    list_inviting_homes,
    list_offices,
)
from tia_hub.home.retention import BY_KIND
from tia_hub.home.services.retention import chosen_periods
from tia_hub.home.types import Belonging, Gathered, Office, Part
from tia_hub.tenants.models.partnerships import Partnership

WHILE_IT_IS_HERE = "as long as the place it is in is here"


def ask_for_copy(scope: IdentityScope) -> None:
    """Have a copy made, in the place of the last one. Where one is being made already, that one will do."""
    own = PersonScope.of(scope)
    job_id = enqueue(own, JobName.COPY_PERSONAL_DATA, key="copy")
    if job_id is None:
        return
    fresh = {"job_id": job_id, "asked_at": func.now(), "made_at": None, "data": None, "pdf": None, "pdf_missing": None}
    scope.session.execute(
        insert(PersonalCopy)
        .values(person_id=own.person_id, **fresh)
        .on_conflict_do_update(index_elements=["person_id"], set_=fresh)
    )
    record_for_person(scope, own.person_id, "personal.copy_asked", "Asked for a copy of all that is held on them")


def keep_copy(scope: PersonScope, *, data: bytes, pdf: bytes | None, pdf_missing: str | None) -> None:
    """Keep the files of a copy that was made."""
    copy = scope.session.get(PersonalCopy, scope.person_id)
    if copy is None:
        raise NotFound
    copy.made_at, copy.data, copy.pdf, copy.pdf_missing = now(), data, pdf, pdf_missing


def note_download(scope: IdentityScope, kind: str) -> None:
    """Write down that the copy was downloaded."""
    own = PersonScope.of(scope)
    record_for_person(scope, own.person_id, "export.personal_copy", f"Downloaded the copy of their data as {kind.upper()}")


def rename(scope: IdentityScope, name: str) -> None:
    """Correct the acting person's name; places see it from now on. What was written under the old one stays as it was."""
    own = PersonScope.of(scope)
    was = scope.session.execute(select(Person.name).where(Person.id == own.person_id)).scalar_one()
    if was == name:
        return
    scope.session.execute(update(Person).where(Person.id == own.person_id).values(name=name))
    record_for_person(scope, own.person_id, NAME_CHANGED, f"Corrected their name, which was “{was}”")


@dataclass(frozen=True)
class Everywhere:
    """Somebody, and every place of theirs."""

    subject: Subject
    identity: IdentityScope
    belongings: list[Belonging]
    offices: list[Office]

    def places(self) -> list[tuple[str, Home]]:
        """Each place's name, and the scope of the person's own in it."""
        actor = self.identity.actor
        scopes: list[tuple[str, Home]] = [
            (
                each.name,
                OrganisationScope(
                    organisation_id=each.organisation_id,
                    partnership_id=each.partnership_id,
                    membership_id=each.membership_id,
                    slug=each.slug,
                    name=each.name,
                    actor=actor,
                ),
            )
            for each in self.belongings
        ]
        for office in self.offices:
            if office.provider_id is None:
                scopes.append((office.name, PartnershipScope(partnership_id=office.partnership_id, actor=actor)))
            else:
                scopes.append(
                    (
                        office.name,
                        ProviderScope(provider_id=office.provider_id, partnership_id=office.partnership_id, actor=actor),
                    )
                )
        return scopes


def find_everywhere(person_id: UUID) -> Everywhere:
    """Somebody with all their places and names. Raises NotFound where there is nobody."""
    with transaction(IdentityScope(), read_only=True) as scope:
        key = find_any_key(scope, person_id)
    if key is None:
        raise NotFound
    with transaction(IdentityScope(person_key=key, actor=Actor(person_id=person_id)), read_only=True) as scope:
        name, email = scope.session.execute(select(Person.name, Person.email).where(Person.id == person_id)).one()
        belongings, offices = list_belongings(scope, person_id), list_offices(scope, person_id)
        inviting = list_inviting_homes(scope, email)
        former_emails = frozenset(list_former_emails(scope, person_id))
        names = {name, *list_invited_names(scope, email), *list_former_names(scope, person_id)}
    identity = IdentityScope(person_key=key, actor=Actor(person_id=person_id, name=name))
    held = {office.partnership_id for office in offices if office.provider_id is None}
    beyond = {each.partnership_id for each in belongings} | {office.partnership_id for office in offices}
    offices += [_partnership(partnership_id) for partnership_id in sorted(beyond - held, key=str)]
    places = Everywhere(
        Subject(person_id=person_id, name=name, email=email, names=frozenset(names)), identity, belongings, offices
    )
    for _, place in places.places():
        with transaction(place, read_only=True):
            names |= set(names_on_the_trail(place, person_id))
    homes = {person_id, *inviting}
    for each in belongings:
        homes |= {each.organisation_id, each.partnership_id}
    for office in offices:
        homes |= {office.partnership_id, office.provider_id or office.partnership_id}
    subject = Subject(
        person_id=person_id,
        name=name,
        email=email,
        names=frozenset(names),
        former_emails=former_emails,
        homes=frozenset(homes),
    )
    return Everywhere(subject, identity, belongings, offices)


def _partnership(partnership_id: UUID) -> Office:
    with transaction(PartnershipScope(partnership_id=partnership_id), read_only=True) as scope:
        name = scope.session.execute(select(Partnership.name).where(Partnership.id == partnership_id)).scalar_one()
    return Office(partnership_id, None, name, held=False)


def gather(person_id: UUID) -> Gathered:
    """All that is held on somebody, in their own scopes. Raises NotFound where there is nobody."""
    everywhere = find_everywhere(person_id)
    parts: list[Part] = []
    scopes: list[tuple[str, IdentityScope | Home]] = [("", everywhere.identity), *everywhere.places()]
    for place, scope in scopes:
        with transaction(scope, read_only=True):
            periods = chosen_periods(scope)
            parts += [
                _part(place, holding, list(holding.collect(scope, everywhere.subject)), periods)
                for holding in holdings_of(HOLDINGS, scope)
                if holding.collect is not None
            ]
    return Gathered(subject=everywhere.subject, made_at=now(), parts=[part for part in parts if part.facts])


def _part(place: str, holding: Holding, facts: list[Fact], periods: dict[str, int]) -> Part:
    return Part(
        place=place,
        kind=holding.kind,
        title=holding.title,
        purpose=holding.purpose,
        fate=holding.fate,
        kept=kept_words(holding, periods),
        facts=facts[:MOST_ROWS],
        complete=len(facts) < MOST_ROWS,
    )


def kept_words(holding: Holding, periods: dict[str, int]) -> str:
    """How long a holding is kept, in words."""
    if holding.rule is None:
        return WHILE_IT_IS_HERE
    return period_words(periods.get(holding.rule, BY_KIND[holding.rule].days))


def until(copy: PersonalCopy) -> datetime | None:
    """The instant up to which a copy that was made can be downloaded."""
    return copy.made_at and copy.made_at + timedelta(days=BY_KIND["personal_copies"].days)

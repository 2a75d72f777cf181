"""Erasure: asked for by the person, told to those who lead their organisations, done a week later, kept a log of.

What goes and what stays is said by the holdings (`home.personal`); how the trail stays whole, by docs/adr/0021.
"""

import hashlib
import hmac
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import Engine, delete, func, select, update

from tia_hub.accounts.models import Person
from tia_hub.accounts.personal import ERASED, anonymise_person
from tia_hub.core.clock import format_date, now
from tia_hub.core.errors import Refused
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.services import cancel_job, enqueue
from tia_hub.core.jobs.types import JobName, JobState
from tia_hub.core.keys import stored_key
from tia_hub.core.mail.services import link, post, post_to_person
from tia_hub.core.permissions import Permission
from tia_hub.core.personal import STEAD, Subject, holdings_of
from tia_hub.core.scope import (
    Actor,
    DispatchScope,
    IdentityScope,
    OperatorScope,
    OrganisationScope,
    PartnershipScope,
    PersonScope,
    Scope,
    transaction,
)
from tia_hub.core.trail import record, record_for_person
from tia_hub.home.models import Erasure, PersonalCopy
from tia_hub.home.personal import HOLDINGS
from tia_hub.home.queries import find_erasure
from tia_hub.home.services.copying import Everywhere, find_everywhere
from tia_hub.tenants.models.partnerships import Coordinator
from tia_hub.tenants.queries.people import list_members_with_role
from tia_hub.tenants.types.roles import Role

log = logging.getLogger(__name__)

WAIT = timedelta(days=7)
"""Between asking and erasing: long enough to think again, and for a lead to be heard."""
AGAIN = 86_400.0
"""Seconds until an erasure that can't be done yet is looked at again."""


@dataclass(frozen=True)
class LogLine:
    """What is kept of an erasure that was done, to do it again after an older backup was restored."""

    person_id: UUID
    address_hash: str
    done_at: datetime


def hash_address(email: str) -> str:
    """The keyed hash of an address; without the installation's secret nobody can try addresses against it.

    The key is the one of what is stored: the log of erasures still names the same people after SECRET_KEY was changed.
    """
    key = stored_key(current_app.extensions["settings"], "erasures").encode()
    return hmac.new(key, email.encode(), hashlib.sha256).hexdigest()


def list_blockers(everywhere: Everywhere) -> list[str]:
    """What has to be handed over first, in words."""
    words = []
    for each in everywhere.belongings:
        if each.ended or each.role != Role.LEAD:
            continue
        scope = OrganisationScope(organisation_id=each.organisation_id, partnership_id=each.partnership_id)
        with transaction(scope, read_only=True):
            others = [lead for lead in list_members_with_role(scope, [Role.LEAD]) if lead.id != each.membership_id]
        if not others:
            words.append(f"You are the only lead of {each.name}. Make somebody else a lead first.")
    for office in everywhere.offices:
        if office.provider_id is not None or not office.held:
            continue
        place = PartnershipScope(partnership_id=office.partnership_id)
        with transaction(place, read_only=True):
            number = place.session.execute(
                select(func.count()).select_from(Coordinator).where(Coordinator.partnership_id == office.partnership_id)
            ).scalar_one()
        if number == 1:
            words.append(
                f"You are the only coordinator of {office.name}. Ask whoever runs this installation to add another first."
            )
    return words


def fates(everywhere: Everywhere) -> list[tuple[str, str]]:
    """What becomes of what the product can hold on somebody, kind by kind: of those scopes that they have places of."""
    scopes: list[Scope] = [everywhere.identity, *(scope for _, scope in everywhere.places())]
    found = {holding.title: holding.fate for scope in scopes for holding in holdings_of(HOLDINGS, scope)}
    return list(found.items())


def ask_for_erasure(
    scope: IdentityScope, *, why: str = "You asked to be erased from TIA Hub.", by: Actor | None = None
) -> datetime:
    """Have the acting person erased in a week; when. Raises Refused where something has to be handed over first.

    `why` is what they are told where it was not they who asked; then `by` is who did.
    """
    own = PersonScope.of(scope)
    asked = find_erasure(own)
    if asked is not None:
        return asked.due_at
    everywhere = find_everywhere(own.person_id)
    blockers = list_blockers(everywhere)
    if blockers:
        raise Refused(" ".join(blockers))
    due_at = now() + WAIT
    email = everywhere.subject.email
    own.session.add(Erasure(id=uuid4(), person_id=own.person_id, due_at=due_at, address_hash=hash_address(email)))
    own.session.flush()
    enqueue(own, JobName.ERASE_PERSON, key="erase", due_at=due_at)
    enqueue(own, JobName.TELL_OF_ERASURE, key=f"tell:{uuid4()}", payload={"due_at": due_at.isoformat()})
    record_for_person(
        scope,
        own.person_id,
        "personal.erasure_asked",
        f"To be erased on {format_date(due_at)}. {why}" if by else f"Asked to be erased on {format_date(due_at)}",
        by=by,
    )
    context = {
        "subject": "Your personal data will be erased",
        "name": everywhere.subject.name,
        "why": why,
        "day": due_at,
        "address": link("home.erasure"),
    }
    render = current_app.jinja_env.get_template
    post_to_person(
        scope,
        person_id=own.person_id,
        to=email,
        subject=str(context["subject"]),
        bodies=(
            render("mail/erasure_coming.txt").render(**context),
            render("mail/erasure_coming.html").render(**context),
        ),
        purpose="erasure_coming",
    )
    return due_at


def withdraw_erasure(scope: IdentityScope) -> None:
    """Have the acting person not erased after all; nothing where it was not asked for."""
    own = PersonScope.of(scope)
    asked = find_erasure(own)
    if asked is None or asked.done_at is not None:
        return
    asked.withdrawn_at = now()
    for job_id in own.session.scalars(
        select(Job.id).where(Job.home_id == own.person_id, Job.name == JobName.ERASE_PERSON, Job.state == JobState.QUEUED)
    ):
        cancel_job(own, job_id)
    enqueue(own, JobName.TELL_OF_ERASURE, key=f"tell:{uuid4()}", payload={})
    record_for_person(scope, own.person_id, "personal.erasure_withdrawn", "Will not be erased after all")


def tell_places(person_id: UUID, due_at: datetime | None) -> None:
    """Tell the leads of somebody's organisations that they will be erased, or, without a date, that they will not."""
    everywhere = find_everywhere(person_id)
    name = everywhere.subject.name
    for each in everywhere.belongings:
        if each.ended:
            continue
        scope = OrganisationScope(
            organisation_id=each.organisation_id,
            partnership_id=each.partnership_id,
            name=each.name,
            slug=each.slug,
            actor=everywhere.identity.actor,
        )
        with transaction(scope):
            if due_at is None:
                record(
                    scope, "personal.erasure_withdrawn", f"{name} will not be erased after all", target_id=each.membership_id
                )
                continue
            day = format_date(due_at)
            record(scope, "personal.erasure_asked", f"{name} asked to be erased on {day}", target_id=each.membership_id)
            for lead in list_members_with_role(scope, [Role.LEAD]):
                if lead.id == each.membership_id:
                    continue
                post(
                    scope,
                    to=lead.person.email,
                    subject="Somebody in your organisation will be erased",
                    template="erasure_asked",
                    context={
                        "name": name,
                        "organisation": each.name,
                        "day": due_at,
                        "address": link("tenants.people", organisation=each.slug),
                    },
                    recipient_id=lead.person_id,
                    permission=Permission.PEOPLE_MANAGE,
                )


def find_due(scope: PersonScope) -> UUID | None:
    """The person whose job this is, where they still want to be erased and their week has passed."""
    asked = find_erasure(scope)
    due = asked is not None and asked.done_at is None and asked.due_at <= now()
    return scope.person_id if due else None


def _take_off_the_trail(scope: Scope, subject: Subject) -> None:
    scope.session.execute(
        select(
            func.trail_erase(subject.person_id, sorted(subject.names), subject.emails, sorted(subject.homes, key=str), STEAD)
        )
    )


def erase_in_places(everywhere: Everywhere) -> Subject:
    """Have every place let go of somebody whose erasure is due; each in a transaction of its own, safe to repeat."""
    subject, identity = everywhere.subject, everywhere.identity
    # First of all, as the names that it needs are found in what goes next.
    with transaction(identity):
        _take_off_the_trail(identity, subject)
    offices = {office.partnership_id for office in everywhere.offices}
    scopes: list[Scope] = [scope for _, scope in everywhere.places() if isinstance(scope, OrganisationScope)]
    scopes += [PartnershipScope(partnership_id=partnership_id) for partnership_id in sorted(offices, key=str)]
    scopes += [identity, DispatchScope()]
    for scope in scopes:
        with transaction(scope):
            for holding in holdings_of(HOLDINGS, scope):
                if holding.erase is not None:
                    holding.erase(scope, subject)
    return subject


def finish_erasure(scope: PersonScope, subject: Subject) -> None:
    """The last step: what happened meanwhile leaves the trail, and the account names nobody any more."""
    _take_off_the_trail(scope, subject)
    scope.session.execute(delete(PersonalCopy).where(PersonalCopy.person_id == subject.person_id))
    anonymise_person(scope, subject.person_id)
    scope.session.execute(
        update(Erasure).where(Erasure.person_id == subject.person_id, Erasure.withdrawn_at.is_(None)).values(done_at=func.now())
    )
    # The log goes elsewhere than the database and its backups, where an erasure has to be known when an old one is restored.
    log.info("erased person %s, address %s", subject.person_id, hash_address(subject.email))


def list_done(scope: OperatorScope) -> list[LogLine]:
    """The erasures that were done, oldest first, for `tia-hub erase log`."""
    rows = scope.session.execute(
        select(Erasure.person_id, Erasure.address_hash, Erasure.done_at)
        .where(Erasure.done_at.is_not(None))
        .order_by(Erasure.done_at, Erasure.id)
    )
    return [LogLine(row.person_id, row.address_hash, row.done_at) for row in rows]


def find_undone(scope: OperatorScope, lines: Iterable[LogLine]) -> list[LogLine]:
    """Those of some erasures whose person is there again: by identifier or, in a new account, by address."""
    people = {
        person_id: hash_address(email)
        for person_id, email in scope.session.execute(select(Person.id, Person.email).where(Person.name != ERASED))
    }
    by_address = {digest: person_id for person_id, digest in people.items()}
    found: dict[UUID, LogLine] = {}
    for line in lines:
        person_id = line.person_id if line.person_id in people else None
        # A new account of the same address, made after the erasure, is somebody who came back.
        if person_id is None and line.address_hash in by_address:
            candidate = by_address[line.address_hash]
            made = scope.session.execute(select(Person.created_at).where(Person.id == candidate)).scalar_one()
            person_id = candidate if made < line.done_at else None
        if person_id is not None:
            found[person_id] = LogLine(person_id, line.address_hash, line.done_at)
    return list(found.values())


def replay(engine: Engine, lines: Iterable[LogLine]) -> int:
    """Erase again whom a restored backup brought back, before anybody signs in; how many. `engine` is the owner's."""
    with transaction(OperatorScope(), engine=engine) as operator:
        undone = find_undone(operator, lines)
        for line in undone:
            known = operator.session.execute(
                select(Erasure.id).where(
                    Erasure.person_id == line.person_id, Erasure.withdrawn_at.is_(None), Erasure.done_at.is_(None)
                )
            ).first()
            if known is None:
                operator.session.add(
                    Erasure(id=uuid4(), person_id=line.person_id, due_at=now(), address_hash=line.address_hash)
                )
    for line in undone:
        subject = erase_in_places(find_everywhere(line.person_id))
        with transaction(PersonScope(person_id=line.person_id)) as scope:
            finish_erasure(scope, subject)
    return len(undone)


def erase_again(person_id: UUID, *, name: str, email: str) -> None:
    """Erase somebody once more from what came back with a backup, under the name and address that they had in it."""
    everywhere = find_everywhere(person_id)
    known = replace(everywhere.subject, name=name, email=email, names=everywhere.subject.names | {name})
    with transaction(PersonScope(person_id=person_id)) as scope:
        scope.session.execute(
            update(Erasure).where(Erasure.person_id == person_id, Erasure.withdrawn_at.is_(None)).values(done_at=None)
        )
    subject = erase_in_places(replace(everywhere, subject=known))
    with transaction(PersonScope(person_id=person_id)) as scope:
        finish_erasure(scope, subject)

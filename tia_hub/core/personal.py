"""What is held on a person: each room says what it has, gives it out to its owner, and lets it go when they are erased.

A holding is collected and erased in a scope of the person's own places; `home.personal` knows them all and puts them together.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from tia_hub.core.clock import format_time
from tia_hub.core.jobs.models import Job
from tia_hub.core.jobs.types import JobState
from tia_hub.core.mail.models import Email, EmailState
from tia_hub.core.notices.models import Notice, NoticeWish
from tia_hub.core.scope import DispatchScope, Home, IdentityScope, OrganisationScope, PartnershipScope, ProviderScope, Scope
from tia_hub.core.trail import PERSON, TrailEvent

STEAD = "a former member"
"""What stands where the name of somebody who was erased stood."""

MOST_ROWS = 10_000
"""Rows of one holding in one place that a copy has; the newest ones."""

Fact = Mapping[str, str]
"""One row of a holding: what a thing is called, and what is held."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Whom it is about."""

    person_id: UUID
    name: str
    email: str
    names: frozenset[str]
    """Every name that the product has known them by."""
    former_emails: frozenset[str] = frozenset()
    """The addresses that they signed in with before they changed them."""
    homes: frozenset[UUID] = frozenset()
    """The places they belonged to, and those places' partnerships: where their name is theirs, and not that of a namesake."""

    @property
    def emails(self) -> list[str]:
        """Their address, and those before it."""
        return sorted({self.email, *self.former_emails})

    def pattern(self) -> str:
        """A regular expression, for Python and PostgreSQL alike, of the names and the addresses as whole words."""
        parts = sorted({*self.emails, *(name for name in self.names if len(name) > 1)}, key=len, reverse=True)
        return rf"(?<![\w.@+-])({'|'.join(re.escape(part) for part in parts)})(?![\w@-])"

    def without(self, text: str) -> str:
        """A text without them."""
        return re.sub(self.pattern(), STEAD, text)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One kind of thing that is held on a person."""

    kind: str
    title: str
    purpose: str
    """What for."""
    fate: str
    """What becomes of it when the person is erased."""
    scope: type[Scope]
    """The scope that it is collected and erased in."""
    columns: tuple[str, ...]
    """The columns, `table.column`, that name or describe the person: the architecture's test knows which have no holding."""
    rule: str | None = None
    """The kind of the retention rule that removes it in time."""
    collect: Callable[[Any, Subject], Sequence[Fact]] | None = None
    """What the copy says; None where the copy has it from another holding."""
    erase: Callable[[Any, Subject], None] | None = None
    """Lets it go; safe to repeat. None where nothing in it is personal any more once the person is gone."""


def instant(value: datetime | None) -> str:
    """An instant for a copy; empty for none."""
    return format_time(value) if value else ""


def replace_names(session: Session, subject: Subject, *columns: InstrumentedAttribute[Any]) -> None:
    """Put STEAD into columns that hold nothing but a name, wherever it is the subject's."""
    for column in columns:
        session.execute(update(column.class_).where(column.in_(subject.names)).values({column: STEAD}))


def _own_acts(scope: Home, subject: Subject) -> Sequence[Fact]:
    query = (
        select(TrailEvent)
        .where(TrailEvent.home_id == scope.home_id, TrailEvent.actor_id == subject.person_id)
        .order_by(TrailEvent.number.desc())
        .limit(MOST_ROWS)
    )
    # What an event says may name somebody else: its kind, its time and its network address are the subject's own.
    return [
        {"When": instant(event.created_at), "What": event.action, "Network address": event.address or ""}
        for event in scope.session.scalars(query)
    ]


def _own_account(scope: IdentityScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(TrailEvent)
        .where(TrailEvent.home_kind == PERSON, TrailEvent.home_id == subject.person_id)
        .order_by(TrailEvent.number.desc())
        .limit(MOST_ROWS)
    )
    return [
        {"When": instant(event.created_at), "What": event.words, "Network address": event.address or ""}
        for event in scope.session.scalars(query)
    ]


def _mails(scope: Home, subject: Subject) -> Sequence[Fact]:
    query = (
        select(Email.created_at, Email.subject, Email.to_address, Email.state)
        .where(Email.home_id == scope.home_id, Email.recipient_id == subject.person_id)
        .order_by(Email.created_at.desc(), Email.id)
        .limit(MOST_ROWS)
    )
    return [
        {"When": instant(row.created_at), "Subject": row.subject, "To": row.to_address, "State": row.state}
        for row in scope.session.execute(query)
    ]


def _mails_about_the_account(scope: IdentityScope, subject: Subject) -> Sequence[Fact]:
    query = (
        select(Email.created_at, Email.subject, Email.to_address, Email.state)
        .where(Email.home_kind == PERSON, Email.home_id == subject.person_id)
        .order_by(Email.created_at.desc(), Email.id)
        .limit(MOST_ROWS)
    )
    return [
        {"When": instant(row.created_at), "Subject": row.subject, "To": row.to_address, "State": row.state}
        for row in scope.session.execute(query)
    ]


def _forget_mails(scope: DispatchScope, subject: Subject) -> None:
    theirs = or_(Email.recipient_id == subject.person_id, Email.to_address.in_(subject.emails))
    scope.session.execute(delete(Email).where(theirs, Email.state.not_in([EmailState.QUEUED, EmailState.SENDING])))
    scope.session.execute(
        update(Email)
        .where(theirs)
        .values(state=EmailState.WITHHELD, to_address="", subject="", text_body="", html_body="", lease_token=None, error=None)
    )
    # Mails to others that say their name.
    for column in (Email.subject, Email.text_body, Email.html_body, Email.error):
        scope.session.execute(
            update(Email)
            .where(Email.home_id.in_(subject.homes), column.regexp_match(subject.pattern()))
            .values({column: func.regexp_replace(column, subject.pattern(), STEAD, "g")})
        )


def _notices(scope: IdentityScope, subject: Subject) -> Sequence[Fact]:
    query = select(Notice).where(Notice.recipient_id == subject.person_id).order_by(Notice.created_at.desc()).limit(MOST_ROWS)
    told: list[Fact] = [
        {"When": instant(notice.created_at), "What": notice.title, "Read": instant(notice.read_at)}
        for notice in scope.session.scalars(query)
    ]
    wishes = scope.session.scalars(select(NoticeWish).where(NoticeWish.person_id == subject.person_id))
    return told + [{"Topic": wish.topic, "How you wish to be told": wish.wish} for wish in wishes]


def _forget_notices(scope: DispatchScope, subject: Subject) -> None:
    scope.session.execute(delete(Notice).where(Notice.recipient_id == subject.person_id))
    scope.session.execute(delete(NoticeWish).where(NoticeWish.person_id == subject.person_id))
    scope.session.execute(
        update(Notice)
        .where(Notice.home_id.in_(subject.homes), Notice.title.regexp_match(subject.pattern()))
        .values(title=func.regexp_replace(Notice.title, subject.pattern(), STEAD, "g"))
    )


ENDED = [JobState.DONE, JobState.FAILED, JobState.CANCELLED]


def _forget_jobs(scope: DispatchScope, subject: Subject) -> None:
    named = or_(
        Job.payload.cast(Email.subject.type).regexp_match(subject.pattern()),
        Job.error.regexp_match(subject.pattern()),
        Job.progress_words.regexp_match(subject.pattern()),
    )
    scope.session.execute(
        update(Job)
        .where(Job.home_id.in_(subject.homes), named, Job.state.in_(ENDED))
        .values(payload={}, error=None, progress_words="")
    )


_TRAIL = ("trail_event.actor_id", "trail_event.actor_name", "trail_event.address", "trail_event.words")
_TRAIL_FATE = (
    "Stays, with the words “a former member” where your name and address were and without network addresses: "
    "an organisation has to be able to show what was done."
)
_MAIL = ("email.recipient_id", "email.to_address", "email.subject")


def _acts(scope: type[Scope]) -> Holding:
    return Holding(
        kind="trail",
        title="What you did here, as the trail has it",
        purpose="So that an organisation can show who did what, and find out what went wrong.",
        fate=_TRAIL_FATE,
        rule="trail",
        scope=scope,
        columns=_TRAIL,
        collect=_own_acts,
    )


def _letters(scope: type[Scope]) -> Holding:
    return Holding(
        kind="mails",
        title="Emails that were sent to you from here",
        purpose="To tell you of what waits for you, and to find out why an email did not arrive.",
        fate="Removed.",
        rule="mails",
        scope=scope,
        columns=_MAIL,
        collect=_mails,
    )


HOLDINGS: tuple[Holding, ...] = (
    Holding(
        kind="account_trail",
        title="What happened to your account",
        purpose="So that you can see who signed in as you, and that an attack can be looked into.",
        fate=_TRAIL_FATE,
        rule="security_log",
        scope=IdentityScope,
        columns=_TRAIL,
        collect=_own_account,
    ),
    Holding(
        kind="account_mails",
        title="Emails about your account",
        purpose="To tell you of what happened to your account, and to find out why an email did not arrive.",
        fate="Removed.",
        rule="mails",
        scope=IdentityScope,
        columns=_MAIL,
        collect=_mails_about_the_account,
    ),
    Holding(
        kind="notices",
        title="What you were told in the product, and how you wish to be told",
        purpose="To tell you of what waits for you.",
        fate="Removed.",
        rule="notices",
        scope=IdentityScope,
        columns=("notice.recipient_id", "notice_wish.person_id"),
        collect=_notices,
    ),
    *(_acts(scope) for scope in (OrganisationScope, PartnershipScope, ProviderScope)),
    *(_letters(scope) for scope in (OrganisationScope, PartnershipScope, ProviderScope)),
    *(
        Holding(
            kind=kind,
            title=title,
            purpose="The service’s own book-keeping.",
            fate="Removed.",
            scope=DispatchScope,
            columns=(),
            erase=erase,
        )
        for kind, title, erase in (
            ("mails", "Emails to you, and your name in emails to others", _forget_mails),
            ("notices", "Notices to you, and your name in notices to others", _forget_notices),
            ("jobs", "Your name in what the service had to do", _forget_jobs),
        )
    ),
)


def names_on_the_trail(scope: Home, person_id: UUID) -> Collection[str]:
    """The names under which somebody acted in a place."""
    query = select(TrailEvent.actor_name).where(TrailEvent.home_id == scope.home_id, TrailEvent.actor_id == person_id)
    return set(scope.session.scalars(query.distinct()))


def holdings_of(holdings: Iterable[Holding], scope: Scope) -> list[Holding]:
    """Those of some holdings that belong to a scope of this kind."""
    return [holding for holding in holdings if isinstance(scope, holding.scope)]

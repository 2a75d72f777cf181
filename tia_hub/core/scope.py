"""Scopes: whose data is open, to whom, and by which database role.

A permission mints a scope (see `policy`), a scope opens a session, and queries take the scope. There is no other way to the
data: one session has one scope, and a worker that goes from one organisation to the next opens a new one.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar
from uuid import UUID

from flask import has_request_context
from flask import session as cookie
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tia_hub.core.db import db
from tia_hub.core.permissions import Permission, PlaceKind


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: a person, or the system itself where `person_id` is None."""

    person_id: UUID | None = None
    name: str = "TIA Hub"
    address: str | None = None
    """The network address that the request came from."""


SYSTEM = Actor()

NOWHERE = UUID(int=0)
"""Stands where a place would be named and there is none."""


@dataclass(kw_only=True, eq=False)
class Scope(ABC):
    """Base of the scopes. `session` is there while a transaction is open, and only then."""

    database_role: ClassVar[str]
    actor: Actor = SYSTEM
    session: Session = field(init=False, repr=False)

    @abstractmethod
    def settings(self) -> dict[str, str]:
        """The values of `app.…` that row-level security reads in this scope."""


@dataclass(kw_only=True, eq=False)
class Home(Scope):
    """A scope that jobs, mails and trail events can belong to."""

    kind: ClassVar[str]
    partnership_id: UUID
    """The partnership that the place is part of, or is."""
    permissions: frozenset[Permission] = frozenset()
    slug: str = ""
    """The place's part of addresses; empty in jobs, which don't come by an address."""
    name: str = ""

    @property
    @abstractmethod
    def home_id(self) -> UUID:
        """The identifier of the place itself."""

    def may(self, permission: Permission) -> bool:
        """Whether the actor has a permission here."""
        return permission in self.permissions


@dataclass(kw_only=True, eq=False)
class OrganisationScope(Home):
    """One organisation's own data, and the registry of its partnership to read."""

    database_role = "tia_app"
    kind = PlaceKind.ORGANISATION
    organisation_id: UUID
    membership_id: UUID | None = None
    """The actor's membership in this organisation; None for the system."""
    logo: str | None = None
    """The version of the organisation's logo, where it has one."""

    def settings(self) -> dict[str, str]:
        """The organisation, its partnership, the organisation as the home of jobs and mails, and the acting member.

        The system is no member: in its hands the tables of personal forms answer with an error.
        """
        return {
            "organisation": str(self.organisation_id),
            "partnership": str(self.partnership_id),
            "home": str(self.organisation_id),
            "member": str(self.membership_id) if self.membership_id else "",
        }

    @property
    def home_id(self) -> UUID:
        """The organisation."""
        return self.organisation_id


@dataclass(kw_only=True, eq=False)
class PartnershipScope(Home):
    """The partnership's side: organisations as members, publications, registry, reports. No tenant's tables."""

    database_role = "tia_partnership"
    kind = PlaceKind.PARTNERSHIP

    def settings(self) -> dict[str, str]:
        """The partnership, also as the home of jobs and mails."""
        return {"partnership": str(self.partnership_id), "home": str(self.partnership_id)}

    @property
    def home_id(self) -> UUID:
        """The partnership."""
        return self.partnership_id


@dataclass(kw_only=True, eq=False)
class ProviderScope(Home):
    """One training provider's own entry in the registry."""

    database_role = "tia_provider"
    kind = PlaceKind.PROVIDER
    provider_id: UUID

    def settings(self) -> dict[str, str]:
        """The provider, its partnership, and the provider as the home of jobs and mails."""
        return {
            "provider": str(self.provider_id),
            "partnership": str(self.partnership_id),
            "home": str(self.provider_id),
        }

    @property
    def home_id(self) -> UUID:
        """The provider."""
        return self.provider_id


@dataclass(kw_only=True, eq=False)
class IdentityScope(Scope):
    """Who somebody is, before it is known where they go: people, and the places of the one who is signed in."""

    database_role = "tia_identity"
    person_key: str | None = None
    """The sign-in key of the person whose places are open; without it, that of the request's own cookie."""

    @classmethod
    def of_request(cls) -> "IdentityScope":
        """The identity that the request's user was loaded with, its transaction already open."""
        scope = cls()
        scope.session = db.session()
        return scope

    def settings(self) -> dict[str, str]:
        """The sign-in key, and the acting person as the home of their own jobs and mails."""
        key = self.person_key
        if key is None and has_request_context():
            key = cookie.get("_user_id")
        return {"person_key": key or "", "home": str(self.actor.person_id) if self.actor.person_id else ""}


@dataclass(kw_only=True, eq=False)
class PersonScope(Home):
    """What somebody has of their own, apart from every place: their copy, their erasure, and jobs that serve them."""

    database_role = "tia_identity"
    kind = "person"
    partnership_id: UUID = NOWHERE
    """None: people belong to partnerships by their places."""
    person_id: UUID

    @classmethod
    def of(cls, scope: IdentityScope) -> "PersonScope":
        """The acting person's own, in the transaction of their identity. Raises ValueError where nobody acts."""
        if scope.actor.person_id is None:
            raise ValueError("nobody acts")
        own = cls(person_id=scope.actor.person_id, actor=scope.actor)
        own.session = scope.session
        return own

    def settings(self) -> dict[str, str]:
        """The person as the home of their jobs."""
        return {"home": str(self.person_id)}

    @property
    def home_id(self) -> UUID:
        """The person."""
        return self.person_id


@dataclass(kw_only=True, eq=False)
class InvitationScope(Scope):
    """What somebody holds the token of: the one invitation, link to ask for one, or request to join."""

    database_role = "tia_identity"
    token_hash: str

    def settings(self) -> dict[str, str]:
        """The hash of the token."""
        return {"token": self.token_hash}


@dataclass(kw_only=True, eq=False)
class WayInScope(Scope):
    """The organisations that have people signed in by a provider of their own, and that somebody named before signing in."""

    database_role = "tia_identity"
    way_in: str
    """The slug of an organisation, or an e-mail domain that was confirmed as its own."""

    def settings(self) -> dict[str, str]:
        """The name."""
        return {"way_in": self.way_in}


@dataclass(kw_only=True, eq=False)
class JoiningScope(Scope):
    """Asking to join a partnership from outside: its areas to choose from, and one request to leave there, by its own token."""

    database_role = "tia_identity"
    partnership_id: UUID
    token_hash: str = ""

    def settings(self) -> dict[str, str]:
        """The partnership, and the hash of the token that opens the request."""
        return {"partnership": str(self.partnership_id), "token": self.token_hash}


@dataclass(kw_only=True, eq=False)
class DispatchScope(Scope):
    """Jobs, mails and schedules of everybody, and nothing else: for the sweeper and the workers' book-keeping."""

    database_role = "tia_dispatch"

    def settings(self) -> dict[str, str]:
        """None: the role itself is the limit."""
        return {}


@dataclass(kw_only=True, eq=False)
class InstallationScope(Home):
    """The installation as the home of its own work, such as the nightly removal of what is kept no longer."""

    database_role = "tia_dispatch"
    kind = "installation"
    partnership_id: UUID = NOWHERE
    """None: it serves all of them."""

    def settings(self) -> dict[str, str]:
        """The installation as the home of its jobs."""
        return {"home": str(NOWHERE)}

    @property
    def home_id(self) -> UUID:
        """The same for every installation."""
        return NOWHERE


@dataclass(kw_only=True, eq=False)
class OperatorScope(Scope):
    """Who runs the installation: makes partnerships and their first coordinators; no tenant's data."""

    database_role = "tia_owner"

    def settings(self) -> dict[str, str]:
        """None: the role itself is the limit."""
        return {}


@dataclass(kw_only=True, eq=False)
class TrailScope(Scope):
    """All the trails there are, to check their chains; for the operator's command alone, with the owner's engine."""

    database_role = "tia_trail"

    def settings(self) -> dict[str, str]:
        """None: the role itself is the limit."""
        return {}


AnyScope = TypeVar("AnyScope", bound=Scope)


@contextmanager
def transaction(scope: AnyScope, *, read_only: bool = False, engine: Engine | None = None) -> Iterator[AnyScope]:
    """Open a scope's data for one transaction: committed at the end, rolled back by any exception.

    What was enqueued meanwhile is announced to the workers after the commit. With `read_only` PostgreSQL refuses writes.
    Only the operator brings an engine: the application's own role can't become the owner.
    """
    with Session(engine or db.engine, info={"scope": scope, "read_only": read_only}, expire_on_commit=False) as session:
        scope.session = session
        try:
            yield scope
            session.commit()
        finally:
            del scope.session
        for announce in session.info.pop("after_commit", ()):
            announce()


db.session.session_factory.configure(info={"scope": IdentityScope()})
"""Flask-Security's own session knows who people are, and nothing of any place."""

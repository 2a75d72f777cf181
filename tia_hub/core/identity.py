"""Who may do what where: the one question that `core` asks of the rooms, by a resolver that the factory hands in."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from flask import current_app
from flask.typing import ResponseReturnValue

from tia_hub.core.permissions import Permission, PlaceKind
from tia_hub.core.scope import Actor, Home, IdentityScope, Scope, transaction


class Access(StrEnum):
    """How far a place is open."""

    OPEN = "open"
    READ_ONLY = "read-only"
    """It can be read, and what takes its data away can be done; nothing else."""
    SHUT = "shut"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place that somebody belongs to, with what their role there permits."""

    kind: PlaceKind
    id: UUID
    partnership_id: UUID
    slug: str
    name: str
    role: str
    """The role's name in plain English."""
    permissions: frozenset[Permission]
    member_id: UUID | None = None
    """The membership, where the place is an organisation."""
    second_factor: bool = False
    """Whether a session must have been opened with a second factor to come in."""
    idle_minutes: int | None = None
    """After how long without use its members sign in again, where that is sooner than elsewhere."""
    own_sign_in: str = "off"
    """How far the place has people signed in by a provider of its own."""
    logo: str | None = None
    """The version of the place's logo, where it has one."""
    access: Access = Access.OPEN
    notice: tuple[str, str] | None = None
    """Where it is not open: a title and a text that say so, and whom to ask."""


class Resolver(Protocol):
    """Finds places of the person whose key the identity scope holds."""

    def find_place(self, scope: IdentityScope, kind: PlaceKind, slug: str) -> Place | None:
        """The place of this kind with this slug, if the person belongs to it: one statement."""

    def list_places(self, scope: IdentityScope) -> list[Place]:
        """All the places of the person, by name."""

    def find_key(self, scope: IdentityScope, person_id: UUID) -> str | None:
        """The sign-in key of an active person."""

    def make_scope(self, place: Place, actor: Actor) -> Home:
        """The scope of a place."""

    def refuse_sign_in(self, place: Place | None) -> ResponseReturnValue | None:
        """The page to answer with where the way in which this session was signed in does not open a place; None where it does.

        Without a place: whether it opens the pages of the person's own account.
        """

    def list_at_rest(self, scope: Scope, home_ids: Collection[UUID], *, hold: bool = False) -> set[UUID]:
        """Those of some homes where nothing is done at the moment, as the scope sees them.

        With `hold` none of them changes that before the transaction ends.
        """


def resolver() -> Resolver:
    """The application's resolver."""
    found: Resolver = current_app.extensions["resolver"]
    return found


def holds_permission(person_id: UUID | None, permission: Permission, *, home_id: UUID) -> bool:
    """Whether a person has a permission in a place at this moment, whatever was true when something was written for them."""
    if person_id is None:
        return False
    with transaction(IdentityScope(), read_only=True) as scope:
        key = resolver().find_key(scope, person_id)
    if key is None:
        return False
    with transaction(IdentityScope(person_key=key), read_only=True) as scope:
        places = resolver().list_places(scope)
    return any(place.id == home_id and permission in place.permissions for place in places)

"""What people can do with their own accounts."""

from uuid import uuid4

from flask_security import hash_password

from tia_hub.accounts.models import Person
from tia_hub.accounts.queries import find_person
from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.scope import IdentityScope


def register_person(scope: IdentityScope, *, email: str, name: str, password: str) -> Person:
    """Make somebody who can sign in, their address confirmed by an invitation's link. Refused where the address is in use."""
    if find_person(scope, email) is not None:
        raise Refused("There is an account with this email address already. Sign in with it.")
    person = Person(
        email=email.strip().lower(),
        name=name,
        password=hash_password(password),
        active=True,
        fs_uniquifier=uuid4().hex,
        confirmed_at=now(),
    )
    scope.session.add(person)
    scope.session.flush()
    return person

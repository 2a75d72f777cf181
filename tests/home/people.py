"""Somebody who has left traces everywhere, marked so that they can be found."""

from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Engine, text, update

from tests.cast import Cast
from tests.factories.audits import make_audit
from tests.factories.outcomes import make_indicator, make_reading
from tests.factories.tenants import Someone, Tenant, make_member, make_person
from tests.factories.training import make_agreed, make_shared
from tia_hub.accounts.types import SecurityEvent
from tia_hub.audits.models import AuditEntry
from tia_hub.core.clock import today
from tia_hub.core.mail.services import post
from tia_hub.core.scope import Actor, Home, IdentityScope, transaction
from tia_hub.core.trail import record, record_for_person
from tia_hub.outcomes.models import Indicator, Reading
from tia_hub.reports.services.reports import request_report
from tia_hub.tenants.models.partnerships import Coordinator
from tia_hub.tenants.services.invitations import invite_member
from tia_hub.tenants.types.roles import Role
from tia_hub.trainers.models import ProviderUser
from tia_hub.trainers.services.providers import invite_user

ADDRESS = "192.0.2.66"
AnyHome = TypeVar("AnyHome", bound=Home)


@dataclass(frozen=True)
class Marked:
    """The same person as a manager here and staff there."""

    here: Someone
    there: Someone
    old_name: str
    old_email: str
    words: str
    """What each text of theirs begins with."""
    of_the_staff: str
    """What each text of somebody they manage begins with."""

    @property
    def name(self) -> str:
        return self.here.name

    @property
    def email(self) -> str:
        return self.here.email

    def marks(self) -> tuple[str, ...]:
        """What must not be found once they are erased."""
        return (self.name, self.old_name, self.email, self.old_email, self.words)

    def acts(self, scope: AnyHome, name: str = "") -> AnyHome:
        """A scope in which they act."""
        scope.actor = Actor(person_id=self.here.id, name=name or self.name, address=ADDRESS)
        return scope


def make_marked(cast: Cast) -> Marked:
    """A member of two organisations, a coordinator and somebody who speaks for a provider, with traces of each kind."""
    mark = uuid4().hex[:8]
    person = make_person(f"Zq Marker-{mark}")
    marked = Marked(
        here=make_member(cast.ours.tenant, Role.MANAGER, person=person, manager=cast.ours.lead),
        there=make_member(cast.theirs.tenant, Role.STAFF, person=person, manager=cast.theirs.manager),
        old_name=f"Zq Former-{mark}",
        old_email=f"zq-former-{mark}@example.org",
        words=f"zq-own-{mark}-zq",
        of_the_staff=f"zq-staff-{mark}-zq",
    )
    _at_work(cast.ours.tenant, marked)
    with transaction(cast.region.scope()) as scope:
        scope.session.add(Coordinator(partnership_id=cast.region.id, person_id=person.id))
        scope.session.add(ProviderUser(partnership_id=cast.region.id, provider_id=cast.trainer.id, person_id=person.id))
        invite_user(scope, provider_id=cast.trainer.id, email=person.email)
    with transaction(marked.acts(cast.region.scope())) as scope:
        record(scope, "test.noted", f"{marked.name} did something in the office")
        request_report(scope, title="Report", token=str(uuid4()))
    with transaction(cast.theirs.tenant.scope(cast.theirs.lead)) as scope:
        words = f"Changed the entry of {marked.name} <{person.email.upper()}>, not of {marked.name}son"
        record(scope, "member.changed", words)
        post(
            scope,
            to=cast.theirs.lead.email,
            subject=f"{marked.name} joined",
            template="test",
            context={"name": marked.name},
            recipient_id=cast.theirs.lead.id,
        )
    with transaction(IdentityScope(actor=Actor(person_id=person.id, name=marked.name, address=ADDRESS))) as identity:
        record_for_person(identity, person.id, "account.signed_in", f"Signed in as {person.email}")
        moved = SecurityEvent.ADDRESS_CHANGED
        record_for_person(identity, person.id, moved.code, moved.words.format(old=marked.old_email, new=person.email))
    with transaction(cast.theirs.tenant.scope(cast.theirs.lead)) as scope:
        invite_member(scope, email=marked.old_email, name=marked.name, role=Role.STAFF)
        record(scope, "invitation.by_link", f"{marked.name} ({marked.old_email}) asked to join by the link")
    make_shared(cast.theirs.tenant, marked.there, cast.theirs.manager, mark=marked.words)
    make_agreed(cast.ours.tenant, marked.here, cast.ours.lead, mark=marked.words)
    make_agreed(cast.ours.tenant, cast.ours.staff, marked.here, mark=marked.of_the_staff)
    return marked


def _at_work(tenant: Tenant, marked: Marked) -> None:
    with transaction(marked.acts(tenant.scope(marked.here), marked.old_name)) as scope:
        record(scope, "test.noted", "Did something under an earlier name")
    audit_id = make_audit(tenant)
    with transaction(marked.acts(tenant.scope(marked.here))) as scope:
        written = {"organisation_id": tenant.id, "audit_id": audit_id, "code": "safety.1"}
        scope.session.execute(update(AuditEntry).filter_by(**written).values(changed_by=marked.name))
    indicator_id = make_indicator(tenant, "Complaints")
    with transaction(tenant.scope()) as scope:
        scope.session.execute(update(Indicator).filter_by(id=indicator_id).values(changed_by=marked.old_name))
    reading_id = make_reading(tenant, indicator_id, today(), "12")
    with transaction(tenant.scope()) as scope:
        scope.session.execute(update(Reading).filter_by(id=reading_id).values(recorded_by=marked.name))
        post(
            scope,
            to=marked.email,
            subject="Something for you",
            template="test",
            context={"name": marked.name},
            recipient_id=marked.here.id,
        )


def find(engine: Engine, words: str) -> list[str]:
    """The tables in which a superuser finds some text, whatever its case."""
    with engine.connect() as connection:
        names = connection.execute(
            text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1")
        ).scalars()
        return [
            name
            for name in names
            if connection.execute(
                text(f'SELECT EXISTS (SELECT FROM "{name}" t WHERE position(lower(:words) IN lower(t::text)) > 0)'),
                {"words": words},
            ).scalar_one()
        ]

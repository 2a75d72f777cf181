"""One of everything, in two organisations alike, each text marked by whose it is."""

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from tests.cast import Cast, House, make_cast
from tests.factories.audits import make_audit, make_request, make_shared_audit
from tests.factories.joining import ask_question, leave_request, make_confirmed_request
from tests.factories.leaving import make_certificate
from tests.factories.outcomes import make_indicator, make_reading
from tests.factories.reports import ask_for_report, run_jobs
from tests.factories.tenants import Region, Someone, Trainer, make_organisation, make_picture, make_provider, make_team
from tests.factories.trainers import make_date, make_live_course, make_score
from tests.factories.training import make_agreed, make_shared
from tests.factories.uploads import make_checked_upload
from tia_hub.core.clock import today
from tia_hub.core.jobs.types import JobName
from tia_hub.core.mail.models import Email
from tia_hub.core.mail.services import list_emails
from tia_hub.core.schedules.recurrence import Frequency
from tia_hub.core.scope import Home, transaction
from tia_hub.leaving.services.exporting.keeping import request_export
from tia_hub.reports.queries.members import list_colleagues
from tia_hub.reports.services.schedules import create_report_schedule, send_now
from tia_hub.tenants.queries.identity_providers import list_email_domains
from tia_hub.tenants.queries.organisations import get_own_organisation
from tia_hub.tenants.services.identity_providers import ask_for_email_domain, confirm_email_domain
from tia_hub.tenants.services.invitations import invite_lead, invite_member
from tia_hub.tenants.services.links import make_link
from tia_hub.tenants.services.logos import change_logo
from tia_hub.tenants.services.organisation_lists import keep_list
from tia_hub.tenants.services.teams import close_team
from tia_hub.tenants.types.roles import Role
from tia_hub.trainers.services.providers import invite_user
from tia_hub.training.queries import list_agreed_forms


def secret(of: str) -> str:
    """Text that only those may ever see whom it was written for."""
    return f"zq-{of}-zq"


@dataclass
class World:
    """The cast, and for each argument of a route the thing that it names on our side and on theirs.

    A key `endpoint:argument` goes before a plain one, where two routes call different things by one name.
    """

    cast: Cast
    ours: dict[str, object] = field(default_factory=dict)
    theirs: dict[str, object] = field(default_factory=dict)

    def principals(self) -> dict[str, Someone | None]:
        """Everybody who may try a route, by what they are called in the matrix."""
        cast = self.cast
        return {
            "nobody": None,
            "contributor": cast.ours.contributor,
            "staff": cast.ours.staff,
            "colleague": cast.ours.colleague,
            "manager": cast.ours.manager,
            "lead": cast.ours.lead,
            "their lead": cast.theirs.lead,
            "coordinator": cast.coordinator,
            "other coordinator": cast.other_coordinator,
            "provider": cast.provider_user,
            "other provider": cast.other_provider_user,
        }


def _of_house(cast: Cast, house: House, mark: str) -> dict[str, object]:
    """What an organisation has: an audit, a self-assessment that was agreed, an indicator, a score."""
    tenant = house.tenant
    texts = {"journey": secret(mark), "evidence": secret(mark), "rating": "amber"}
    audit_id = make_shared_audit(tenant, entries={"safety.1": texts, "choice.2": texts | {"rating": "red"}})
    second_id = make_audit(tenant, title=f"{mark.title()} second audit", entries={"safety.1": texts})
    asked_id = make_request(tenant, second_id, house.contributor)
    ours = mark == "ours"
    form_id = make_shared(tenant, house.staff, house.manager, mark=secret("form" if ours else mark))
    make_agreed(tenant, house.manager, house.lead, mark=secret("agreed" if ours else mark))
    with transaction(tenant.scope(house.manager), read_only=True) as scope:
        (agreed,) = list_agreed_forms(scope)
    # Shared, so that the coordinator sees all of it but the notes of its readings.
    indicator_id = make_indicator(tenant, f"{mark.title()} complaints", source=f"{mark.title()} log", shared=True)
    reading_id = make_reading(tenant, indicator_id, today(), "12", note=secret(mark))
    with transaction(cast.region.scope()) as scope:
        confirm_email_domain(scope, tenant.id, f"staff.{tenant.slug}.example.org")
    with transaction(tenant.scope(house.lead)) as scope:
        make_link(scope, good_for=timedelta(days=7), most_uses=10)
        invitation_id = invite_member(scope, email="guest@example.org", name=f"{mark} guest {secret(mark)}", role=Role.STAFF)
        close_team(scope, make_team(tenant))
        ask_for_email_domain(scope, f"{mark}.{tenant.slug}.example.org")
        [asked_for] = [each for each in list_email_domains(scope, tenant.id) if each.confirmed_at is None]
        export_id = request_export(scope, token=str(uuid4()))
    with transaction(cast.region.scope()) as scope:
        further_id = invite_lead(scope, tenant.id, email="further@example.org", name=f"{mark.title()} Nora Next")
    with transaction(tenant.scope(house.lead)) as scope:
        change_logo(scope, make_picture())
        picture = get_own_organisation(scope).logo_version
    return {
        "tenants.logo:picture": picture,
        "organisation": tenant.slug,
        "team_id": make_team(tenant),
        "membership_id": house.colleague.membership_id,
        "tenants.resend:invitation_id": invitation_id,
        "tenants.withdraw:invitation_id": invitation_id,
        "tenants.remove_own_domain:domain_id": asked_for.id,
        "tenants.confirm:invitation_id": further_id,
        "audit_id": audit_id,
        "asked_id": asked_id,
        "audits.take_back:audit_id": second_id,
        "form_id": form_id,
        "agreed_id": agreed.id,
        "indicator_id": indicator_id,
        "reading_id": reading_id,
        "export_id": export_id,
        "upload_id": make_checked_upload(tenant, house.lead, f"{mark.title()} Nia,nia@example.org,{secret(mark)}", "Faulty,,"),
    }


def _of_account(engine: Engine, someone: Someone) -> dict[str, object]:
    """What somebody's own account has: a session elsewhere, a passkey."""
    session_id, passkey_id = uuid4(), uuid4()
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO person_session (id, person_id, session_key, began_at, seen_at, address, browser) "
                "VALUES (:id, :person, :key, now(), now(), '192.0.2.1', 'Firefox on Linux')"
            ),
            {"id": session_id, "person": someone.id, "key": session_id.hex},
        )
        connection.execute(
            text(
                "INSERT INTO passkey (id, person_id, credential_id, public_key, sign_count, name) "
                "VALUES (:id, :person, :credential, '', 0, 'A key')"
            ),
            {"id": passkey_id, "person": someone.id, "credential": passkey_id.bytes},
        )
    return {
        "session_id": session_id,
        "passkey_id": passkey_id,
        # Links that were mailed: tests/accounts looks at those that work.
        "accounts.open_link:token": "unknown",
        "accounts.use_sign_in_link:token": "unknown",
        "accounts.open_address_link:token": "unknown",
        "accounts.use_address_link:token": "unknown",
    }


def _of_region(region: Region, coordinator: Someone, trainer: Trainer, engine: Engine) -> dict[str, object]:
    """What a partnership has: a provider with a course and an invitation, a report, a schedule with a mail."""
    course_id = make_live_course(region, trainer)
    date_id = make_date(trainer, course_id, today() + timedelta(days=30))
    newcomer = make_organisation(region, "Quiet Corner")
    with transaction(newcomer.scope()) as scope:
        change_logo(scope, make_picture("grey"))
        picture = get_own_organisation(scope).logo_version
    request_id, link_token = make_confirmed_request(region, engine), leave_request(region)
    answer_token = ask_question(region, engine)
    certificate_id = make_certificate(region, coordinator, engine)
    with transaction(region.scope()) as scope:
        list_id = keep_list(scope, content=b"Name,Sector\nListed House,Charity and community\n", file_name="list.csv")
    report_id = ask_for_report(region, "Report of the matrix")
    run_jobs(engine, JobName.PUBLISH_FIGURES)
    run_jobs(engine, JobName.EXPORT_ORGANISATION)
    run_jobs(engine, JobName.COMPILE_REPORT)
    with transaction(region.scope()) as scope:
        invitation = invite_user(scope, provider_id=trainer.id, email="invited@example.org")
        token = _token(scope, "provider_invitation")
        lead_invitation_id = invite_lead(scope, newcomer.id, email="lead@example.org", name="Lee Quiet")
        lead_token = _token(scope, "invitation")
        confirm_email_domain(scope, newcomer.id, "quiet.example.org")
        [domain] = list_email_domains(scope, newcomer.id)
        schedule_id = create_report_schedule(
            scope,
            title="Monthly",
            frequency=Frequency.MONTHLY,
            first_on=date(2027, 1, 31),
            local_time=time(7),
            recipients=[coordinator.id],
            colleagues=list_colleagues(scope),
        )
    with transaction(newcomer.scope()) as scope:
        joining_token = make_link(scope, good_for=timedelta(days=7), most_uses=10)
    with transaction(region.scope()) as scope:
        send_now(scope, schedule_id, token="the matrix")
    for name in (JobName.SEND_SCHEDULED_REPORT, JobName.COMPILE_REPORT, JobName.SEND_SCHEDULED_REPORT):
        run_jobs(engine, name)
    return {
        "partnership": region.slug,
        "provider": trainer.slug,
        "provider_id": trainer.id,
        "course_id": course_id,
        "date_id": date_id,
        "version": 3,
        "report_id": report_id,
        "kind": "xlsx",
        "certificate_id": certificate_id,
        "leaving.certificate_file:kind": "json",
        "schedule_id": schedule_id,
        "action": "pause",
        "email_id": _newest_mail(region.scope(), "report").id,
        "trainers.revoke:invitation_id": invitation.id,
        "trainers.invitation:token": token,
        "trainers.accept_provider_invitation:token": token,
        "organisation_id": newcomer.id,
        "tenants.remove_confirmed_domain:domain_id": domain.id,
        "step": "suspend",
        "request_id": request_id,
        "list_id": list_id,
        "tenants.joining_link:token": link_token,
        "tenants.confirm_joining:token": link_token,
        "tenants.joining_question:token": answer_token,
        "tenants.answer_joining:token": answer_token,
        "tenants.logo_for_office:picture": picture,
        "tenants.resend_lead_invitation:invitation_id": lead_invitation_id,
        "tenants.withdraw_lead_invitation:invitation_id": lead_invitation_id,
        "tenants.by_link:token": joining_token,
        "tenants.ask_by_link:token": joining_token,
        "tenants.invitation:token": lead_token,
        "tenants.accept:token": lead_token,
    }


def _newest_mail(scope: Home, word: str) -> Email:
    with transaction(scope, read_only=True):
        return next(email for email in list_emails(scope) if word in email.purpose)


def _token(scope: Home, purpose: str) -> str:
    """The token of the invitation that was just mailed."""
    [email] = list_emails(scope, purpose=purpose)
    found = re.search(r"invitation/([\w-]+)", email.text_body)
    assert found
    return found[1]


def make_world(engine: Engine, superuser_engine: Engine) -> World:
    """Needs an application context."""
    cast = make_cast(engine)
    elsewhere = make_provider(cast.other_region, "Elsewhere Training")
    world = World(
        cast,
        ours=_of_house(cast, cast.ours, "ours")
        | _of_region(cast.region, cast.coordinator, cast.trainer, superuser_engine)
        | _of_account(superuser_engine, cast.ours.staff),
        theirs=_of_house(cast, cast.theirs, "theirs")
        | _of_region(cast.other_region, cast.other_coordinator, elsewhere, superuser_engine)
        | {"provider": cast.other_trainer.slug}
        | _of_account(superuser_engine, cast.theirs.staff),
    )
    course_id = world.ours["course_id"]
    assert isinstance(course_id, UUID)
    make_score(cast.ours.tenant, course_id, note=secret("ours"))
    make_score(cast.theirs.tenant, course_id, note=secret("theirs"))
    return world


def nowhere(value: object) -> object:
    """A value like another that names nothing."""
    return uuid4() if isinstance(value, UUID) else value


OF_BOTH = {"staff", "manager"}
OF_THE_WORKER = {"staff"}
OWN_THINGS: dict[str, set[str]] = {
    "audits.asked": {"contributor"},
    "audits.save_asked": {"contributor"},
    "audits.save_answer": {"contributor"},
    "training.show": OF_BOTH,
    "training.plans": OF_BOTH,
    "training.reopen": OF_BOTH,
    "training.agreed": {"manager", "lead"},
    "training.delete": OF_THE_WORKER,
    "training.role": OF_THE_WORKER,
    "training.statements": OF_THE_WORKER,
    "training.strengths": OF_THE_WORKER,
    "training.share": OF_THE_WORKER,
    "training.withdraw": OF_THE_WORKER,
    "accounts.end": OF_THE_WORKER,
    "accounts.ask_to_remove": OF_THE_WORKER,
    "accounts.remove": OF_THE_WORKER,
}
"""Routes to things that belong to some of those who may open them: to everybody else they don't exist."""

THEIRS = ("Theirs ", secret("theirs"))
FORMS = (secret("form"), secret("agreed"))
FORBIDDEN_TEXT: dict[str, tuple[str, ...]] = {
    "nobody": ("Ours ", secret("ours"), *THEIRS, *FORMS),
    "contributor": (secret("ours"), *THEIRS, *FORMS),
    "staff": (*THEIRS, secret("agreed")),
    "colleague": (*THEIRS, *FORMS),
    "manager": THEIRS,
    "lead": (*THEIRS, secret("form")),
    "their lead": ("Ours ", secret("ours"), *FORMS),
    "coordinator": (secret("ours"), secret("theirs"), *FORMS),
    "other coordinator": ("Ours ", secret("ours"), *THEIRS, *FORMS),
    "provider": ("Ours ", secret("ours"), *THEIRS, *FORMS),
    "other provider": ("Ours ", secret("ours"), *THEIRS, *FORMS),
}
"""What must not stand in any answer to somebody: names and texts of the other organisation, and forms that are not theirs."""

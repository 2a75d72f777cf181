"""The world of the matrix, and beside it one of each thing in the making, so that every form is on some page."""

from datetime import date

from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.factories.audits import make_audit, rated
from tests.factories.outcomes import make_indicator, make_reading
from tests.factories.reports import ask_for_report
from tests.factories.trainers import make_course, make_offered_course
from tests.factories.training import make_draft
from tests.factories.uploads import make_upload
from tests.permissions.world import World, make_world
from tia_hub.core.scope import transaction
from tia_hub.reports.services.reports import cancel_report

PRINCIPALS = ("nobody", "staff", "colleague", "manager", "lead", "coordinator", "provider")


def make_busy_world(engine: Engine, superuser_engine: Engine) -> World:
    """Needs an application context."""
    world = make_world(engine, superuser_engine)
    make_things_in_the_making(world.cast)
    with superuser_engine.begin() as connection:
        # One of the report's mails could not be delivered.
        connection.execute(
            text("UPDATE email SET state = 'failed', error = '550 no such mailbox' WHERE id = :id"),
            {"id": world.ours["email_id"]},
        )
    return world


def make_things_in_the_making(cast: Cast) -> None:
    """An audit being filled in, a self-assessment, a staff list, courses that wait, an indicator kept to oneself, reports."""
    tenant = cast.ours.tenant
    make_audit(tenant, title="Audit in progress", entries=rated(green=1), started_on=date(2027, 4, 1))
    make_draft(tenant, cast.ours.colleague)
    make_upload(tenant, cast.ours.lead, "Zoë,zoe@example.org,Nurse", encoding="cp1252")
    indicator_id = make_indicator(tenant, "Sickness days")
    make_reading(tenant, indicator_id, date(2026, 3, 31), "4")
    make_course(cast.trainer)
    make_offered_course(cast.trainer)
    ask_for_report(cast.region, "Report under way")
    cancelled = ask_for_report(cast.region, "Report given up")
    with transaction(cast.region.scope()) as scope:
        cancel_report(scope, cancelled)

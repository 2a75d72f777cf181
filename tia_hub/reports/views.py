"""What an organisation publishes, and the partnership's reports."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, make_response
from flask.typing import ResponseReturnValue

from tia_hub.core.pages import htmx, page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.schedules.recurrence import Frequency
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.reports.forms import RecipientsForm, ReportForm, ScheduleForm, SendNowForm
from tia_hub.reports.presenters.pages import file_name, publication_page, report_lines, report_page
from tia_hub.reports.presenters.schedules import schedule_lines, schedule_page
from tia_hub.reports.queries.members import get_office, list_areas, list_colleagues
from tia_hub.reports.queries.publications import (
    count_own_ratings,
    get_own_publication,
    list_own_audits,
    list_own_counts,
    list_own_readings,
)
from tia_hub.reports.queries.reports import get_file, get_report, list_file_kinds, list_reports
from tia_hub.reports.queries.schedules import (
    get_report_schedule,
    list_recipients,
    list_schedules,
    list_sendings,
)
from tia_hub.reports.services.reports import cancel_report, request_report, try_again
from tia_hub.reports.services.schedules import (
    choose_recipients,
    create_report_schedule,
    pause_schedule,
    send_mail_again,
    send_now,
)
from tia_hub.reports.types import FileKind

bp = Blueprint("reports", __name__)


@bp.get("/o/<organisation>/publication")
@require(Permission.PUBLICATION_READ)
def publication(scope: OrganisationScope) -> ResponseReturnValue:
    """What the coordinator sees of the organisation."""
    return page(
        "reports/publication.html",
        office=get_office(scope),
        publication=publication_page(
            get_own_publication(scope),
            list_own_audits(scope),
            count_own_ratings(scope),
            list_own_counts(scope),
            list_own_readings(scope),
        ),
    )


@bp.get("/p/<partnership>/reports")
@require(Permission.REPORT_READ)
def index(scope: PartnershipScope) -> ResponseReturnValue:
    """The partnership's reports."""
    return page("reports/index.html", scope=scope, reports=report_lines(list_reports(scope)))


@bp.get("/p/<partnership>/reports/new")
@require(Permission.REPORT_WRITE)
def new(scope: PartnershipScope) -> ResponseReturnValue:
    """What the new report shall cover."""
    return page("reports/new.html", scope=scope, form=ReportForm(list_areas(scope)))


@bp.post("/p/<partnership>/reports/new")
@require(Permission.REPORT_WRITE)
def create(scope: PartnershipScope) -> ResponseReturnValue:
    """Have a report compiled."""
    form = ReportForm(list_areas(scope))
    if not form.validate():
        return page("reports/new.html", status=422, scope=scope, form=form)
    report_id = request_report(
        scope,
        token=form.token.data or "",
        title=form.title.data or "",
        period_from=form.period_from.data,
        period_to=form.period_to.data,
        area_ids=[UUID(area_id) for area_id in form.areas.data or ()],
        sectors=form.sectors.data or (),
    )
    return see("reports.show", partnership=scope.slug, report_id=report_id)


@bp.get("/p/<partnership>/reports/<uuid:report_id>")
@require(Permission.REPORT_READ)
def show(scope: PartnershipScope, report_id: UUID) -> ResponseReturnValue:
    """A report as issued, or how far it is. To htmx, which asks again and again: how far, then where to look."""
    report, job = get_report(scope, report_id)
    shown = report_page(report, job, list_file_kinds(scope, report_id))
    if htmx and not shown.compiling:
        return Response(status=204, headers={"HX-Refresh": "true"})
    return page("reports/show.html", part="reports/_progress.html", scope=scope, report=shown)


@bp.post("/p/<partnership>/reports/<uuid:report_id>/cancel")
@require(Permission.REPORT_WRITE)
def cancel(scope: PartnershipScope, report_id: UUID) -> ResponseReturnValue:
    """Stop compiling a report."""
    cancel_report(scope, report_id)
    return see("reports.show", "Report cancelled", partnership=scope.slug, report_id=report_id)


@bp.post("/p/<partnership>/reports/<uuid:report_id>/again")
@require(Permission.REPORT_WRITE)
def again(scope: PartnershipScope, report_id: UUID) -> ResponseReturnValue:
    """Compile a report that failed or was cancelled once more."""
    try_again(scope, report_id)
    return see("reports.show", partnership=scope.slug, report_id=report_id)


@bp.get("/p/<partnership>/reports/<uuid:report_id>.<any(pdf, xlsx):kind>")
@require(Permission.REPORT_READ)
def download(scope: PartnershipScope, report_id: UUID, kind: str) -> ResponseReturnValue:
    """A file of a report."""
    wanted = FileKind(kind)
    title, content = get_file(scope, report_id, wanted)
    response = make_response(content)
    response.mimetype = wanted.mimetype
    response.headers.set("Content-Disposition", "attachment", filename=file_name(title, wanted))
    return response


@bp.get("/p/<partnership>/schedules")
@require(Permission.REPORT_READ)
def schedules(scope: PartnershipScope) -> ResponseReturnValue:
    """When which report is sent, to how many."""
    return page("reports/schedules.html", scope=scope, schedules=schedule_lines(list_schedules(scope)))


@bp.get("/p/<partnership>/schedules/new")
@require(Permission.REPORT_WRITE)
def new_schedule(scope: PartnershipScope) -> ResponseReturnValue:
    """What the new schedule shall send."""
    return page("reports/new_schedule.html", scope=scope, form=ScheduleForm(list_colleagues(scope)))


@bp.post("/p/<partnership>/schedules/new")
@require(Permission.REPORT_WRITE)
def add_schedule(scope: PartnershipScope) -> ResponseReturnValue:
    """Have a report compiled and sent again and again."""
    colleagues = list_colleagues(scope)
    form = ScheduleForm(colleagues)
    if not form.validate() or form.first_on.data is None:
        return page("reports/new_schedule.html", status=422, scope=scope, form=form)
    schedule_id = create_report_schedule(
        scope,
        title=form.title.data or "",
        frequency=Frequency(form.frequency.data),
        first_on=form.first_on.data,
        local_time=form.local_time.time,
        recipients=form.chosen(),
        colleagues=colleagues,
        token=form.token.data,
    )
    return see("reports.schedule", "Report scheduled", partnership=scope.slug, schedule_id=schedule_id)


@bp.get("/p/<partnership>/schedules/<uuid:schedule_id>")
@require(Permission.REPORT_READ)
def schedule(scope: PartnershipScope, schedule_id: UUID) -> ResponseReturnValue:
    """One schedule, and what it sent to whom."""
    return _schedule_page(scope, schedule_id, RecipientsForm(list_colleagues(scope)))


def _schedule_page(
    scope: PartnershipScope, schedule_id: UUID, form: RecipientsForm, *, problems: Sequence[str] = (), status: int = 200
) -> ResponseReturnValue:
    found, times = get_report_schedule(scope, schedule_id)
    recipients = list_recipients(scope, schedule_id)
    if not form.errors:
        form.recipients.data = [str(person_id) for person_id, _ in recipients]
    return page(
        "reports/schedule.html",
        status=status,
        scope=scope,
        schedule=schedule_page(found, times, recipients, list_sendings(scope, schedule_id)),
        form=form,
        problems=problems,
        send_now=SendNowForm(formdata=None),
    )


@bp.post("/p/<partnership>/schedules/<uuid:schedule_id>/recipients")
@require(Permission.REPORT_WRITE)
def recipients(scope: PartnershipScope, schedule_id: UUID) -> ResponseReturnValue:
    """Say anew who gets a schedule's reports."""
    colleagues = list_colleagues(scope)
    form = RecipientsForm(colleagues)
    if not form.validate():
        return _schedule_page(scope, schedule_id, form, status=422)
    choose_recipients(scope, schedule_id, form.chosen(), colleagues)
    return see("reports.schedule", "Recipients changed", partnership=scope.slug, schedule_id=schedule_id)


@bp.post("/p/<partnership>/schedules/<uuid:schedule_id>/<any(pause, resume):action>")
@require(Permission.REPORT_WRITE)
def pause(scope: PartnershipScope, schedule_id: UUID, action: str) -> ResponseReturnValue:
    """Pause a schedule, or have it go on."""
    paused = action == "pause"
    pause_schedule(scope, schedule_id, paused=paused)
    words = "Schedule paused" if paused else "Schedule goes on"
    return see("reports.schedule", words, partnership=scope.slug, schedule_id=schedule_id)


@bp.post("/p/<partnership>/schedules/<uuid:schedule_id>/send")
@require(Permission.REPORT_WRITE)
def send(scope: PartnershipScope, schedule_id: UUID) -> ResponseReturnValue:
    """Compile and send a schedule's report now."""
    form = SendNowForm()
    if not form.validate():
        problems = [message for messages in form.errors.values() for message in messages]
        empty = RecipientsForm(list_colleagues(scope), formdata=None)
        return _schedule_page(scope, schedule_id, empty, problems=problems, status=422)
    send_now(scope, schedule_id, token=form.token.data or "")
    return see("reports.schedule", "The report is on its way", partnership=scope.slug, schedule_id=schedule_id)


@bp.post("/p/<partnership>/schedules/<uuid:schedule_id>/mails/<uuid:email_id>/again")
@require(Permission.REPORT_WRITE)
def mail_again(scope: PartnershipScope, schedule_id: UUID, email_id: UUID) -> ResponseReturnValue:
    """Send a mail that did not arrive once more."""
    send_mail_again(scope, schedule_id, email_id)
    return see("reports.schedule", "The mail is on its way", partnership=scope.slug, schedule_id=schedule_id)

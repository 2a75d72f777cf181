"""What an organisation publishes, and the partnership's reports."""

from uuid import UUID

from flask import Blueprint, Response, make_response
from flask.typing import ResponseReturnValue

from tia_hub.core.pages import htmx, page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.reports.forms import ReportForm
from tia_hub.reports.presenters.pages import file_name, publication_page, report_lines, report_page
from tia_hub.reports.queries.members import get_office, list_areas
from tia_hub.reports.queries.publications import (
    count_own_ratings,
    get_own_publication,
    list_own_audits,
    list_own_counts,
)
from tia_hub.reports.queries.reports import get_file, get_report, list_file_kinds, list_reports
from tia_hub.reports.services.reports import cancel_report, request_report, try_again
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
            get_own_publication(scope), list_own_audits(scope), count_own_ratings(scope), list_own_counts(scope)
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

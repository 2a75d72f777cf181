"""Exports of an organisation, and the certificates of those that are gone."""

from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from tia_hub.accounts.security import confirmed_lately
from tia_hub.core.errors import NotFound
from tia_hub.core.jobs.services import get_job
from tia_hub.core.pages import htmx, page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope, PartnershipScope, transaction
from tia_hub.leaving.forms import ExportForm
from tia_hub.leaving.presenters import certificate_lines, certificate_page, export_lines, export_page
from tia_hub.leaving.queries import find_part, get_certificate, get_export, list_certificates, list_exports
from tia_hub.leaving.services.deleting import canonical
from tia_hub.leaving.services.exporting.keeping import cancel_export, note_download, request_export

bp = Blueprint("leaving", __name__)


@bp.get("/o/<organisation>/export")
@require(Permission.ORGANISATION_EXPORT)
def exports(scope: OrganisationScope) -> ResponseReturnValue:
    """What an export is, and those that were asked for."""
    return page(
        "leaving/exports.html",
        scope=scope,
        form=ExportForm(formdata=None),
        exports=export_lines(list_exports(scope)),
        confirmed=confirmed_lately(),
        confirm_href=_confirm_address(scope),
    )


def _confirm_address(scope: OrganisationScope) -> str:
    return url_for("security.verify", next=url_for("leaving.exports", organisation=scope.slug))


@bp.post("/o/<organisation>/export")
@require(Permission.ORGANISATION_EXPORT, at_rest=True)
def ask(scope: OrganisationScope) -> ResponseReturnValue:
    """Have an export put together."""
    if not confirmed_lately():
        return see("security.verify", next=url_for("leaving.exports", organisation=scope.slug))
    form = ExportForm()
    if not form.validate():
        return page(
            "leaving/exports.html",
            status=422,
            scope=scope,
            form=form,
            exports=export_lines(list_exports(scope)),
            confirmed=True,
            confirm_href="",
        )
    export_id = request_export(scope, token=form.token.data or "")
    return see("leaving.export", organisation=scope.slug, export_id=export_id)


@bp.get("/o/<organisation>/export/<uuid:export_id>")
@require(Permission.ORGANISATION_EXPORT)
def export(scope: OrganisationScope, export_id: UUID) -> ResponseReturnValue:
    """How far an export is, or what is in it. To htmx, which asks again and again: how far, then where to look."""
    found = get_export(scope, export_id)
    job = get_job(scope, found.job_id) if found.job_id else None
    shown = export_page(found, job, scope.slug)
    if htmx and not shown.busy:
        return Response(status=204, headers={"HX-Refresh": "true"})
    return page(
        "leaving/export.html",
        part="leaving/_progress.html",
        scope=scope,
        export=shown,
        confirmed=confirmed_lately(),
        confirm_href=url_for("security.verify", next=request.path),
    )


@bp.post("/o/<organisation>/export/<uuid:export_id>/stop")
@require(Permission.ORGANISATION_EXPORT, at_rest=True)
def stop(scope: OrganisationScope, export_id: UUID) -> ResponseReturnValue:
    """Stop putting an export together."""
    cancel_export(scope, export_id)
    return see("leaving.exports", "The export was stopped. Nothing of it was kept.", organisation=scope.slug)


@bp.post("/o/<organisation>/export/<uuid:export_id>/file")
@require(Permission.ORGANISATION_EXPORT, at_rest=True)
def download(scope: OrganisationScope, export_id: UUID) -> ResponseReturnValue:
    """The file of an export: no address to pass on, but a button, since each download goes on the trail."""
    found = get_export(scope, export_id)
    if not confirmed_lately():
        return see("security.verify", next=url_for("leaving.export", organisation=scope.slug, export_id=export_id))
    note_download(scope, export_id)
    response = Response(_parts(scope, export_id), mimetype="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=export_page(found, None, scope.slug).file_name)
    response.content_length = found.size
    return response


def _parts(scope: OrganisationScope, export_id: UUID) -> Iterator[bytes]:
    """The file, part by part: each in a transaction of its own, as the door's is over by then."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    own = OrganisationScope(organisation_id=scope.organisation_id, partnership_id=scope.partnership_id, actor=scope.actor)

    def read() -> Iterator[bytes]:
        number = 0
        while True:
            with app.app_context(), transaction(own, read_only=True):
                content = find_part(own, export_id, number)
            if content is None:
                return
            yield content
            number += 1

    return read()


@bp.get("/p/<partnership>/certificates")
@require(Permission.ORGANISATION_MANAGE)
def certificates(scope: PartnershipScope) -> ResponseReturnValue:
    """The certificates of organisations that were deleted."""
    return page("leaving/certificates.html", scope=scope, certificates=certificate_lines(list_certificates(scope)))


@bp.get("/p/<partnership>/certificates/<uuid:certificate_id>")
@require(Permission.ORGANISATION_MANAGE)
def certificate(scope: PartnershipScope, certificate_id: UUID) -> ResponseReturnValue:
    """What was deleted of an organisation that is gone."""
    shown = certificate_page(get_certificate(scope, certificate_id))
    return page("leaving/certificate.html", scope=scope, certificate=shown)


@bp.get("/p/<partnership>/certificates/<uuid:certificate_id>.<any(pdf, json):kind>")
@require(Permission.ORGANISATION_MANAGE)
def certificate_file(scope: PartnershipScope, certificate_id: UUID, kind: str) -> ResponseReturnValue:
    """A certificate to keep: as a document, or as the text that its SHA-256 is of."""
    found = get_certificate(scope, certificate_id)
    content = found.pdf if kind == "pdf" else canonical(found.content).encode()
    if content is None:
        raise NotFound
    response = Response(content, mimetype=f"application/{kind}")
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"certificate-of-deletion-{found.deleted_at:%Y-%m-%d}.{kind}"
    )
    return response

"""Staff lists: uploaded, matched, checked, imported; the people as a file."""

import secrets
from collections.abc import Collection, Iterable
from uuid import UUID

from flask import Response, abort, flash, make_response, request, url_for
from flask.typing import ResponseReturnValue

from tia_hub.core.pages import htmx, page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.sheets.types import MOST_BYTES, SheetKind, Unreadable
from tia_hub.core.sheets.writing import write_csv
from tia_hub.tenants.forms.uploads import ColumnsForm, ImportForm, LeaversForm, LettersForm, UploadForm
from tia_hub.tenants.models.uploads import StaffUpload
from tia_hub.tenants.presenters.uploads import (
    UPLOAD_COLOURS,
    UploadPage,
    column_lines,
    corrected_rows,
    leaver_hints,
    upload_page,
)
from tia_hub.tenants.queries.people import list_members_with_role
from tia_hub.tenants.queries.uploads import (
    Leaver,
    count_leavers,
    get_upload,
    iterate_faulty,
    list_leavers,
    list_uploads,
    read_refused,
    read_rows,
)
from tia_hub.tenants.services.people import MAY_MANAGE
from tia_hub.tenants.services.uploads.applying import close_leavers
from tia_hub.tenants.services.uploads.columns import COLUMNS, WITHOUT_MEANING
from tia_hub.tenants.services.uploads.exporting import export_people, write_template
from tia_hub.tenants.services.uploads.keeping import (
    confirm_text,
    decide_upload,
    discard_upload,
    match_upload,
    receive_upload,
)
from tia_hub.tenants.types.uploads import UploadState
from tia_hub.tenants.views.blueprint import asked_for, bp

LEAVERS_AT_ONCE = 50
FORM_BYTES = 256 * 1024
"""Bytes that a form may have beside its file."""


@bp.before_request
def _take_a_file() -> None:
    """A staff list may be larger than what any other form sends."""
    if request.endpoint == "tenants.upload":
        request.max_content_length = MOST_BYTES + FORM_BYTES


def _file(pieces: Iterable[bytes], kind: SheetKind, name: str) -> Response:
    # Whole, since the data is closed when the answer is on its way.
    response = make_response(b"".join(pieces))
    response.headers["Content-Type"] = kind.mimetype
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{kind}")
    return response


def _uploads_page(scope: OrganisationScope, form: UploadForm, status: int = 200) -> ResponseReturnValue:
    form.token.data = secrets.token_urlsafe(16)
    return page(
        "tenants/uploads.html",
        form=form,
        uploads=list_uploads(scope),
        columns=COLUMNS,
        states=UploadState,
        colours=UPLOAD_COLOURS,
        scope=scope,
        status=status,
    )


@bp.get("/o/<organisation>/people/lists")
@require(Permission.PEOPLE_MANAGE)
def uploads(scope: OrganisationScope) -> ResponseReturnValue:
    """Upload a staff list; those that were uploaded of late; the people as a file."""
    return _uploads_page(scope, UploadForm(formdata=None))


@bp.post("/o/<organisation>/people/lists")
@require(Permission.PEOPLE_MANAGE)
def upload(scope: OrganisationScope) -> ResponseReturnValue:
    """Take a staff list in."""
    form = UploadForm()
    if not form.validate():
        return _uploads_page(scope, form, status=422)
    file = form.file.data
    try:
        upload_id = receive_upload(
            scope, token=form.token.data or "", file_name=file.filename, content=file.stream.read(MOST_BYTES + 1)
        )
    except Unreadable as fault:
        form.file.errors = [str(fault)]
        return _uploads_page(scope, form, status=422)
    return see("tenants.show_upload", organisation=scope.slug, upload_id=upload_id)


@bp.get("/o/<organisation>/people/lists/template.xlsx")
@require(Permission.PEOPLE_MANAGE)
def template_for_excel(scope: OrganisationScope) -> ResponseReturnValue:
    """An Excel file to fill in."""
    return _file(write_template(SheetKind.XLSX), SheetKind.XLSX, "staff-list")


@bp.get("/o/<organisation>/people/lists/template.csv")
@require(Permission.PEOPLE_MANAGE)
def template_as_csv(scope: OrganisationScope) -> ResponseReturnValue:
    """A CSV file to fill in."""
    return _file(write_template(SheetKind.CSV), SheetKind.CSV, "staff-list")


@bp.post("/o/<organisation>/people/lists/export")
@require(Permission.PEOPLE_MANAGE)
def export(scope: OrganisationScope) -> ResponseReturnValue:
    """The people as a file."""
    kind = request.form.get("kind", "")
    if kind not in list(SheetKind):
        abort(400)
    return _file(export_people(scope, SheetKind(kind)), SheetKind(kind), "people")


@bp.get("/o/<organisation>/people/lists/<uuid:upload_id>")
@require(Permission.PEOPLE_MANAGE)
def show_upload(scope: OrganisationScope, upload_id: UUID) -> ResponseReturnValue:
    """Where a staff list is, and what it waits for. To htmx, which asks again and again: how far, then where to look."""
    shown = upload_page(*get_upload(scope, upload_id))
    if shown.state is UploadState.TEXT:
        return see("tenants.look_at_letters", organisation=scope.slug, upload_id=upload_id)
    if shown.state is UploadState.COLUMNS:
        return see("tenants.look_at_columns", organisation=scope.slug, upload_id=upload_id)
    if htmx and not shown.is_busy:
        return Response(status=204, headers={"HX-Refresh": "true"})
    return _upload_page(scope, shown, ImportForm(formdata=None))


def _upload_page(scope: OrganisationScope, shown: UploadPage, form: ImportForm, status: int = 200) -> ResponseReturnValue:
    _, number = asked_for()
    verdict = shown.chosen(request.args.get("show", ""))
    rows = None
    if shown.state is UploadState.CHECKED and verdict:
        rows = read_rows(scope, shown.id, verdict, number)
    return page(
        "tenants/upload.html",
        part="tenants/_upload_progress.html",
        upload=shown,
        form=form,
        verdict=verdict,
        rows=rows,
        refused=read_refused(scope, shown.id) if shown.state is UploadState.DONE else (),
        leavers=count_leavers(scope, shown.id, but=_not_leaving(scope, shown.uploaded_by)) if shown.has_leavers else 0,
        colours=UPLOAD_COLOURS,
        href=lambda number: url_for(
            "tenants.show_upload", organisation=scope.slug, upload_id=shown.id, show=verdict, page=number
        ),
        scope=scope,
        status=status,
    )


def _not_leaving(scope: OrganisationScope, uploaded_by: UUID) -> list[UUID]:
    """Whose access nobody can close by a staff list: who uploaded it, and who is asking."""
    return [uploaded_by, *([scope.actor.person_id] if scope.actor.person_id else [])]


@bp.get("/o/<organisation>/people/lists/<uuid:upload_id>/letters")
@require(Permission.PEOPLE_MANAGE)
def look_at_letters(scope: OrganisationScope, upload_id: UUID) -> ResponseReturnValue:
    """Ask whether the letters of a list are right."""
    upload, _ = get_upload(scope, upload_id)
    if upload.state != UploadState.TEXT:
        return see("tenants.show_upload", organisation=scope.slug, upload_id=upload_id)
    return _letters_page(scope, upload, LettersForm(formdata=None))


def _letters_page(scope: OrganisationScope, upload: StaffUpload, form: LettersForm, status: int = 200) -> ResponseReturnValue:
    return page("tenants/upload_letters.html", upload=upload, form=form, scope=scope, status=status)


@bp.post("/o/<organisation>/people/lists/<uuid:upload_id>/letters")
@require(Permission.PEOPLE_MANAGE)
def answer_letters(scope: OrganisationScope, upload_id: UUID) -> ResponseReturnValue:
    """Go on with a list whose letters are right, or throw it away."""
    upload, _ = get_upload(scope, upload_id)
    form = LettersForm()
    if not form.validate():
        return _letters_page(scope, upload, form, status=422)
    confirm_text(scope, upload_id, is_right=form.right.data == "yes")
    return see("tenants.show_upload", organisation=scope.slug, upload_id=upload_id)


@bp.get("/o/<organisation>/people/lists/<uuid:upload_id>/columns")
@require(Permission.PEOPLE_MANAGE)
def look_at_columns(scope: OrganisationScope, upload_id: UUID) -> ResponseReturnValue:
    """Ask which column is which."""
    upload, _ = get_upload(scope, upload_id)
    if upload.state not in (UploadState.COLUMNS, UploadState.CHECKED):
        return see("tenants.show_upload", organisation=scope.slug, upload_id=upload_id)
    chosen = {key: str(place) for key, place in upload.columns.items()}
    form = ColumnsForm(formdata=None, data={**chosen, "make_teams": ["make"] if upload.make_teams else []})
    return _columns_page(scope, upload, form)


def _columns_page(scope: OrganisationScope, upload: StaffUpload, form: ColumnsForm, status: int = 200) -> ResponseReturnValue:
    form.offer(upload.preview.get("header", ()))
    return page(
        "tenants/upload_columns.html",
        upload=upload,
        form=form,
        columns=COLUMNS,
        lines=column_lines(upload, WITHOUT_MEANING),
        scope=scope,
        status=status,
    )


@bp.post("/o/<organisation>/people/lists/<uuid:upload_id>/columns")
@require(Permission.PEOPLE_MANAGE)
def match(scope: OrganisationScope, upload_id: UUID) -> ResponseReturnValue:
    """Have a list checked by these columns."""
    upload, _ = get_upload(scope, upload_id)
    form = ColumnsForm()
    form.offer(upload.preview.get("header", ()))
    if not form.validate():
        return _columns_page(scope, upload, form, status=422)
    match_upload(scope, upload_id, **form.values())
    return see("tenants.show_upload", organisation=scope.slug, upload_id=upload_id)


@bp.post("/o/<organisation>/people/lists/<uuid:upload_id>/import")
@require(Permission.PEOPLE_MANAGE)
def decide(scope: OrganisationScope, upload_id: UUID) -> ResponseReturnValue:
    """Import the good rows, or nothing."""
    shown = upload_page(*get_upload(scope, upload_id))
    form = ImportForm()
    if not form.validate():
        return _upload_page(scope, shown, form, status=422)
    decide_upload(scope, upload_id, import_good=form.choice.data == "good")
    return see("tenants.show_upload", organisation=scope.slug, upload_id=upload_id)


@bp.post("/o/<organisation>/people/lists/<uuid:upload_id>/discard")
@require(Permission.PEOPLE_MANAGE)
def discard(scope: OrganisationScope, upload_id: UUID) -> ResponseReturnValue:
    """Throw a list away."""
    discard_upload(scope, upload_id)
    return see("tenants.uploads", "The staff list was deleted. Nothing was imported.", organisation=scope.slug)


@bp.get("/o/<organisation>/people/lists/<uuid:upload_id>/faults.csv")
@require(Permission.PEOPLE_MANAGE)
def faults(scope: OrganisationScope, upload_id: UUID) -> ResponseReturnValue:
    """The rows at fault as a file, to be corrected and uploaded."""
    upload, _ = get_upload(scope, upload_id)
    header, rows = corrected_rows(upload, iterate_faulty(scope, upload_id))
    return _file(write_csv(header, rows), SheetKind.CSV, "rows-to-correct")


def _leavers_form(
    scope: OrganisationScope, upload: StaffUpload, form: LeaversForm, chosen: Collection[str] | None = None
) -> list[Leaver]:
    """Fill the form; with `chosen`, ask for a successor only where one of those manages people. The leavers that it offers."""
    found = list_leavers(scope, upload.id, but=_not_leaving(scope, upload.uploaded_by), limit=LEAVERS_AT_ONCE)
    managers = {str(leaver.member.id) for leaver in found if leaver.reports}
    form.offer(
        [leaver.member for leaver in found],
        [manager for manager in list_members_with_role(scope, MAY_MANAGE) if str(manager.id) not in (chosen or ())],
    )
    if not managers:
        del form.manager
    elif chosen is not None and managers.isdisjoint(chosen):
        form.manager.validators = ()
    return found


def _leavers_page(
    scope: OrganisationScope, upload: StaffUpload, form: LeaversForm, found: list[Leaver], status: int = 200
) -> ResponseReturnValue:
    return page(
        "tenants/upload_leavers.html",
        upload=upload,
        form=form,
        hints=leaver_hints(found),
        shown=len(found),
        total=count_leavers(scope, upload.id, but=_not_leaving(scope, upload.uploaded_by)),
        scope=scope,
        status=status,
    )


@bp.get("/o/<organisation>/people/lists/<uuid:upload_id>/leavers")
@require(Permission.PEOPLE_MANAGE)
def leavers(scope: OrganisationScope, upload_id: UUID) -> ResponseReturnValue:
    """Present members who are not in a list, or are marked in it as leaving."""
    upload, _ = get_upload(scope, upload_id)
    form = LeaversForm(formdata=None)
    return _leavers_page(scope, upload, form, _leavers_form(scope, upload, form))


@bp.post("/o/<organisation>/people/lists/<uuid:upload_id>/leavers")
@require(Permission.PEOPLE_MANAGE)
def close_access(scope: OrganisationScope, upload_id: UUID) -> ResponseReturnValue:
    """Close the access of those who were chosen."""
    upload, _ = get_upload(scope, upload_id)
    form = LeaversForm()
    found = _leavers_form(scope, upload, form, form.people.data or ())
    if not form.validate():
        return _leavers_page(scope, upload, form, found, status=422)
    chosen = [UUID(each) for each in form.people.data or ()]
    closed, problems = close_leavers(scope, chosen, successor_id=form.manager_id if "manager" in form else None)
    for problem in problems:
        flash(problem, "problem")
    message = f"The access of {', '.join(closed)} is closed." if closed else None
    return see("tenants.leavers", message, organisation=scope.slug, upload_id=upload_id)

"""Organisations from a spreadsheet: a template, the file, what would happen, and doing it."""

from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from tia_hub.core.pages import page, see
from tia_hub.core.permissions import Permission
from tia_hub.core.policy import require
from tia_hub.core.scope import PartnershipScope
from tia_hub.core.sheets.types import SheetKind, Unreadable
from tia_hub.core.sheets.writing import write_sheet
from tia_hub.tenants.forms.organisations import OrganisationListForm
from tia_hub.tenants.queries.organisation_lists import get_organisation_list
from tia_hub.tenants.queries.organisations import list_areas
from tia_hub.tenants.services.organisation_lists import (
    COLUMNS,
    MOST_ROWS,
    TEMPLATE_TITLE,
    add_list,
    forget_list,
    keep_list,
    split_known,
)
from tia_hub.tenants.types.organisations import Sector
from tia_hub.tenants.views.blueprint import bp

SHOWN = 100
"""Rows of each kind that the page of a list shows."""


def _upload_page(scope: PartnershipScope, form: OrganisationListForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "tenants/organisation_list.html",
        form=form,
        columns=COLUMNS,
        sectors=list(Sector),
        areas=list_areas(scope),
        most=MOST_ROWS,
        scope=scope,
        status=status,
    )


@bp.get("/p/<partnership>/organisations/list")
@require(Permission.ORGANISATION_MANAGE)
def upload_list(scope: PartnershipScope) -> ResponseReturnValue:
    """The form of a file with organisations."""
    return _upload_page(scope, OrganisationListForm(formdata=None))


@bp.get("/p/<partnership>/organisations/list/template.<any(csv,xlsx):sheet_kind>")
@require(Permission.ORGANISATION_MANAGE)
def list_template(scope: PartnershipScope, sheet_kind: str) -> ResponseReturnValue:
    """A file to fill in, with an example."""
    kind = SheetKind(sheet_kind)
    areas = "; ".join(area.name for area in list_areas(scope)[:2])
    example = [areas if column.key == "areas" else column.hint for column in COLUMNS]
    content = b"".join(write_sheet(kind, TEMPLATE_TITLE, [column.label for column in COLUMNS], [example]))
    headers = {"Content-Disposition": f'attachment; filename="organisations.{kind.value}"'}
    return Response(content, content_type=kind.mimetype, headers=headers)


@bp.post("/p/<partnership>/organisations/list")
@require(Permission.ORGANISATION_MANAGE)
def send_list(scope: PartnershipScope) -> ResponseReturnValue:
    """Read and check a file; nothing is added yet."""
    form = OrganisationListForm()
    if not form.validate():
        return _upload_page(scope, form, status=422)
    try:
        list_id = keep_list(scope, content=form.file.data.read(), file_name=form.file.data.filename or "")
    except Unreadable as fault:
        form.file.errors = [str(fault)]
        return _upload_page(scope, form, status=422)
    return see("tenants.show_list", None, partnership=scope.slug, list_id=list_id)


@bp.get("/p/<partnership>/organisations/list/<uuid:list_id>")
@require(Permission.ORGANISATION_MANAGE)
def show_list(scope: PartnershipScope, list_id: UUID) -> ResponseReturnValue:
    """What would be added, what is there already, and what can't be added and why."""
    kept = get_organisation_list(scope, list_id)
    new, there = split_known(scope, kept.read_rows())
    areas = {area.id: area.name for area in list_areas(scope)}
    return page(
        "tenants/organisation_list_check.html",
        kept=kept,
        new=new,
        there=there,
        faults=kept.read_faults(),
        areas=areas,
        shown=SHOWN,
        scope=scope,
    )


@bp.post("/p/<partnership>/organisations/list/<uuid:list_id>")
@require(Permission.ORGANISATION_MANAGE)
def import_list(scope: PartnershipScope, list_id: UUID) -> ResponseReturnValue:
    """Add the good rows; sent twice, it says what the first one did."""
    kept = get_organisation_list(scope, list_id, lock=True)
    added = kept.added if kept.added_at else add_list(scope, list_id)
    message = f"{added:,} {'organisation was' if added == 1 else 'organisations were'} added."
    return see("tenants.organisations", message, partnership=scope.slug)


@bp.post("/p/<partnership>/organisations/list/<uuid:list_id>/forget")
@require(Permission.ORGANISATION_MANAGE)
def drop_list(scope: PartnershipScope, list_id: UUID) -> ResponseReturnValue:
    """Add nothing."""
    forget_list(scope, list_id)
    return see("tenants.organisations", "Nothing was added.", partnership=scope.slug)

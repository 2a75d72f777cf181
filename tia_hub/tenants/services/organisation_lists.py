"""Organisations from a spreadsheet: read and checked row by row, kept for a look, then added or forgotten."""

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from uuid import UUID, uuid4

from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.forms import LINE, fault_in_text, is_email_address
from tia_hub.core.scope import PartnershipScope
from tia_hub.core.sheets.matching import Column, match_columns
from tia_hub.core.sheets.reading import Sheet, open_sheet
from tia_hub.core.sheets.types import Row, Unreadable
from tia_hub.core.trail import record
from tia_hub.tenants.models.organisations import OrganisationList
from tia_hub.tenants.queries.joining_requests import list_organisation_names
from tia_hub.tenants.queries.organisation_lists import get_organisation_list
from tia_hub.tenants.queries.organisations import list_areas
from tia_hub.tenants.scoring import read_headcount
from tia_hub.tenants.services.invitations import invite_first_leads
from tia_hub.tenants.services.organisations import create_organisations
from tia_hub.tenants.types.organisations import ListedOrganisation, RowFault, Sector

MOST_ROWS = 500
"""Organisations of one file: they are added while somebody waits for the page."""
TEMPLATE_TITLE = "Organisations"

COLUMNS = (
    Column(key="name", label="Name", others=("Organisation", "Organisation name"), required=True, hint="Harbour Trust"),
    Column(key="sector", label="Sector", others=("Kind", "Type"), required=True, hint="Charity and community"),
    Column(key="areas", label="Areas", others=("Area", "Regions", "Localities"), hint="North; South"),
    Column(key="headcount", label="Number of staff", others=("Headcount", "Staff", "Employees"), hint="120"),
    Column(key="lead_name", label="Lead name", others=("Lead", "Contact name", "Contact"), hint="Robin Ash"),
    Column(
        key="lead_email", label="Lead email", others=("Email", "Lead email address", "Contact email"), hint="robin@example.org"
    ),
)


def keep_list(scope: PartnershipScope, *, content: bytes, file_name: str) -> UUID:
    """Read and check a file, and keep what was found for a look. Raises Unreadable, in words for who sent it."""
    sheet = open_sheet(content, file_name)
    places = match_columns(sheet.header, COLUMNS)
    missing = [column.label for column in COLUMNS if column.required and column.key not in places]
    if missing:
        raise Unreadable(
            f"The file has no column “{'” and no column “'.join(missing)}”. Its headings have to be in its first row."
        )
    rows, faults = _check(scope, sheet, places)
    list_id = uuid4()
    scope.session.add(
        OrganisationList(
            id=list_id,
            partnership_id=scope.partnership_id,
            file_name=" ".join(file_name.split())[:LINE],
            is_doubtful=sheet.is_doubtful,
            unused=[heading for index, heading in enumerate(sheet.header) if heading and index not in places.values()],
            rows=[row.model_dump(mode="json") for row in rows],
            faults=[fault.model_dump(mode="json") for fault in faults],
        )
    )
    return list_id


def _check(scope: PartnershipScope, sheet: Sheet, places: Mapping[str, int]) -> tuple[list[ListedOrganisation], list[RowFault]]:
    areas = {area.name.casefold(): area for area in list_areas(scope)}
    good: list[ListedOrganisation] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for count, row in enumerate(sheet.rows(), start=1):
        if count > MOST_ROWS:
            raise Unreadable(f"The file has more than {MOST_ROWS} organisations. Upload them in parts.")
        cells = {key: row.cells[place] for key, place in places.items()}
        read, wrong = _read_row(row, cells, {name: (area.id, area.name) for name, area in areas.items()})
        name = cells["name"].casefold()
        if name and name in seen:
            wrong.append(f"The name is also in row {seen[name]:,}. Delete one of the two rows.")
        seen.setdefault(name, row.number)
        if wrong:
            faults.append(RowFault(number=row.number, name=cells["name"], faults=wrong))
        else:
            good.append(read())
    return good, faults


def _read_row(
    row: Row, cells: Mapping[str, str], areas: Mapping[str, tuple[UUID, str]]
) -> tuple[Callable[[], ListedOrganisation], list[str]]:
    """How to make an organisation of a row, and every fault for which that can't be done, each with what to do."""
    wrong = [row.fault] if row.fault else []
    name, email, lead = cells["name"], cells.get("lead_email", "").lower(), cells.get("lead_name", "")
    for label, value in (("name", name), ("lead’s name", lead), ("lead’s email address", email)):
        if fault_in_text(value, LINE) or "\n" in value:
            wrong.append(f"The {label} must be one line of up to {LINE} characters.")
    if not name:
        wrong.append("The name is missing. Enter the name of the organisation.")
    sector = _find_sector(cells["sector"])
    if sector is None:
        wrong.append(_unknown("sector", cells["sector"], [each.words for each in Sector]))
    headcount = read_headcount(cells.get("headcount", "") or "0")
    if headcount is None:
        wrong.append(f"“{cells['headcount']}” is no number of staff. Enter a whole number, like 40.")
    wanted = [part.strip() for part in re.split(r"[;\n]", cells.get("areas", "")) if part.strip()]
    wrong += [_unknown("area", part, [name for _, name in areas.values()]) for part in wanted if part.casefold() not in areas]
    if email and not is_email_address(email):
        wrong.append(f"“{email}” is no email address. Enter one like name@example.com.")
    if bool(email) is not bool(lead):
        wrong.append("A lead needs both a name and an email address. Enter the one that is missing, or neither.")

    def make() -> ListedOrganisation:
        return ListedOrganisation(
            number=row.number,
            name=name,
            sector=sector or Sector.CHARITY,
            headcount=headcount or 0,
            area_ids=tuple({areas[part.casefold()][0]: None for part in wanted}),
            lead_name=lead,
            lead_email=email,
        )

    return make, wrong


def _find_sector(typed: str) -> Sector | None:
    plain = typed.casefold()
    return next((sector for sector in Sector if plain in (sector.value, sector.words.casefold())), None)


def _unknown(what: str, typed: str, known: Sequence[str]) -> str:
    if not typed:
        return f"The {what} is missing. Enter one of: {', '.join(known)}."
    close = get_close_matches(typed, known, n=1)
    instead = f"Did you mean “{close[0]}”?" if close else f"Enter one of: {', '.join(known)}."
    return f"There is no {what} “{typed}”. {instead}"


def split_known(scope: PartnershipScope, rows: Sequence[ListedOrganisation]) -> tuple[list[ListedOrganisation], list[str]]:
    """The rows that would be added, and the names of those that are there already: nothing changes for these."""
    there = {name.casefold() for name in list_organisation_names(scope)}
    new = [row for row in rows if row.name.casefold() not in there]
    return new, [row.name for row in rows if row.name.casefold() in there]


def add_list(scope: PartnershipScope, list_id: UUID) -> int:
    """Add the good rows of a list that are not there yet, and invite their leads; how many. Once, however often it is asked.

    Raises NotFound, and Refused where the list was added already.
    """
    kept = get_organisation_list(scope, list_id, lock=True)
    if kept.added_at is not None:
        raise Refused(f"The list {kept.file_name} was added already: {kept.added:,} organisations.")
    listed = kept.read_rows()
    made = create_organisations(scope, listed)
    scope.session.flush()
    invite_first_leads(scope, {made[row.number]: row for row in listed if row.number in made and row.lead_email})
    kept.added_at, kept.added = now(), len(made)
    words = "1 organisation" if len(made) == 1 else f"{len(made):,} organisations"
    record(scope, "organisation_list.added", f"Added {words} from {kept.file_name}", target_id=list_id)
    return len(made)


def forget_list(scope: PartnershipScope, list_id: UUID) -> None:
    """Forget a list without adding anything. Raises NotFound."""
    scope.session.delete(get_organisation_list(scope, list_id, lock=True))

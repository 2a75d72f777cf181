"""The people of an organisation as a sheet, which can be uploaded again and then changes nothing."""

from collections.abc import Iterable, Iterator

from tia_hub.core.clock import format_date
from tia_hub.core.scope import OrganisationScope
from tia_hub.core.sheets.types import SheetKind
from tia_hub.core.sheets.writing import write_sheet
from tia_hub.core.trail import record
from tia_hub.tenants.queries.teams import list_teams
from tia_hub.tenants.queries.uploads import list_open_invitations, list_present
from tia_hub.tenants.services.uploads.columns import COLUMNS, EXAMPLES, WITHOUT_MEANING, full_paths
from tia_hub.tenants.types.roles import Role

HEADER = (*(column.label for column in COLUMNS if column.key != "leaving"), *WITHOUT_MEANING[:2])


def write_template(kind: SheetKind) -> Iterable[bytes]:
    """A file with the columns of a staff list and a few rows as examples."""
    return write_sheet(kind, "Staff list", [column.label for column in COLUMNS], EXAMPLES)


def export_people(scope: OrganisationScope, kind: SheetKind) -> Iterable[bytes]:
    """Everybody who is in the organisation or invited, as a file; that it was taken is on the trail."""
    record(scope, "people.exported", f"Downloaded the list of people as {kind.value.upper()}")
    return write_sheet(kind, "People", HEADER, _lines(scope))


def _lines(scope: OrganisationScope) -> Iterator[tuple[str, ...]]:
    paths = full_paths(list_teams(scope))
    for _, email, name, role, job_title, team_id, manager, awaited, since in list_present(scope):
        team = paths.get(team_id, "")
        yield (email, name, job_title, team, Role(role).words, manager or awaited or "", format_date(since), "Member")
    for email, name, role, job_title, team_id, manager in list_open_invitations(scope):
        yield (email, name, job_title, paths.get(team_id, ""), Role(role).words, manager or "", "", "Invited")

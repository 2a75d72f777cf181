"""Staff lists, as their leads upload them."""

from uuid import UUID, uuid4

from tests.factories.tenants import Someone, Tenant
from tia_hub.core.scope import Actor, transaction
from tia_hub.core.sheets.matching import match_columns
from tia_hub.tenants.services.uploads.columns import COLUMNS
from tia_hub.tenants.services.uploads.keeping import match_upload, receive_upload

HEADER = "Name,Work email address,Job title"


def make_upload(tenant: Tenant, lead: Someone, *rows: str, encoding: str = "utf-8") -> UUID:
    """A staff list with rows of name, address and job title that waits for its columns, or to be asked about its letters."""
    content = "\n".join((HEADER, *rows)).encode(encoding)
    with transaction(tenant.scope(lead)) as scope:
        scope.actor = Actor(person_id=lead.id, name=lead.name)
        return receive_upload(scope, token=uuid4().hex, file_name="staff.csv", content=content)


def make_checked_upload(tenant: Tenant, lead: Someone, *rows: str) -> UUID:
    """A staff list that was checked and waits to be imported."""
    upload_id = make_upload(tenant, lead, *rows)
    with transaction(tenant.scope(lead)) as scope:
        columns = match_columns(HEADER.split(","), COLUMNS)
        match_upload(scope, upload_id, columns=columns, make_teams=False)
    return upload_id

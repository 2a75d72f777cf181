"""Long lists, a page at a time."""

from typing import Any

from sqlalchemy import Select, func

from tia_hub.core.scope import OrganisationScope, PartnershipScope
from tia_hub.tenants.types.lists import Slice

PER_PAGE = 50
FURTHEST = 10_000
"""The last page that is looked for: further on there is nothing, whatever the address says."""


def page_number(page: int) -> int:
    """The page that is looked for when somebody asks for this one."""
    return min(max(page, 1), FURTHEST)


def read_page(scope: PartnershipScope | OrganisationScope, ordered: Select[Any], page: int) -> Slice[Any]:
    """One page of a list, with the number of all; beyond the last page there is nothing, and the number is nought."""
    page = page_number(page)
    counted = ordered.add_columns(func.count().over()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    rows = scope.session.execute(counted).all()
    return Slice([row[0] for row in rows], rows[0][-1] if rows else 0, page, PER_PAGE)

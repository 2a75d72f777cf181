"""Organisations, as the coordinator's office makes them; and the operator's own work: partnerships and their coordinators."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from tia_hub.core.clock import now
from tia_hub.core.errors import Refused
from tia_hub.core.scope import OperatorScope, OrganisationScope, PartnershipScope
from tia_hub.core.trail import record
from tia_hub.tenants.models.organisations import Organisation, OrganisationArea
from tia_hub.tenants.models.partnerships import Area, Coordinator, Partnership
from tia_hub.tenants.queries.joining_requests import list_organisation_names
from tia_hub.tenants.queries.lifecycle import lock_organisation
from tia_hub.tenants.queries.organisations import find_organisation_named, get_organisation
from tia_hub.tenants.types.organisations import ListedOrganisation, Sector

LONGEST_SLUG = 60


def make_slug(name: str) -> str:
    """A name as a part of addresses: small letters, digits and hyphens; never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-") or "organisation"


def _one_at_a_time(scope: PartnershipScope) -> None:
    # One after the other, so that a form sent twice makes one organisation.
    scope.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(scope.partnership_id), 0))))


def _refuse_a_second(scope: PartnershipScope, name: str, but: UUID | None = None) -> None:
    _one_at_a_time(scope)
    found = find_organisation_named(scope, name)
    if found is not None and found.id != but:
        raise Refused(f"There is an organisation called {found.name} already.")


def _set_areas(scope: PartnershipScope, organisation_id: UUID, area_ids: Iterable[UUID]) -> None:
    scope.session.execute(delete(OrganisationArea).where(OrganisationArea.organisation_id == organisation_id))
    scope.session.add_all(
        OrganisationArea(organisation_id=organisation_id, area_id=area_id, partnership_id=scope.partnership_id)
        for area_id in set(area_ids)
    )


def create_organisation(
    scope: PartnershipScope, *, name: str, sector: Sector, headcount: int, area_ids: Iterable[UUID]
) -> UUID:
    """Make an organisation of the partnership. Raises Refused where there is one of that name."""
    _refuse_a_second(scope, name)
    organisation_id, slug = uuid4(), make_slug(name)
    for wanted in (slug, f"{slug}-{secrets.token_hex(3)}"):
        made = scope.session.execute(
            insert(Organisation)
            .values(
                id=organisation_id,
                partnership_id=scope.partnership_id,
                slug=wanted,
                name=name,
                sector=sector,
                headcount=headcount,
            )
            .on_conflict_do_nothing(index_elements=["slug"])
            .returning(Organisation.id)
        ).scalar_one_or_none()
        if made is not None:
            break
    _set_areas(scope, organisation_id, area_ids)
    record(scope, "organisation.created", f"Created the organisation {name}", target_id=organisation_id)
    return organisation_id


def create_organisations(scope: PartnershipScope, listed: Sequence[ListedOrganisation]) -> dict[int, UUID]:
    """Make those of some organisations whose names are new, in a handful of statements: by their rows' numbers."""
    _one_at_a_time(scope)
    there = {name.casefold() for name in list_organisation_names(scope)}
    made: dict[int, UUID] = {}
    waiting = {each.number: each for each in listed if each.name.casefold() not in there}
    for plain in (True, False):
        if not waiting:
            break
        ids = {uuid4(): each for each in waiting.values()}
        found = scope.session.scalars(
            insert(Organisation)
            .values(
                [
                    {
                        "id": organisation_id,
                        "partnership_id": scope.partnership_id,
                        "slug": make_slug(each.name) + ("" if plain else f"-{secrets.token_hex(3)}"),
                        "name": each.name,
                        "sector": each.sector,
                        "headcount": each.headcount,
                    }
                    for organisation_id, each in ids.items()
                ]
            )
            .on_conflict_do_nothing(index_elements=["slug"])
            .returning(Organisation.id)
        )
        for organisation_id in found:
            each = ids[organisation_id]
            made[each.number] = organisation_id
            del waiting[each.number]
    new = [each for each in listed if each.number in made]
    scope.session.add_all(
        OrganisationArea(organisation_id=made[each.number], area_id=area_id, partnership_id=scope.partnership_id)
        for each in new
        for area_id in set(each.area_ids)
    )
    for each in new:
        record(scope, "organisation.created", f"Created the organisation {each.name}", target_id=made[each.number])
    return made


def change_organisation(
    scope: PartnershipScope, organisation_id: UUID, *, name: str, sector: Sector, headcount: int, area_ids: Iterable[UUID]
) -> None:
    """Change what the partnership knows of an organisation. Its address stays. Raises NotFound, Refused."""
    _refuse_a_second(scope, name, but=organisation_id)
    organisation = get_organisation(scope, organisation_id)
    organisation.name, organisation.sector, organisation.headcount = name, sector, headcount
    _set_areas(scope, organisation_id, area_ids)
    record(scope, "organisation.changed", f"Changed the entry of {name}", target_id=organisation_id)


def change_own_organisation(scope: OrganisationScope, *, headcount: int) -> None:
    """Change what an organisation's leads may change of its entry."""
    organisation = lock_organisation(scope, scope.organisation_id)
    was, organisation.headcount = organisation.headcount, headcount
    if was != headcount:
        record(scope, "organisation.changed", f"Changed the number of staff to {headcount:,} (was {was:,})")


def confirm_entry(scope: OrganisationScope) -> None:
    """Say, as a lead, that the organisation's entry is right."""
    lock_organisation(scope, scope.organisation_id).entry_checked_at = now()
    record(scope, "organisation.checked", "Checked the entry of the organisation")


def create_partnership(scope: OperatorScope, *, name: str, slug: str, areas: Iterable[str] = ()) -> UUID:
    """Make a partnership with its areas. Raises Refused where the slug is taken."""
    partnership_id = uuid4()
    made = scope.session.execute(
        insert(Partnership)
        .values(id=partnership_id, name=name, slug=slug, small_number=7)
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(Partnership.id)
    ).scalar_one_or_none()
    if made is None:
        raise Refused(f"There is a partnership with the address {slug} already.")
    scope.session.add_all(Area(partnership_id=partnership_id, name=area) for area in areas)
    return partnership_id


def add_coordinator(scope: OperatorScope, *, slug: str, person_id: UUID) -> bool:
    """Give somebody the office of a partnership; False where they have it already. Raises Refused for an unknown slug."""
    partnership_id = scope.session.scalar(select(Partnership.id).where(Partnership.slug == slug))
    if partnership_id is None:
        raise Refused(f"There is no partnership with the address {slug}.")
    made = scope.session.execute(
        insert(Coordinator)
        .values(id=uuid4(), partnership_id=partnership_id, person_id=person_id)
        .on_conflict_do_nothing(index_elements=["partnership_id", "person_id"])
        .returning(Coordinator.id)
    ).scalar_one_or_none()
    return made is not None

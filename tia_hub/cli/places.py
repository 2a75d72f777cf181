"""Finding the place that a command names. Operators see places as the coordinator's office does, and nothing inside them."""

import click

from tia_hub.cli.frame import as_owner, operator
from tia_hub.core.scope import OrganisationScope, PartnershipScope, transaction
from tia_hub.core.trail import record
from tia_hub.tenants.models.organisations import Organisation
from tia_hub.tenants.queries.organisations import find_organisation_at, list_partnerships


def partnerships() -> list[PartnershipScope]:
    """The scope of each partnership's office, acted in by the operator."""
    with as_owner() as scope:
        return [
            PartnershipScope(partnership_id=each.id, slug=each.slug, name=each.name, actor=operator())
            for each in list_partnerships(scope)
        ]


def partnership_at(slug: str) -> PartnershipScope:
    """The office of the partnership with a slug. Raises ClickException."""
    for scope in partnerships():
        if scope.slug == slug:
            return scope
    raise click.ClickException(f"There is no partnership with the address {slug}.")


def organisation_at(slug: str) -> tuple[PartnershipScope, Organisation]:
    """An organisation by its slug, with the office of its partnership; needs the application. Raises ClickException."""
    for office in partnerships():
        with transaction(office, read_only=True) as scope:
            found = find_organisation_at(scope, slug)
        if found is not None:
            return office, found
    raise click.ClickException(f"There is no organisation with the address {slug}.")


def inside(slug: str) -> OrganisationScope:
    """The organisation's own scope, in the operator's hands: whatever is done in it belongs on its trail."""
    office, organisation = organisation_at(slug)
    return OrganisationScope(
        organisation_id=organisation.id,
        partnership_id=office.partnership_id,
        slug=organisation.slug,
        name=organisation.name,
        actor=operator(),
    )


def note(slug: str, words: str) -> None:
    """Have what the operator did on the organisation's own trail, where its leads read it; needs the application."""
    with transaction(inside(slug)) as scope:
        record(scope, "organisation.operator", words)

"""Inviting those who begin: an organisation's lead, a partnership's coordinator."""

import click

from tia_hub.cli import checks
from tia_hub.cli.frame import application, dry_run, example, undo, would
from tia_hub.cli.partnerships import add_coordinator
from tia_hub.cli.places import organisation_at
from tia_hub.core.scope import transaction


@click.group()
def invite() -> None:
    """Invite the lead of an organisation, or a coordinator."""


@invite.command("lead")
@click.option("--organisation", "slug", required=True, callback=checks.slug, help="The slug of the organisation.")
@click.option("--email", required=True, callback=checks.address, help="The lead's work address.")
@click.option("--name", required=True, callback=checks.line, help="The lead's name.")
@dry_run
@example("invite lead --organisation harbour-trust --email lena@example.org --name 'Lena Lead'")
def lead(slug: str, email: str, name: str, dry_run: bool) -> None:
    """Invite somebody to lead an organisation, as its partnership's office does: by a mail that is good for a week."""
    from tia_hub.tenants.services.invitations import invite_lead

    with application():
        office, found = organisation_at(slug)
        with transaction(office) as scope:
            invite_lead(scope, found.id, email=email, name=name)
            if dry_run:
                undo(scope)
    would(f"An invitation to lead {found.name} is on its way to {email}.", dry=dry_run)


invite.add_command(add_coordinator, "coordinator")

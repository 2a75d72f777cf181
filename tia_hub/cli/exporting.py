"""Taking data out: of an organisation as a whole, of one person."""

import click

from tia_hub.cli import checks
from tia_hub.cli.frame import application, dry_run, example, undo, would
from tia_hub.cli.organisations import export as export_organisation
from tia_hub.core.scope import Actor, IdentityScope, transaction


@click.group()
def export() -> None:
    """Take out all that is kept of an organisation, or of a person."""


@export.command("person")
@click.argument("email", callback=checks.address)
@dry_run
@example("export person sam@example.org")
def person(email: str, dry_run: bool) -> None:
    """Have the copy made of all that is held on somebody. They alone download it, from their account page.

    Nobody else gets to see it, the operator included: it has what they wrote in confidence.
    """
    from tia_hub.accounts.operating import get_account
    from tia_hub.home.services.copying import ask_for_copy

    with application():
        with transaction(IdentityScope(), read_only=True) as scope:
            found = get_account(scope, email)
        own = IdentityScope(person_key=found.fs_uniquifier, actor=Actor(person_id=found.id, name=found.name))
        with transaction(own) as scope:
            ask_for_copy(scope)
            if dry_run:
                undo(scope)
    would(f"The copy of {email} is being made. They download it at /account/data for a week.", dry=dry_run)


export.add_command(export_organisation, "organisation")

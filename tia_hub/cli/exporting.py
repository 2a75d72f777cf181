"""Taking data out: of an organisation as a whole, of one person."""

import click

from tia_hub.cli.organisations import export as export_organisation


@click.group()
def export() -> None:
    """Write all that is kept of an organisation to a file."""


export.add_command(export_organisation, "organisation")

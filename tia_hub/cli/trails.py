"""The chains of the trail."""

import sys
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import create_engine

from tia_hub.cli.frame import example, owner_url, settings


@click.group()
def trail() -> None:
    """Look after the chains of the trail."""


@trail.command("verify")
@click.option("--home", "homes", multiple=True, type=click.UUID, help="A place or person, by identifier; by default all.")
@click.option(
    "--known",
    "sheets",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What was kept of the chains before: a sheet that was downloaded, or the output of “trail heads”.",
)
@example("trail verify --known heads.csv")
def verify_trail(homes: tuple[UUID, ...], sheets: tuple[Path, ...]) -> None:
    """Check that no event of the trail was changed, removed, added or moved. Exit code 1 where one was."""
    from tia_hub.core.chain import check_chain, list_homes, read_known
    from tia_hub.core.scope import TrailScope, transaction

    try:
        known = [read_known(sheet.read_text(encoding="utf-8-sig")) for sheet in sheets]
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    broken = events = 0
    with transaction(TrailScope(), read_only=True, engine=create_engine(owner_url(settings()))) as scope:
        chosen = list(homes) or sorted({*list_homes(scope), *(home for sheet in known for home in sheet)})
        for home_id in chosen:
            links = [link for sheet in known for link in sheet.get(home_id, ())]
            checked = check_chain(scope, home_id, known=links)
            events += checked.events
            if checked.fault is not None:
                broken += 1
                click.echo(f"{home_id}: broken at event {checked.fault.number}: {checked.fault.words}")
    click.echo(f"{events:,} events in {len(chosen):,} chains, {broken:,} of them broken.")
    sys.exit(1 if broken else 0)


@trail.command("heads")
@example("trail heads > heads.csv")
def trail_heads() -> None:
    """Print the last number and hash of each chain, to be kept where nobody who can change the database can change it."""
    from tia_hub.core.chain import KNOWN_HEADER, list_heads
    from tia_hub.core.scope import TrailScope, transaction

    click.echo(",".join(KNOWN_HEADER))
    with transaction(TrailScope(), read_only=True, engine=create_engine(owner_url(settings()))) as scope:
        for head in list_heads(scope):
            click.echo(f"{head.home_id},{head.number},{head.hash.hex()}")

"""The `tia-hub` command, for whoever runs an installation. Exit codes: 0 done, 1 refused or failed, 2 asked wrongly."""

import re
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from pydantic import ValidationError
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def _settings() -> Any:
    from tia_hub.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        missing = [f"{'.'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}" for fault in error.errors()]
        raise click.ClickException("The environment is not complete. " + "; ".join(missing)) from error


def _owner_url(settings: Any) -> str:
    if not settings.migration_database_url:
        raise click.ClickException("Set MIGRATION_DATABASE_URL to the database as its owner, tia_owner.")
    return str(settings.migration_database_url)


class _Commands(click.Group):
    """Commands that say in one line when the database is away."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OperationalError as error:
            raise click.ClickException(f"The database does not answer: {error.orig}") from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run and look after TIA Hub. Every setting comes from the environment; see .env.example."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="Requests served at once.")
def web(host: str, port: int, threads: int) -> None:
    """Serve the pages."""
    import waitress  # type: ignore[import-untyped]

    from tia_hub.app import create_app

    settings = _settings()
    app = create_app(settings)
    waitress.serve(app, host=host, port=port, threads=threads, ident="", url_scheme=settings.base_url.split("://")[0])


@main.command()
@click.option("--revision", default="head", show_default=True, help="The migration to bring the database up to.")
def migrate(revision: str) -> None:
    """Bring the database up to date."""
    from tia_hub.core.migrate import migrate as bring_up_to_date

    bring_up_to_date(_owner_url(_settings()), revision)
    click.echo("The database is up to date.")


@main.command()
@click.option("--superuser-url", envvar="SUPERUSER_DATABASE_URL", required=True, help="The server, as a superuser.")
@click.option("--database", default="tia_hub", show_default=True, help="The name of the database.")
def bootstrap(superuser_url: str, database: str) -> None:
    """Make the database and its roles, once; safe to repeat."""
    from tia_hub.core.migrate import bootstrap as make_database

    make_database(superuser_url, database)
    click.echo(f"The roles and the database {database} are there.")


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port of the product.")
@click.option("--mail-port", default=8025, show_default=True, type=click.IntRange(1, 65535), help="The port of its mails.")
@click.option("--reset", is_flag=True, help="Begin afresh.")
def demo(port: int, mail_port: int, reset: bool) -> None:
    """Run everything on this machine with a sample partnership, until Ctrl-C."""
    from tia_hub.demo.supervisor import run_demo

    def fill() -> list[str]:
        from tia_hub.demo.partnership.seed import seed as fill_partnership

        return [str(someone) for someone in fill_partnership(_settings())]

    sys.exit(run_demo(seed=fill, reset=reset, port=port, mail_port=mail_port))


@main.command()
@click.option("--organisations", default=24, show_default=True, type=click.IntRange(1, 5000), help="How many organisations.")
@click.option(
    "--staff", default=None, type=click.IntRange(1, 100_000), help="How many staff in each; by default as it is likely."
)
def seed(organisations: int, staff: int | None) -> None:
    """Fill an empty database with a sample partnership, and list whom one can sign in as."""
    from tia_hub.demo.partnership.seed import seed as fill_partnership

    for someone in fill_partnership(_settings(), organisations=organisations, staff=staff):
        click.echo(str(someone))


@main.group()
def partnership() -> None:
    """Make partnerships and their first coordinators."""


def _slug(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not SLUG.fullmatch(value) or len(value) > 60:
        raise click.BadParameter("use small letters, digits and single hyphens, 60 at most")
    return value


def _line(context: click.Context, parameter: click.Parameter, value: str) -> str:
    from tia_hub.core.forms import LINE, clean_text, fault_in_text

    value = clean_text(value)
    fault = fault_in_text(value, LINE) or (None if value and "\n" not in value else "this must be one line of text")
    if fault:
        raise click.BadParameter(fault)
    return value


def _address(context: click.Context, parameter: click.Parameter, value: str) -> str:
    value = value.strip().lower()
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", value):
        raise click.BadParameter("this is not an email address")
    return value


@partnership.command("create")
@click.option("--name", required=True, callback=_line, help="As it is known in the region.")
@click.option("--slug", required=True, callback=_slug, help="Its part of addresses: /p/<slug>/.")
@click.option("--area", "areas", multiple=True, help="An area of the region; may be repeated.")
def create_partnership(name: str, slug: str, areas: tuple[str, ...]) -> None:
    """Make a partnership."""
    from tia_hub.core.errors import Refused
    from tia_hub.core.scope import OperatorScope, transaction
    from tia_hub.tenants.services import organisations

    engine = create_engine(_owner_url(_settings()))
    try:
        with transaction(OperatorScope(), engine=engine) as scope:
            organisations.create_partnership(scope, name=name, slug=slug, areas=dict.fromkeys(areas))
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"The partnership {name} is there. Give it a coordinator: tia-hub partnership add-coordinator --help")


@partnership.command("add-coordinator")
@click.option("--partnership", "slug", required=True, callback=_slug, help="The slug of the partnership.")
@click.option("--email", required=True, callback=_address, help="The coordinator's work address.")
@click.option("--name", required=True, callback=_line, help="The coordinator's name.")
def add_coordinator(slug: str, email: str, name: str) -> None:
    """Give somebody the office of a partnership, and print the link by which they choose their password."""
    from tia_hub.accounts.security import link_for_new_password
    from tia_hub.accounts.services import ensure_person
    from tia_hub.app import create_app
    from tia_hub.core.errors import Refused
    from tia_hub.core.scope import OperatorScope, transaction
    from tia_hub.tenants.services import organisations

    settings = _settings()
    engine = create_engine(_owner_url(settings))
    try:
        with transaction(OperatorScope(), engine=engine) as scope:
            person = ensure_person(scope, email=email, name=name)
            added = organisations.add_coordinator(scope, slug=slug, person_id=person.id)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{person.name} is a coordinator of {slug}{' now' if added else ' already'}.")
    if person.password is None:
        with create_app(settings).app_context():
            click.echo(f"Within one hour, they choose their password at {link_for_new_password(person)}")


@main.group()
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
def verify_trail(homes: tuple[UUID, ...], sheets: tuple[Path, ...]) -> None:
    """Check that no event of the trail was changed, removed, added or moved. Exit code 1 where one was."""
    from tia_hub.core.chain import check_chain, list_homes, read_known
    from tia_hub.core.scope import TrailScope, transaction

    try:
        known = [read_known(sheet.read_text(encoding="utf-8-sig")) for sheet in sheets]
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    broken = events = 0
    with transaction(TrailScope(), read_only=True, engine=create_engine(_owner_url(_settings()))) as scope:
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
def trail_heads() -> None:
    """Print the last number and hash of each chain, to be kept where nobody who can change the database can change it."""
    from tia_hub.core.chain import KNOWN_HEADER, list_heads
    from tia_hub.core.scope import TrailScope, transaction

    click.echo(",".join(KNOWN_HEADER))
    with transaction(TrailScope(), read_only=True, engine=create_engine(_owner_url(_settings()))) as scope:
        for head in list_heads(scope):
            click.echo(f"{head.home_id},{head.number},{head.hash.hex()}")


if __name__ == "__main__":
    main()

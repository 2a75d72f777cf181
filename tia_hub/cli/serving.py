"""Running the service and its database."""

import sys

import click

from tia_hub.cli.frame import example, owner_url, settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=24000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--threads", default=24, show_default=True, type=click.IntRange(1, 64), help="Requests served at once.")
@example("web --host 0.0.0.0 --port 8000")
def web(host: str, port: int, threads: int) -> None:
    """Serve the pages."""
    import waitress  # type: ignore[import-untyped]

    from tia_hub.app import create_app

    found = settings()
    app = create_app(found)
    waitress.serve(app, host=host, port=port, threads=threads, ident="", url_scheme=found.base_url.split("://")[0])


@click.command()
@click.option("--revision", default="head", show_default=True, help="The migration to bring the database up to.")
@example("migrate")
def migrate(revision: str) -> None:
    """Bring the database up to date."""
    from tia_hub.core.migrate import migrate as bring_up_to_date

    bring_up_to_date(owner_url(settings()), revision)
    click.echo("The database is up to date.")


@click.command()
@click.option("--superuser-url", envvar="SUPERUSER_DATABASE_URL", required=True, help="The server, as a superuser.")
@click.option("--database", default="tia_hub", show_default=True, help="The name of the database.")
@example("bootstrap --superuser-url postgresql+psycopg://postgres@localhost/postgres")
def bootstrap(superuser_url: str, database: str) -> None:
    """Make the database and its roles, once; safe to repeat."""
    from tia_hub.core.migrate import bootstrap as make_database

    make_database(superuser_url, database)
    click.echo(f"The roles and the database {database} are there.")


@click.command()
@click.option("--port", default=24000, show_default=True, type=click.IntRange(1, 65535), help="The port of the product.")
@click.option("--mail-port", default=24025, show_default=True, type=click.IntRange(1, 65535), help="The port of its mails.")
@click.option("--reset", is_flag=True, help="Begin afresh.")
@example("demo --port 8000")
def demo(port: int, mail_port: int, reset: bool) -> None:
    """Run everything on this machine with a sample partnership, until Ctrl-C."""
    from tia_hub.demo.supervisor import run_demo

    def fill() -> list[str]:
        from tia_hub.demo.partnership.seed import seed as fill_partnership

        return [str(someone) for someone in fill_partnership(settings())]

    sys.exit(run_demo(seed=fill, reset=reset, port=port, mail_port=mail_port))


@click.command()
@click.option("--organisations", default=24, show_default=True, type=click.IntRange(1, 5000), help="How many organisations.")
@click.option(
    "--staff", default=None, type=click.IntRange(1, 100_000), help="How many staff in each; by default as it is likely."
)
@example("seed --organisations 24")
def seed(organisations: int, staff: int | None) -> None:
    """Fill an empty database with a sample partnership, and list whom one can sign in as."""
    from tia_hub.demo.partnership.seed import seed as fill_partnership

    for someone in fill_partnership(settings(), organisations=organisations, staff=staff):
        click.echo(str(someone))


@click.command()
@click.option("--url", default="http://127.0.0.1:8000/health", show_default=True, help="The address of a web process.")
@example("health --url http://127.0.0.1:8000/health")
def health(url: str) -> None:
    """Ask a web process whether it is well; exit code 1 where it is not."""
    from urllib.request import urlopen

    if not url.startswith(("http://", "https://")):
        raise click.BadParameter("the address begins with http:// or https://")
    try:
        with urlopen(url, timeout=5):  # noqa: S310 # the address was looked at
            click.echo("It is well.")
    except OSError as error:
        raise click.ClickException(f"It does not answer as it should: {error}") from error

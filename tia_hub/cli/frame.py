"""What all commands have in common: settings, the operator as the one who acts, faults in one line, answers for programs."""

import getpass
import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from flask import Flask
from pydantic import ValidationError
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from tia_hub.core.errors import NotFound, Refused
from tia_hub.core.scope import Actor, OperatorScope, Scope, transaction
from tia_hub.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])


class Commands(click.Group):
    """Commands that say in one line what was refused, and when the database is away."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except OperationalError as error:
            raise click.ClickException(f"The database does not answer: {str(error.orig).splitlines()[0]}") from error
        except Refused as refusal:
            raise click.ClickException(str(refusal)) from refusal
        except NotFound as error:
            raise click.ClickException("There is no such thing.") from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def main() -> None:
    """Run and look after TIA Hub. Every setting comes from the environment; see .env.example.

    Exit codes: 0 done, 1 refused or failed, 2 asked wrongly.
    """


def settings() -> Settings:
    """The settings of the environment, or one line that says what is missing."""
    try:
        return Settings()
    except ValidationError as error:
        missing = [f"{'.'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}" for fault in error.errors()]
        raise click.ClickException("The environment is not complete. " + "; ".join(missing)) from error


def owner_url(found: Settings) -> str:
    """The address of the database as its owner."""
    if not found.migration_database_url:
        raise click.ClickException("Set MIGRATION_DATABASE_URL to the database as its owner, tia_owner.")
    return str(found.migration_database_url)


@contextmanager
def application() -> Iterator[Flask]:
    """The application, its context open: commands act through it, as the application's own database role."""
    from tia_hub.app import create_app

    app = create_app(settings())
    with app.app_context():
        yield app


@contextmanager
def as_owner() -> Iterator[OperatorScope]:
    """The operator's own transaction: partnerships, their areas and their coordinators."""
    engine = create_engine(owner_url(settings()))
    try:
        with transaction(OperatorScope(actor=operator()), engine=engine) as scope:
            yield scope
    finally:
        engine.dispose()


def operator() -> Actor:
    """Who acts: the operator, with the name of their account on this machine."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return Actor(name=f"Operator ({name})")


def example(*lines: str) -> Callable[[Command], Command]:
    """Show how a command is used below its help."""

    def add(command: Command) -> Command:
        command.__doc__ = f"{inspect.cleandoc(command.__doc__ or '')}\n\n\b\nExample:\n" + "\n".join(
            f"  tia-hub {line}" for line in lines
        )
        return command

    return add


dry_run = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
as_json = click.option("--json", "machine", is_flag=True, help="Answer in JSON, for programs.")


def show(value: Mapping[str, Any], *, machine: bool) -> None:
    """One thing: a line for each fact, or an object."""
    if machine:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
        return
    width = max(len(key) for key in value)
    for key, fact in value.items():
        click.echo(f"{key.replace('_', ' ').capitalize():<{width + 2}}{_words(fact)}")


def show_list(head: Sequence[str], rows: Sequence[Sequence[Any]], *, machine: bool) -> None:
    """Several things: a table, or a list of objects."""
    if machine:
        click.echo(json.dumps([dict(zip(head, row, strict=True)) for row in rows], ensure_ascii=False, indent=2, default=str))
        return
    table = [[name.replace("_", " ").capitalize() for name in head], *([_words(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _words(value: Any) -> str:
    match value:
        case None | "":
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case list() | tuple():
            return ", ".join(str(each) for each in value) or "-"
        case _:
            return str(value)


def undo(scope: Scope) -> None:
    """End a dry run: nothing that it did is kept, and nobody is told of it."""
    scope.session.rollback()
    scope.session.info.pop("after_commit", None)


def would(done: str, *, dry: bool) -> None:
    """Say what was done, or that it would have been."""
    click.echo(f"Nothing was changed. Without --dry-run: {done}" if dry else done)

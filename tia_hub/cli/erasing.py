"""Erasing people who asked for it, and again after an older backup was restored."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import create_engine

from tia_hub.cli import checks
from tia_hub.cli.frame import application, as_owner, dry_run, example, operator, owner_url, settings, undo, would
from tia_hub.core.scope import Actor, IdentityScope, transaction


@click.group()
def erase() -> None:
    """Erase people who asked for it; keep the log of erasures, and replay it."""


@erase.command("person")
@click.argument("email", callback=checks.address)
@dry_run
@example("erase person sam@example.org")
def person(email: str, dry_run: bool) -> None:
    """Have somebody erased in a week, who asked you for it. They are told, and can still change their mind.

    Refused while they are the only lead of an organisation, or the only coordinator of a partnership.
    """
    from tia_hub.accounts.operating import get_account
    from tia_hub.home.services.erasing import ask_for_erasure

    with application():
        with transaction(IdentityScope(), read_only=True) as scope:
            found = get_account(scope, email)
        own = IdentityScope(person_key=found.fs_uniquifier, actor=Actor(person_id=found.id, name=found.name))
        with transaction(own) as scope:
            due_at = ask_for_erasure(scope, why="Whoever runs TIA Hub where you work was asked to erase you.", by=operator())
            if dry_run:
                undo(scope)
    would(f"{email} is erased on {due_at:%d.%m.%Y}.", dry=dry_run)


@erase.command("log")
@example("erase log >> /somewhere/else/erasures.jsonl")
def log() -> None:
    """Print the erasures that were done, a line each: to be kept elsewhere than the database and its backups."""
    from tia_hub.home.services.erasing import list_done

    with as_owner() as scope:
        for each in list_done(scope):
            line = {"person": str(each.person_id), "address": each.address_hash, "done_at": each.done_at.isoformat()}
            click.echo(json.dumps(line))


@erase.command("replay")
@click.argument("log", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@dry_run
@example("erase replay /somewhere/else/erasures.jsonl --dry-run")
def replay_log(log: Path, dry_run: bool) -> None:
    """Erase again whom a restored backup brought back. To be done before anybody signs in."""
    from tia_hub.home.services.erasing import LogLine, find_undone, replay

    try:
        lines = [
            LogLine(UUID(each["person"]), str(each["address"]), datetime.fromisoformat(each["done_at"]))
            for each in map(json.loads, filter(str.strip, log.read_text().splitlines()))
        ]
    except (ValueError, KeyError, TypeError) as fault:
        raise click.BadParameter(f"{log} is no log of erasures: {fault}") from fault
    with application():
        if dry_run:
            with as_owner() as scope:
                number = len(find_undone(scope, lines))
        else:
            engine = create_engine(owner_url(settings()))
            try:
                number = replay(engine, lines)
            finally:
                engine.dispose()
    would(f"{number:,} people were erased again.", dry=dry_run)

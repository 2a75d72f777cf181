"""Accounts of people. What is done to one is mailed to its owner."""

from collections.abc import Callable

import click

from tia_hub.accounts.models import Person
from tia_hub.cli import checks
from tia_hub.cli.frame import application, as_json, dry_run, example, operator, show, undo, would
from tia_hub.cli.places import note
from tia_hub.core.permissions import PlaceKind
from tia_hub.core.scope import IdentityScope, transaction

email_argument = click.argument("email", callback=checks.address)


@click.group()
def person() -> None:
    """Look after the accounts of people. Their owners are told by mail."""


@person.command("show")
@email_argument
@click.option("--places", is_flag=True, help="Also where they belong; the leads of each organisation see that you looked.")
@as_json
@example("person show sam@example.org", "person show sam@example.org --places --json")
def show_it(email: str, places: bool, machine: bool) -> None:
    """Say what state somebody's account is in."""
    from tia_hub.accounts.operating import get_account
    from tia_hub.accounts.queries import count_passkeys
    from tia_hub.core.identity import resolver

    with application():
        with transaction(IdentityScope(actor=operator()), read_only=True) as scope:
            found = get_account(scope, email)
            passkeys = count_passkeys(scope, found.id)
        facts = {
            "email": found.email,
            "name": found.name,
            "id": found.id,
            "made_on": found.created_at.date(),
            "open": found.active,
            "has_password": found.password is not None,
            "has_second_factor": found.tf_primary_method is not None or passkeys > 0,
        }
        if places:
            with transaction(IdentityScope(person_key=found.fs_uniquifier), read_only=True) as scope:
                belongs = resolver().list_places(scope)
            for place in belongs:
                if place.kind is PlaceKind.ORGANISATION:
                    note(place.slug, f"Looked up that {found.name} belongs to the organisation")
            facts["places"] = [f"{place.slug} ({place.role})" for place in belongs]
    show(facts, machine=machine)


def _do(deed: Callable[[IdentityScope], Person], done: str, *, dry: bool) -> None:
    with application(), transaction(IdentityScope(actor=operator())) as scope:
        name = deed(scope).name
        if dry:
            undo(scope)
    would(done.format(name=name), dry=dry)


@person.command("sessions-end")
@email_argument
@dry_run
@example("person sessions-end sam@example.org")
def sessions_end(email: str, dry_run: bool) -> None:
    """Sign somebody out everywhere."""
    from tia_hub.accounts.operating import end_sessions

    _do(lambda scope: end_sessions(scope, email), "{name} is signed out everywhere, and told so by mail.", dry=dry_run)


@person.command("deactivate")
@email_argument
@dry_run
@example("person deactivate sam@example.org")
def deactivate(email: str, dry_run: bool) -> None:
    """Close somebody's account in all organisations. What they wrote stays."""
    from tia_hub.accounts.operating import set_active

    _do(lambda scope: set_active(scope, email, active=False), "The account of {name} is closed.", dry=dry_run)


@person.command("reactivate")
@email_argument
@dry_run
@example("person reactivate sam@example.org")
def reactivate(email: str, dry_run: bool) -> None:
    """Open an account again that was closed."""
    from tia_hub.accounts.operating import set_active

    _do(lambda scope: set_active(scope, email, active=True), "The account of {name} is open again.", dry=dry_run)


@person.command("reset-second-factor")
@email_argument
@dry_run
@example("person reset-second-factor sam@example.org")
def second_factor(email: str, dry_run: bool) -> None:
    """Remove the second factor of somebody who lost it. Make sure first that it is they who ask."""
    from tia_hub.accounts.operating import reset_second_factor

    _do(lambda scope: reset_second_factor(scope, email), "{name} sets up a new second factor at the next sign-in.", dry=dry_run)

"""Partnerships, and those in their offices."""

import click

from tia_hub.cli import checks
from tia_hub.cli.frame import application, as_json, as_owner, dry_run, example, show_list, undo, would


@click.group()
def partnership() -> None:
    """Make partnerships and their first coordinators."""


@partnership.command("list")
@as_json
@example("partnership list --json")
def list_them(machine: bool) -> None:
    """Say which partnerships there are."""
    from tia_hub.tenants.queries.organisations import list_partnerships

    with as_owner() as scope:
        rows = [(each.slug, each.name) for each in list_partnerships(scope)]
    show_list(("slug", "name"), rows, machine=machine)


@partnership.command("create")
@click.option("--name", required=True, callback=checks.line, help="As it is known in the region.")
@click.option("--slug", required=True, callback=checks.slug, help="Its part of addresses: /p/<slug>/.")
@click.option("--area", "areas", multiple=True, help="An area of the region; may be repeated.")
@dry_run
@example('partnership create --name "Solent Shore" --slug solent-shore --area Portsmouth --area "Isle of Wight"')
def create_partnership(name: str, slug: str, areas: tuple[str, ...], dry_run: bool) -> None:
    """Make a partnership."""
    from tia_hub.tenants.services import organisations

    with as_owner() as scope:
        organisations.create_partnership(scope, name=name, slug=slug, areas=dict.fromkeys(areas))
        if dry_run:
            undo(scope)
    would(f"The partnership {name} is there. Give it a coordinator: tia-hub partnership add-coordinator --help", dry=dry_run)


@partnership.command("add-coordinator")
@click.option("--partnership", "slug", required=True, callback=checks.slug, help="The slug of the partnership.")
@click.option("--email", required=True, callback=checks.address, help="The coordinator's work address.")
@click.option("--name", required=True, callback=checks.line, help="The coordinator's name.")
@dry_run
@example("partnership add-coordinator --partnership solent-shore --email cora@example.org --name 'Cora Lane'")
def add_coordinator(slug: str, email: str, name: str, dry_run: bool) -> None:
    """Give somebody the office of a partnership, and print the link by which they choose their password."""
    from tia_hub.accounts.security import link_for_new_password
    from tia_hub.accounts.services import ensure_person
    from tia_hub.tenants.services import organisations

    with as_owner() as scope:
        person = ensure_person(scope, email=email, name=name)
        added = organisations.add_coordinator(scope, slug=slug, person_id=person.id)
        known = person.password is not None
        if dry_run:
            undo(scope)
    would(f"{name} is a coordinator of {slug}{' now' if added else ' already'}.", dry=dry_run)
    if not known and not dry_run:
        with application():
            click.echo(f"Within one hour, they choose their password at {link_for_new_password(person)}")

"""Organisations: made, looked at, taken out, brought in, put back, deleted."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from tia_hub.cli import checks
from tia_hub.cli.frame import application, as_json, dry_run, example, operator, show, show_list, undo, would
from tia_hub.cli.places import inside, note, organisation_at, partnership_at, partnerships
from tia_hub.core.scope import PartnershipScope, transaction
from tia_hub.tenants.types.organisations import Sector, Step

slug_argument = click.argument("slug", callback=checks.slug)


@click.group()
def organisation() -> None:
    """Make organisations, move them, put them back from a backup, delete them."""


def _areas(scope: PartnershipScope) -> dict[str, Any]:
    from tia_hub.tenants.queries.organisations import list_areas

    return {area.name: area.id for area in list_areas(scope)}


@organisation.command("list")
@click.option("--partnership", "at", callback=checks.optional_slug, help="Of one partnership alone.")
@as_json
@example("organisation list --json")
def list_them(at: str | None, machine: bool) -> None:
    """Say which organisations there are, as their partnership's office sees them."""
    from tia_hub.tenants.queries.organisations import list_organisations

    rows = []
    with application():
        for office in [partnership_at(at)] if at else partnerships():
            with transaction(office, read_only=True) as scope:
                rows += [(each.slug, each.name, each.sector, each.state, office.slug) for each in list_organisations(scope)]
    show_list(("slug", "name", "sector", "state", "partnership"), rows, machine=machine)


@organisation.command("show")
@slug_argument
@as_json
@example("organisation show harbour-trust")
def show_it(slug: str, machine: bool) -> None:
    """Say what the partnership's office knows of an organisation. Nothing inside it is looked at."""
    with application():
        office, found = organisation_at(slug)
    show(
        {
            "slug": found.slug,
            "name": found.name,
            "partnership": office.slug,
            "sector": found.sector,
            "state": found.state,
            "state_reason": found.state_reason,
            "to_be_deleted_on": found.closing_on,
            "headcount": found.headcount,
            "areas": [area.name for area in found.areas],
            "made_on": found.created_at.date(),
            "id": found.id,
        },
        machine=machine,
    )


@organisation.command("create")
@click.option("--partnership", "at", required=True, callback=checks.slug, help="The slug of its partnership.")
@click.option("--name", required=True, callback=checks.line, help="As it is known.")
@click.option("--sector", required=True, type=click.Choice([sector.value for sector in Sector]), help="What kind it is.")
@click.option("--headcount", default=0, type=click.IntRange(0, 10_000_000), help="How many staff it has, roughly.")
@click.option("--area", "areas", multiple=True, help="An area that it serves, by name; may be repeated.")
@dry_run
@example('organisation create --partnership solent-shore --name "Harbour Trust" --sector charity --area Portsmouth')
def create(at: str, name: str, sector: str, headcount: int, areas: tuple[str, ...], dry_run: bool) -> None:
    """Make an organisation. Invite its lead afterwards: tia-hub invite lead --help."""
    from tia_hub.tenants.queries.organisations import get_organisation
    from tia_hub.tenants.services.organisations import create_organisation

    with application(), transaction(partnership_at(at)) as scope:
        known = _areas(scope)
        unknown = [area for area in areas if area not in known]
        if unknown:
            raise click.BadParameter(f"{at} has no area called {unknown[0]}: it has {', '.join(known) or 'none'}")
        made = create_organisation(
            scope, name=name, sector=Sector(sector), headcount=headcount, area_ids=[known[area] for area in areas]
        )
        slug = get_organisation(scope, made).slug
        if dry_run:
            undo(scope)
    would(f"{name} is there, at /o/{slug}/. Invite its lead: tia-hub invite lead --organisation {slug}", dry=dry_run)


reason_option = click.option("--reason", default="", callback=checks.optional_line, help="Why; its members read it.")


def _step(slug: str, step: Step, reason: str, *, dry: bool) -> None:
    from tia_hub.tenants.services.lifecycle import change_state

    with application():
        office, found = organisation_at(slug)
        with transaction(office) as scope:
            changed = change_state(scope, found.id, step, reason=reason)
            name, state = changed.name, changed.life.state.words.lower()
            if dry:
                undo(scope)
        if not dry:
            note(slug, f"Made the organisation {state}" + (f": {reason}" if reason else ""))
    would(f"{name} is {state}. Its leads are told.", dry=dry)


@organisation.command("suspend")
@slug_argument
@reason_option
@dry_run
@example('organisation suspend harbour-trust --reason "It is put back from a backup"')
def suspend(slug: str, reason: str, dry_run: bool) -> None:
    """Close an organisation for everybody, until it is made active again. Nothing in it is lost."""
    _step(slug, Step.SUSPEND, reason, dry=dry_run)


@organisation.command("reactivate")
@slug_argument
@reason_option
@dry_run
@example("organisation reactivate harbour-trust")
def reactivate(slug: str, reason: str, dry_run: bool) -> None:
    """Open a suspended or archived organisation again."""
    _step(slug, Step.REACTIVATE, reason, dry=dry_run)


@organisation.command("archive")
@slug_argument
@reason_option
@dry_run
@example("organisation archive harbour-trust")
def archive(slug: str, reason: str, dry_run: bool) -> None:
    """Leave an organisation to its leads to read and to export; nothing in it can be changed."""
    _step(slug, Step.ARCHIVE, reason, dry=dry_run)


@organisation.command("delete")
@slug_argument
@click.option("--name", "typed", required=True, help="The organisation's whole name, typed to make sure.")
@dry_run
@example('organisation delete harbour-trust --name "Harbour Trust"')
def delete(slug: str, typed: str, dry_run: bool) -> None:
    """Ask for the deletion of an organisation. It waits, and everybody concerned is told.

    The wait is DELETION_WAIT_DAYS, in which its leads can still export it, and they or the office can stop it. Then a job
    deletes every row, and a certificate says so.
    """
    from tia_hub.tenants.services.lifecycle import ask_for_deletion

    with application() as app:
        office, found = organisation_at(slug)
        wait = timedelta(days=app.extensions["settings"].deletion_wait_days)
        with transaction(office) as scope:
            changed = ask_for_deletion(scope, found.id, typed_name=typed, wait=wait)
            day = changed.closing_on
            if dry_run:
                undo(scope)
        if not dry_run:
            note(slug, f"Asked for the organisation to be deleted on {day:%d.%m.%Y}")
    would(f"{found.name} is deleted on {day}, unless it is stopped: tia-hub organisation keep {slug}", dry=dry_run)


@organisation.command("keep")
@slug_argument
@dry_run
@example("organisation keep harbour-trust")
def keep(slug: str, dry_run: bool) -> None:
    """Stop a deletion that the office or the operator asked for. One that a lead asked for only its leads can stop."""
    from tia_hub.tenants.services.lifecycle import stop_deletion

    with application():
        office, found = organisation_at(slug)
        with transaction(office) as scope:
            stop_deletion(scope, found.id)
            if dry_run:
                undo(scope)
        if not dry_run:
            note(slug, "Stopped the deletion of the organisation")
    would(f"{found.name} stays.", dry=dry_run)


@organisation.command("restore")
@slug_argument
@click.option(
    "--from", "url", required=True, envvar="BACKUP_DATABASE_URL", help="A restored copy of the database, as tia_backup."
)
@click.option("--only-missing", is_flag=True, help="Bring back what is not here, and leave everything else as it is.")
@dry_run
@as_json
@example(
    "organisation restore harbour-trust --from postgresql+psycopg://tia_backup@localhost/tia_copy --dry-run",
    "organisation restore harbour-trust --from postgresql+psycopg://tia_backup@localhost/tia_copy --only-missing",
)
def restore_it(slug: str, url: str, only_missing: bool, dry_run: bool, machine: bool) -> None:
    """Put one organisation back as it was in a backup. No other is touched.

    Restore the backup beside this database first, and suspend the organisation, unless only what is missing is to come back.
    """
    from tia_hub.leaving.services.restoring import backup, compare, find_in_backup, restore

    with application(), backup(url) as source:
        found = find_in_backup(source, slug)
        differences = compare(source, found) if dry_run else restore(source, found, actor=operator(), only_missing=only_missing)
    rows = [(each.table, each.same, each.changed, each.missing, each.added) for each in differences if each.any]
    head = ("table", "same", "changed", "missing_here", "only_here")
    if machine:
        show_list(head, rows, machine=True)
        return
    if rows:
        show_list(head, rows, machine=False)
    done = "what was missing is back" if only_missing else "it is as it was in the backup"
    would(f"{found.name}: {done if rows else 'nothing differs from the backup'}.", dry=dry_run)


@organisation.command("export")
@slug_argument
@click.option("--to", "target", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option(
    "--for", "recipient", default=None, help="The receiving key of the installation that it goes to; by default this one's own."
)
@dry_run
@example(
    "organisation export harbour-trust --to harbour-trust.zip",
    "organisation export harbour-trust --to harbour-trust.zip --for tia1-…",
)
def export(slug: str, target: Path, recipient: str | None, dry_run: bool) -> None:
    """Write everything of an organisation to a file. Its leads see on their trail that you did.

    Personal forms are sealed: only the installation whose receiving key is named can open them.
    """
    from tia_hub.leaving.sealing import read_public
    from tia_hub.leaving.services.exporting.writing import count_export, export_to
    from tia_hub.leaving.services.keys import own_key

    if recipient is not None:
        read_public(recipient)
    with application():
        scope = inside(slug)
        if dry_run:
            rows = count_export(scope)
            would(f"{sum(rows.values()):,} rows of {len(rows)} tables go to {target}.", dry=True)
            return
        if target.exists():
            raise click.ClickException(f"{target} is there already.")
        partial = target.with_name(f"{target.name}.part")
        try:
            with partial.open("xb+") as file:
                made = export_to(scope, file, recipient=recipient or own_key().public)
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)
    click.echo(f"{target} is written. SHA-256 of its manifest: {made.manifest_sha256}")


def _renamed_areas(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    if any(not old.strip() or not new.strip() for old, _, new in pairs):
        raise click.BadParameter('use "their name=our name"')
    return {old.strip(): new.strip() for old, _, new in pairs}


existing_file = click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@organisation.command("import")
@existing_file
@click.option("--partnership", "at", required=True, callback=checks.slug, help="The slug of the partnership it comes to.")
@click.option("--area", "areas", multiple=True, callback=_renamed_areas, help='"Their name=our name", where an area differs.')
@click.option("--copy", is_flag=True, help="Bring it in beside the one that is here, with a new identifier.")
@click.option("--without-forms", is_flag=True, help="Leave the sealed personal forms out.")
@dry_run
@as_json
@example("organisation import harbour-trust.zip --partnership solent-shore --dry-run")
def import_it(
    source: Path, at: str, areas: dict[str, str], copy: bool, without_forms: bool, dry_run: bool, machine: bool
) -> None:
    """Bring an organisation in from an export: all of it, or nothing.

    People are found by their addresses; those who are new get an account, and choose a password by "forgotten password".
    """
    from tia_hub.leaving.archive import Reader
    from tia_hub.leaving.services.importing import import_organisation
    from tia_hub.leaving.services.keys import own_key

    with application(), Reader(source) as archive:
        result = import_organisation(
            archive,
            partnership_id=partnership_at(at).partnership_id,
            own=own_key(),
            actor=operator(),
            areas=areas,
            copy=copy,
            without_forms=without_forms,
            dry_run=dry_run,
        )
    if machine:
        show({"slug": result.slug, "id": result.organisation_id, "rows": result.rows, "dry_run": dry_run}, machine=True)
        return
    for name, rows in result.rows.items():
        click.echo(f"{name:<32}{rows:>9,}")
    would(
        f"{result.name} is at /o/{result.slug}/. Of its people {result.people_new:,} are new here and "
        f"{result.people_known:,} were known.",
        dry=dry_run,
    )


@organisation.command("reseal")
@existing_file
@click.option("--for", "recipient", required=True, help="The receiving key of the installation that it goes to.")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@example("organisation reseal harbour-trust.zip --for tia1-… --to harbour-trust-resealed.zip")
def reseal(source: Path, recipient: str, target: Path) -> None:
    """Seal the personal forms of an export for another installation. They are not opened for that.

    Their operator tells you its receiving key: tia-hub organisation receiving-key. Make sure that it is theirs.
    """
    from tia_hub.leaving.services.resealing import reseal_export

    with application():
        if target.exists():
            raise click.ClickException(f"{target} is there already.")
        reseal_export(source, target, recipient=recipient, actor=operator())
    click.echo(f"{target} is written. Only the installation with the key {recipient} can open its personal forms.")


@organisation.command("receiving-key")
@example("organisation receiving-key")
def receiving_key() -> None:
    """Print the key for which others seal what comes here. It is made from DATA_SECRET, and no secret itself."""
    from tia_hub.leaving.services.keys import own_key

    with application():
        click.echo(own_key().public)

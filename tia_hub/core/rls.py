"""Row-level security: the one place that writes policies. Migrations call it for every table they make.

Each kind of scope works as a database role of its own, so each policy is plain: one role, one condition on the transaction's
settings. A setting that its scope does not have is empty, and an empty text is no uuid: a missing scope is an error, never an
empty page.
"""

from collections.abc import Sequence

from alembic import op

APP, PARTNERSHIP, PROVIDER = "tia_app", "tia_partnership", "tia_provider"
IDENTITY, DISPATCH, OWNER = "tia_identity", "tia_dispatch", "tia_owner"
TRAIL, LEAVING = "tia_trail", "tia_leaving"


def setting(name: str) -> str:
    """SQL for a setting of the scope as a uuid, evaluated once a statement."""
    return f"(SELECT current_setting('app.{name}')::uuid)"


def wall(table: str) -> None:
    """Put a table behind row-level security: until somebody is let in, nobody reads a row, its owner included."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO tia_backup")


def let_in(table: str, role: str, condition: str, *commands: str, check: str | None = None, columns: str | None = None) -> None:
    """Let a role do some commands to the rows of a condition: SELECT, INSERT, UPDATE and DELETE by default; to some columns."""
    for command in commands or ("SELECT", "INSERT", "UPDATE", "DELETE"):
        granted = f"{command} ({columns})" if columns else command
        op.execute(f"GRANT {granted} ON {table} TO {role}")
        using = "" if command == "INSERT" else f" USING ({condition})"
        with_check = f" WITH CHECK ({check or condition})" if command in ("INSERT", "UPDATE") else ""
        op.execute(f"CREATE POLICY {role}_{command.lower()} ON {table} FOR {command} TO {role}{using}{with_check}")


def tenant_table(table: str, commands: Sequence[str] = ()) -> None:
    """A table of an organisation: its own scope alone. One that is made after migration 0011 needs `let_leave` as well."""
    wall(table)
    let_in(table, APP, f"organisation_id = {setting('organisation')}", *commands)


AT_REST = "(SELECT o.state <> 'active' FROM organisation o WHERE o.id = current_setting('app.organisation')::uuid)"
"""SQL for whether the organisation of the scope is suspended, archived or to be deleted."""


def let_leave(table: str) -> None:
    """Let an organisation's rows leave and come as a whole (docs/adr/0024): every table with `organisation_id` needs it.

    Nothing of an organisation that is at work can be deleted this way.
    """
    own = f"organisation_id = {setting('organisation')}"
    let_in(table, LEAVING, own, "SELECT", "INSERT", "UPDATE")
    let_in(table, LEAVING, f"{own} AND {AT_REST}", "DELETE")


def registry_table(table: str, provider_column: str = "provider_id") -> None:
    """A table of the partnership's registry: read by its organisations, written by its provider and by the partnership."""
    wall(table)
    of_partnership = f"partnership_id = {setting('partnership')}"
    let_in(table, APP, of_partnership, "SELECT")
    let_in(table, PROVIDER, f"{of_partnership} AND {provider_column} = {setting('provider')}")
    let_in(table, PARTNERSHIP, of_partnership)


def partnership_table(table: str, commands: Sequence[str] = ()) -> None:
    """A table of the partnership's side alone."""
    wall(table)
    let_in(table, PARTNERSHIP, f"partnership_id = {setting('partnership')}", *commands)


def publication_table(table: str) -> None:
    """Figures that an organisation wrote for its partnership: the organisation writes, the partnership reads."""
    wall(table)
    let_in(
        table,
        APP,
        f"organisation_id = {setting('organisation')} AND partnership_id = {setting('partnership')}",
    )
    let_in(table, PARTNERSHIP, f"partnership_id = {setting('partnership')}", "SELECT")


def home_table(table: str, *commands: str, dispatch: Sequence[str] = ()) -> None:
    """A table of things that belong to any place by `home_id`: jobs, mails, events of the trail."""
    wall(table)
    own = f"home_id = {setting('home')}"
    for role in (APP, PARTNERSHIP, PROVIDER):
        let_in(table, role, own, *commands)
    if dispatch:
        let_in(table, DISPATCH, "true", *dispatch)


def drop_tables(*tables: str) -> None:
    """Take tables down again, with the policies of other tables that look into them."""
    for table in tables:
        op.execute(f"DROP TABLE {table} CASCADE")

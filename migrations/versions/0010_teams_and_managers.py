"""Teams that are closed and merged, with the level expected of them; forms go back to workers whose manager changes."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tia_hub.core.rls import APP, OWNER, let_in, setting

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    change_teams()
    op.create_index("ix_membership_organisation_id_manager_id", "membership", ["organisation_id", "manager_id"])
    op.create_index("ix_membership_organisation_id_team_id", "membership", ["organisation_id", "team_id"])
    for table in ("self_assessment", "agreed_form"):
        op.add_column(table, sa.Column("closed_to_manager_at", sa.DateTime(timezone=True), nullable=True))
    close_to_former_managers()
    take_forms_back()
    list_members()


def downgrade() -> None:
    op.execute("DROP TRIGGER list_person ON person")
    op.execute("DROP TRIGGER list_member ON membership")
    for function in ("list_person", "list_member"):
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP FUNCTION fold_text(text)")
    op.drop_index("ix_membership_organisation_id_listing_id", table_name="membership")
    op.drop_column("membership", "listing")
    op.execute("DROP TRIGGER take_forms_back ON membership")
    op.execute("DROP FUNCTION take_forms_back()")
    for table, commands in WITHIN_TRIGGERS.items():
        for command in commands:
            op.execute(f"DROP POLICY tia_owner_{command.lower()} ON {table}")
    open_to_any_manager()
    for table in ("self_assessment", "agreed_form"):
        op.drop_column(table, "closed_to_manager_at")
    op.drop_index("ix_membership_organisation_id_team_id", table_name="membership")
    op.drop_index("ix_membership_organisation_id_manager_id", table_name="membership")
    change_teams_back()


def change_teams() -> None:
    """A name is used once among the open teams of one parent: a trust has many a reception."""
    op.add_column("team", sa.Column("expected_level", sa.Text(), nullable=True))
    op.add_column("team", sa.Column("level_basis", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("team", sa.Column("level_note", sa.Text(), server_default="", nullable=False))
    op.alter_column("team", "level_note", server_default=None)
    op.add_column("team", sa.Column("level_set_by", sa.Text(), nullable=True))
    op.add_column("team", sa.Column("level_set_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("team", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("team", sa.Column("merged_into_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_team_organisation_id_merged_into_id",
        "team",
        "team",
        ["organisation_id", "merged_into_id"],
        ["organisation_id", "id"],
    )
    op.drop_constraint("uq_team_organisation_id_name", "team")
    op.create_index(
        "uq_team_organisation_id_parent_id_name",
        "team",
        ["organisation_id", "parent_id", "name"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def change_teams_back() -> None:
    """Before, a name was used once in an organisation: a second one gets a number behind it."""
    op.drop_index("uq_team_organisation_id_parent_id_name", table_name="team")
    with every_row("team"):
        op.execute(
            "UPDATE team SET name = name || ' (' || place || ')' FROM (SELECT organisation_id AS organisation, id AS team, "
            "row_number() OVER (PARTITION BY organisation_id, name ORDER BY closed_at NULLS FIRST, created_at, id) AS place "
            "FROM team) numbered WHERE organisation_id = organisation AND id = team AND place > 1"
        )
    op.create_unique_constraint("uq_team_organisation_id_name", "team", ["organisation_id", "name"])
    op.drop_constraint("fk_team_organisation_id_merged_into_id", "team", type_="foreignkey")
    for column in (
        "merged_into_id",
        "closed_at",
        "level_set_at",
        "level_set_by",
        "level_note",
        "level_basis",
        "expected_level",
    ):
        op.drop_column("team", column)


WITHIN_TRIGGERS = {
    "self_assessment": ("SELECT", "UPDATE"),
    "training_figure": ("SELECT", "DELETE"),
    "agreed_form": ("SELECT", "UPDATE"),
    "membership": ("SELECT", "UPDATE"),
}
"""What the owner's functions do to forms and memberships."""
MEMBER = setting("member")
HOME = f"organisation_id = {setting('organisation')}"
PARTY = f"{HOME} AND (membership_id = {MEMBER} OR manager_id = {MEMBER})"


def close_to_former_managers() -> None:
    """A manager reads while they are the manager; see docs/adr/0023."""
    for policy, table in (
        ("tia_app_select", "self_assessment"),
        ("tia_app_update", "self_assessment"),
        ("tia_app_select", "agreed_form"),
    ):
        op.execute(f"DROP POLICY {policy} ON {table}")
    still = f"(manager_id = {MEMBER} AND closed_to_manager_at IS NULL"
    reader = f"{HOME} AND (membership_id = {MEMBER} OR {still} AND state <> 'draft'))"
    let_in("self_assessment", APP, reader, "SELECT")
    let_in("self_assessment", APP, reader, "UPDATE", check=PARTY)
    let_in("agreed_form", APP, f"{HOME} AND (membership_id = {MEMBER} OR {still}))", "SELECT")


def open_to_any_manager() -> None:
    """The policies as they were."""
    for policy, table in (
        ("tia_app_select", "self_assessment"),
        ("tia_app_update", "self_assessment"),
        ("tia_app_select", "agreed_form"),
    ):
        op.execute(f"DROP POLICY {policy} ON {table}")
    reader = f"{HOME} AND (membership_id = {MEMBER} OR (manager_id = {MEMBER} AND state <> 'draft'))"
    let_in("self_assessment", APP, reader, "SELECT")
    let_in("self_assessment", APP, reader, "UPDATE", check=PARTY)
    let_in("agreed_form", APP, PARTY, "SELECT")


def take_forms_back() -> None:
    """Whoever changes a membership, by whatever way: forms that its manager may no longer read go back to their worker.

    The function acts for the tables' owner, who may reach these forms within a trigger and nowhere else.
    """
    for table, commands in WITHIN_TRIGGERS.items():
        let_in(table, OWNER, "pg_trigger_depth() > 0", *commands)
    op.execute(
        """
        CREATE FUNCTION take_forms_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, public AS $$
        DECLARE
            has_left boolean := NEW.ended_at IS NOT NULL;
            manages_nobody boolean := NEW.ended_at IS NOT NULL OR NEW.role NOT IN ('manager', 'lead');
            former_id uuid := CASE WHEN OLD.manager_id IS DISTINCT FROM NEW.manager_id THEN OLD.manager_id END;
            form self_assessment;
        BEGIN
            FOR form IN
                SELECT * FROM self_assessment s
                WHERE s.organisation_id = NEW.organisation_id AND s.closed_to_manager_at IS NULL
                  AND s.manager_id IS NOT NULL
                  AND ((s.membership_id = NEW.id AND (has_left OR s.manager_id = former_id))
                       OR (s.manager_id = NEW.id AND manages_nobody))
                ORDER BY s.id FOR UPDATE
            LOOP
                IF form.state = 'shared' THEN
                    UPDATE self_assessment s
                    SET state = 'draft', manager_id = NULL, shared_at = NULL, worker_confirmed_at = NULL,
                        manager_confirmed_at = NULL, closed_to_manager_at = now(),
                        figure_id = (SELECT f.id FROM training_figure f WHERE f.organisation_id = s.organisation_id
                                     AND f.id = s.figure_id AND f.state <> 'shared')
                    WHERE s.organisation_id = form.organisation_id AND s.id = form.id;
                    DELETE FROM training_figure f
                    WHERE f.organisation_id = form.organisation_id AND f.id = form.figure_id AND f.state = 'shared';
                ELSE
                    UPDATE self_assessment s SET closed_to_manager_at = now()
                    WHERE s.organisation_id = form.organisation_id AND s.id = form.id;
                END IF;
            END LOOP;
            UPDATE agreed_form a SET closed_to_manager_at = now()
            WHERE a.organisation_id = NEW.organisation_id AND a.closed_to_manager_at IS NULL
              AND ((a.membership_id = NEW.id AND (has_left OR a.manager_id = former_id))
                   OR (a.manager_id = NEW.id AND manages_nobody));
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        "CREATE TRIGGER take_forms_back AFTER UPDATE OF manager_id, role, ended_at ON membership FOR EACH ROW "
        "WHEN (OLD.manager_id IS DISTINCT FROM NEW.manager_id OR OLD.role <> NEW.role "
        "OR OLD.ended_at IS DISTINCT FROM NEW.ended_at) EXECUTE FUNCTION take_forms_back()"
    )
    op.execute("REVOKE EXECUTE ON FUNCTION take_forms_back() FROM PUBLIC")
    take_back_what_is_due()


def take_back_what_is_due() -> None:
    """Forms of workers and managers who left or lost their role before there was this rule."""
    tables = ("membership", "self_assessment", "training_figure", "agreed_form")
    due = (
        "EXISTS (SELECT FROM membership m WHERE m.organisation_id = f.organisation_id "
        "AND ((m.id = f.membership_id AND m.ended_at IS NOT NULL) "
        "OR (m.id = f.manager_id AND (m.ended_at IS NOT NULL OR m.role NOT IN ('manager', 'lead')))))"
    )
    with every_row(*tables):
        op.execute(f"UPDATE agreed_form f SET closed_to_manager_at = now() WHERE {due}")
        op.execute(f"UPDATE self_assessment f SET closed_to_manager_at = now() WHERE manager_id IS NOT NULL AND {due}")
        op.execute(
            "UPDATE self_assessment SET state = 'draft', manager_id = NULL, shared_at = NULL, worker_confirmed_at = NULL, "
            "manager_confirmed_at = NULL WHERE state = 'shared' AND closed_to_manager_at IS NOT NULL"
        )
        op.execute(
            "WITH uncounted AS (UPDATE self_assessment f SET figure_id = NULL FROM training_figure t "
            "WHERE f.state = 'draft' AND t.organisation_id = f.organisation_id AND t.id = f.figure_id AND t.state = 'shared' "
            "RETURNING t.organisation_id, t.id) "
            "DELETE FROM training_figure t USING uncounted u WHERE t.organisation_id = u.organisation_id AND t.id = u.id"
        )


@contextmanager
def every_row(*tables: str) -> Iterator[None]:
    """The wall stands for the tables' owner too, except meanwhile."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


LISTING = "fold_text(p.name) || chr(10) || fold_text(p.email)"


def list_members() -> None:
    """What members are searched and listed by stands in their own row: to look for it among all people of the installation
    takes a multiple of the time, and behind row-level security an index of theirs is of no use (LIKE is not leakproof).

    Small letters without accents, compared byte by byte: found however they are typed, and in one order in every database.
    """
    op.execute(
        "CREATE FUNCTION fold_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE "
        r"RETURN lower(regexp_replace(normalize($1, NFD), '[\u0300-\u036f]', '', 'g'))"
    )
    op.add_column("membership", sa.Column("listing", sa.Text(collation="C"), server_default="", nullable=False))
    with every_row("membership"):
        op.execute(f"UPDATE membership m SET listing = {LISTING} FROM person p WHERE p.id = m.person_id")
    op.create_index("ix_membership_organisation_id_listing_id", "membership", ["organisation_id", "listing", "id"])
    for name, when, body in (
        (
            "list_member",
            "BEFORE INSERT ON membership FOR EACH ROW",
            f"NEW.listing := coalesce((SELECT {LISTING} FROM person p WHERE p.id = NEW.person_id), ''); RETURN NEW;",
        ),
        (
            "list_person",
            "AFTER UPDATE OF name, email ON person FOR EACH ROW WHEN (OLD.name <> NEW.name OR OLD.email <> NEW.email)",
            f"UPDATE membership m SET listing = {LISTING} FROM person p WHERE p.id = NEW.id AND m.person_id = p.id; "
            "RETURN NULL;",
        ),
    ):
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path = pg_catalog, public AS $$ BEGIN {body} END $$"
        )
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name}() FROM PUBLIC")
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")

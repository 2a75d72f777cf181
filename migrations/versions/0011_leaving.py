"""Organisations leave and come as a whole: a role that sees one of them, exports, certificates of deletion."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tia_hub.core.rls import LEAVING, let_in, let_leave, partnership_table, setting, tenant_table

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OF_ORGANISATIONS = (
    "SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) "
    "WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = 'organisation_id' "
    "AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.table_name AND p.policyname = 'tia_leaving_select') "
    "ORDER BY 1"
)
"""Tables made before `core.rls.tenant_table` let the role in by itself."""
OF_HOMES = OF_ORGANISATIONS.replace("'organisation_id'", "'home_id'")
CLOSING = f"(SELECT o.state = 'closing' FROM organisation o WHERE o.id = {setting('organisation')})"
INDEXES = {
    f"ix_{table}_organisation_id_{column}": (table, column)
    for table, column in (
        ("invitation", "manager_id"),
        ("self_assessment", "figure_id"),
        ("self_assessment_answer", "author_id"),
    )
}
"""Without these, deleting 6,000 people looks through all that refers to people 6,000 times."""
LET_IN = "SELECT tablename, policyname FROM pg_policies WHERE roles = '{tia_leaving}' ORDER BY 1, 2"
WRITTEN = "id, created_at, home_kind, home_id, actor_id, actor_name, address, action, target_id, words"
WHO = "id, created_at, email, name, active"


def upgrade() -> None:
    op.create_table(
        "organisation_export",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requested_by_name", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.Text(), nullable=False),
        sa.Column("contents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_export_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_organisation_export")),
        sa.UniqueConstraint("organisation_id", "token", name=op.f("uq_organisation_export_organisation_id_token")),
    )
    op.create_table(
        "organisation_export_part",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "export_id"],
            ["organisation_export.organisation_id", "organisation_export.id"],
            name=op.f("fk_organisation_export_part_organisation_id_export_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "export_id", "number", name=op.f("pk_organisation_export_part")),
    )
    op.create_table(
        "deletion_certificate",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("former_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_name", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("people_left", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name=op.f("fk_deletion_certificate_partnership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletion_certificate")),
        sa.UniqueConstraint("partnership_id", "former_id", name=op.f("uq_deletion_certificate_partnership_id_former_id")),
    )
    op.create_index(
        "ix_deletion_certificate_partnership_id_deleted_at", "deletion_certificate", ["partnership_id", "deleted_at"]
    )
    for name, (table, column) in INDEXES.items():
        op.create_index(name, table, ["organisation_id", column])
    raise_walls()
    # Without this, pg_dump as tia_backup stops at the first table.
    op.execute("GRANT SELECT ON alembic_version TO tia_backup")


def downgrade() -> None:
    op.execute("REVOKE SELECT ON alembic_version FROM tia_backup")
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
    op.drop_table("deletion_certificate")
    op.drop_table("organisation_export_part")
    op.drop_table("organisation_export")
    tables = set()
    for table, policy in op.get_bind().execute(sa.text(LET_IN)).all():
        op.execute(f"DROP POLICY {policy} ON {table}")
        tables.add(table)
    for table in sorted(tables):
        op.execute(f"REVOKE ALL ON {table} FROM {LEAVING}")
    op.execute(f"REVOKE ALL ON person FROM {LEAVING}")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {LEAVING}")


def raise_walls() -> None:
    tenant_table("organisation_export")
    tenant_table("organisation_export_part")
    partnership_table("deletion_certificate", ("SELECT", "UPDATE"))
    of_partnership = f"partnership_id = {setting('partnership')}"
    # The certificate is written in the transaction that deletes, and read by the coordinator's office.
    let_in("deletion_certificate", LEAVING, of_partnership, "INSERT")

    op.execute(f"GRANT USAGE ON SCHEMA public TO {LEAVING}")
    for (table,) in op.get_bind().execute(sa.text(OF_ORGANISATIONS)).all():
        let_leave(table)
    own = f"id = {setting('organisation')}"
    let_in("organisation", LEAVING, own, "SELECT", "INSERT", "UPDATE")
    # Nobody deletes an organisation but by the way that its leads were told of, and could have stopped.
    let_in("organisation", LEAVING, f"{own} AND state = 'closing' AND closing_on <= current_date", "DELETE")
    own_home = f"home_id = {setting('home')}"
    for (table,) in op.get_bind().execute(sa.text(OF_HOMES)).all():
        let_in(table, LEAVING, own_home, "SELECT")
        let_in(table, LEAVING, f"{own_home} AND {CLOSING}", "DELETE")
    let_in("schedule", LEAVING, own_home, "INSERT")
    let_in("trail_event", LEAVING, own_home, "INSERT", columns=WRITTEN)

    # What is said when it is gone is the partnership's.
    let_in("email", LEAVING, f"home_kind = 'partnership' AND home_id = {setting('partnership')}", "INSERT")

    # Its people, as every place sees them; people who come with it get an account without a way to sign in.
    let_in("person", LEAVING, "id IN (SELECT m.person_id FROM membership m)", "SELECT", columns=WHO)
    let_in("person", LEAVING, "true", "INSERT")
    # Where it is: what its own rows refer to on the partnership's side.
    let_in("partnership", LEAVING, f"id = {setting('partnership')}", "SELECT")
    let_in("area", LEAVING, of_partnership, "SELECT")
    for table in ("provider", "course", "course_date"):
        let_in(table, LEAVING, of_partnership, "SELECT", "INSERT")

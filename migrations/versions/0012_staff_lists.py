"""Staff lists that leads upload, the rows that wait to be imported, and who is not in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tia_hub.core.rls import drop_tables, let_leave, tenant_table

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_upload",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("preview", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("make_teams", sa.Boolean(), nullable=False),
        sa.Column("new_teams", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_staff_upload_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_staff_upload")),
        sa.UniqueConstraint("organisation_id", "token", name=op.f("uq_staff_upload_organisation_id_token")),
    )
    op.create_index(
        "ix_staff_upload_organisation_id_created_at", "staff_upload", ["organisation_id", "created_at"], unique=False
    )
    op.create_table(
        "staff_upload_leaver",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["membership.organisation_id", "membership.id"],
            name=op.f("fk_staff_upload_leaver_organisation_id_membership_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "upload_id"],
            ["staff_upload.organisation_id", "staff_upload.id"],
            name=op.f("fk_staff_upload_leaver_organisation_id_upload_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "upload_id", "membership_id", name=op.f("pk_staff_upload_leaver")),
    )
    op.create_table(
        "staff_upload_row",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("entry", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["membership.organisation_id", "membership.id"],
            name=op.f("fk_staff_upload_row_organisation_id_membership_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "upload_id"],
            ["staff_upload.organisation_id", "staff_upload.id"],
            name=op.f("fk_staff_upload_row_organisation_id_upload_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "upload_id", "number", name=op.f("pk_staff_upload_row")),
    )
    for table in ("staff_upload_row", "staff_upload_leaver"):
        op.create_index(f"ix_{table}_organisation_id_membership_id", table, ["organisation_id", "membership_id"])
    op.create_index(
        "ix_staff_upload_row_verdict",
        "staff_upload_row",
        ["organisation_id", "upload_id", "verdict", "step", "number"],
        unique=False,
    )
    for table in ("staff_upload", "staff_upload_row", "staff_upload_leaver"):
        tenant_table(table)
        let_leave(table)


def downgrade() -> None:
    drop_tables("staff_upload_leaver", "staff_upload_row", "staff_upload")

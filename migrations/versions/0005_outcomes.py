"""Tables of the room `outcomes`: indicators of the outcomes model, and their readings."""

import sqlalchemy as sa
from alembic import op

from tia_hub.core.rls import drop_tables, tenant_table

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "indicator",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_by", sa.Text(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_indicator_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("organisation_id", "token", name=op.f("uq_indicator_organisation_id_token")),
    )
    op.create_table(
        "reading",
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Numeric(precision=15, scale=3), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("num_nonnulls(number, words) = 1", name=op.f("ck_reading_one_value")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "indicator_id"],
            ["indicator.organisation_id", "indicator.id"],
            name=op.f("fk_reading_organisation_id_indicator_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_reading_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_reading")),
        sa.UniqueConstraint(
            "organisation_id", "indicator_id", "read_on", name=op.f("uq_reading_organisation_id_indicator_id_read_on")
        ),
    )
    tenant_table("indicator")
    tenant_table("reading")


def downgrade() -> None:
    drop_tables("reading", "indicator")

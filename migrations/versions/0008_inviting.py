"""Invitations of many at once, and line managers who have not joined yet."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invitation", sa.Column("job_title", sa.Text(), server_default="", nullable=False))
    op.add_column("invitation", sa.Column("manager_email", sa.Text(), nullable=True))
    op.add_column("invitation", sa.Column("invited_by", sa.Text(), server_default="", nullable=False))
    op.add_column("invitation", sa.Column("email_id", sa.Uuid(), nullable=True))
    op.alter_column("invitation", "token_hash", nullable=True)
    op.create_index(
        "ix_invitation_waiting",
        "invitation",
        ["organisation_id", "created_at"],
        postgresql_where=sa.text("token_hash IS NULL AND accepted_at IS NULL AND revoked_at IS NULL"),
    )
    op.create_index("ix_invitation_organisation_id_created_at", "invitation", ["organisation_id", "created_at"])
    op.add_column("membership", sa.Column("awaited_manager", sa.Text(), nullable=True))
    op.create_index(
        "ix_membership_organisation_id_awaited_manager",
        "membership",
        ["organisation_id", "awaited_manager"],
        postgresql_where=sa.text("awaited_manager IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_membership_organisation_id_awaited_manager", "membership")
    op.drop_column("membership", "awaited_manager")
    op.drop_index("ix_invitation_organisation_id_created_at", "invitation")
    op.drop_index("ix_invitation_waiting", "invitation")
    # An invitation that was never sent opens nothing: a hash of nothing stands for it, and it can be sent again. For this one
    # statement the owner is let past the table's policies.
    op.execute("ALTER TABLE invitation NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE invitation SET token_hash = 'never sent ' || id WHERE token_hash IS NULL")
    op.execute("ALTER TABLE invitation FORCE ROW LEVEL SECURITY")
    op.alter_column("invitation", "token_hash", nullable=False)
    for column in ("email_id", "invited_by", "manager_email", "job_title"):
        op.drop_column("invitation", column)

"""Notices, how people wish to be told, and the daily mail."""

import sqlalchemy as sa
from alembic import op

from tia_hub.core.rls import APP, DISPATCH, IDENTITY, PARTNERSHIP, PROVIDER, drop_tables, let_in, setting, wall

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OWN_ID = "(SELECT p.id FROM person p WHERE p.fs_uniquifier = (SELECT current_setting('app.person_key')))"


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("home_kind", sa.Text(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("email_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_notice_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_recipient_id_created_at", "notice", ["recipient_id", "created_at"])
    op.create_index("ix_notice_email_id", "notice", ["email_id"])
    op.create_index(
        "ix_notice_home_id_recipient_id", "notice", ["home_id", "recipient_id"], postgresql_where=sa.text("read_at IS NULL")
    )
    op.create_table(
        "notice_wish",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_wish_person_id")),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_notice_wish")),
    )
    op.add_column("email", sa.Column("topic", sa.Text(), nullable=True))
    op.create_index("ix_email_digest", "email", ["recipient_id", "due_at"], postgresql_where=sa.text("state = 'digest'"))

    wall("notice")
    for role in (APP, PARTNERSHIP, PROVIDER):
        let_in("notice", role, f"home_id = {setting('home')}", "INSERT")
    # A place writes notices and reads none but the acting member's own.
    own_member = f"(SELECT m.person_id FROM membership m WHERE m.id = {setting('member')})"
    let_in("notice", APP, f"home_id = {setting('home')} AND recipient_id = {own_member}", "SELECT")
    let_in("notice", IDENTITY, f"recipient_id = {OWN_ID}", "SELECT", "UPDATE")
    let_in("notice", DISPATCH, "true", "SELECT")
    wall("notice_wish")
    let_in("notice_wish", IDENTITY, f"person_id = {OWN_ID}")
    let_in("notice_wish", DISPATCH, "true", "SELECT")
    let_in("email", DISPATCH, "home_kind = 'person'", "INSERT")


def downgrade() -> None:
    op.execute(f"DROP POLICY {DISPATCH}_insert ON email")
    op.execute(f"REVOKE INSERT ON email FROM {DISPATCH}")
    op.drop_index("ix_email_digest", table_name="email")
    # What waits for a daily mail is sent at once by the release before.
    op.execute("ALTER TABLE email NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE email SET state = 'queued', due_at = now() WHERE state = 'digest'")
    op.execute("ALTER TABLE email FORCE ROW LEVEL SECURITY")
    op.drop_column("email", "topic")
    drop_tables("notice_wish", "notice")

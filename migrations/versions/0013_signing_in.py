"""Sessions that are listed, browsers that are known, passkeys, mailed links, and what an organisation asks of sign-in."""

import sqlalchemy as sa
from alembic import op

from tia_hub.core.rls import IDENTITY, drop_tables, let_in, wall

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _made() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _of_person(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=f"fk_{table}_person_id", ondelete="CASCADE"),
    )


def upgrade() -> None:
    op.create_table(
        "person_session",
        *_of_person("person_session"),
        sa.Column("session_key", sa.Text(), nullable=False),
        _instant("began_at"),
        _instant("seen_at"),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_session")),
        sa.UniqueConstraint("session_key", name=op.f("uq_person_session_session_key")),
    )
    op.create_index("ix_person_session_began_at", "person_session", ["began_at"], unique=False)
    op.create_index("ix_person_session_person_id", "person_session", ["person_id"], unique=False)
    op.create_table(
        "known_browser",
        *_of_person("known_browser"),
        sa.Column("token_hash", sa.Text(), nullable=False),
        _instant("seen_at"),
        sa.PrimaryKeyConstraint("person_id", "token_hash", name=op.f("pk_known_browser")),
    )
    op.create_index("ix_known_browser_seen_at", "known_browser", ["seen_at"], unique=False)
    op.create_table(
        "passkey",
        *_of_person("passkey"),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _instant("used_at", nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_person_id", "passkey", ["person_id"], unique=False)
    op.create_table(
        "mailed_link",
        sa.Column("token_hash", sa.Text(), nullable=False),
        *_of_person("mailed_link"),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        _instant("expires_at"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_mailed_link")),
        sa.UniqueConstraint("person_id", "purpose", name=op.f("uq_mailed_link_person_id_purpose")),
    )
    op.create_table(
        "spent_challenge",
        sa.Column("digest", sa.Text(), nullable=False),
        _instant("spent_at"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_spent_challenge")),
    )
    op.create_index("ix_spent_challenge_spent_at", "spent_challenge", ["spent_at"], unique=False)
    for table in ("person_session", "known_browser", "passkey", "mailed_link"):
        wall(table)
        let_in(table, IDENTITY, "true")
    wall("spent_challenge")
    let_in("spent_challenge", IDENTITY, "true", "SELECT", "INSERT", "DELETE")

    op.add_column("organisation", sa.Column("second_factor", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("organisation", sa.Column("idle_minutes", sa.Integer(), nullable=True))
    op.create_check_constraint(op.f("ck_organisation_idle_minutes"), "organisation", "idle_minutes IN (15, 30)")


def downgrade() -> None:
    op.drop_column("organisation", "idle_minutes")
    op.drop_column("organisation", "second_factor")
    drop_tables("spent_challenge", "mailed_link", "passkey", "known_browser", "person_session")

"""Invitations of many at once, line managers who have not joined yet, links for an organisation's own e-mail domains; what
people are asked about an audit, and what they answer."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tia_hub.core.rls import APP, IDENTITY, drop_tables, let_in, let_leave, setting, tenant_table, wall

revision = "0015"
down_revision = "0014"
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
    make_links()
    make_requests()


def make_links() -> None:
    op.create_table(
        "joining_link",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *of_organisation("joining_link"),
        sa.CheckConstraint("uses >= 0 AND uses <= most_uses", name=op.f("ck_joining_link_uses")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_joining_link_token_hash")),
    )
    op.create_index(
        "uq_joining_link_live", "joining_link", ["organisation_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "link_request",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        *of_organisation("link_request"),
    )
    op.create_index("ix_link_request_subject", "link_request", ["organisation_id", "subject", "created_at"])
    op.create_index("ix_link_request_address", "link_request", ["organisation_id", "address", "created_at"])
    tenant_table("joining_link", ("SELECT", "INSERT", "UPDATE"))
    tenant_table("link_request", ("SELECT", "INSERT", "DELETE"))
    for table in ("joining_link", "link_request"):
        let_leave(table)
    let_in("joining_link", IDENTITY, "token_hash = (SELECT current_setting('app.token'))", "SELECT")
    # Who holds a link sees whose it is, as who holds an invitation does.
    op.execute(
        f"CREATE POLICY tia_identity_by_link ON organisation FOR SELECT TO {IDENTITY} "
        "USING (EXISTS (SELECT FROM joining_link l WHERE l.organisation_id = organisation.id))"
    )


MEMBER = "(SELECT nullif(current_setting('app.member'), '')::uuid)"
SYSTEM = "(SELECT current_setting('app.member') = '')"
OURS = f"organisation_id = {setting('organisation')}"


def acts_as(role: str) -> str:
    """SQL for whether the acting member has a role, looked up once a statement."""
    return f"(SELECT EXISTS (SELECT FROM membership m WHERE {OURS} AND m.id = {MEMBER} AND m.role = '{role}'))"


def make_requests() -> None:
    op.create_table(
        "audit_request",
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("shows_ours", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        *of_organisation("audit_request"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "audit_id"],
            ["audit.organisation_id", "audit.id"],
            name=op.f("fk_audit_request_organisation_id_audit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "member_id"],
            ["membership.organisation_id", "membership.id"],
            name=op.f("fk_audit_request_organisation_id_member_id"),
        ),
    )
    op.create_index("ix_audit_request_organisation_id_audit_id", "audit_request", ["organisation_id", "audit_id"])
    op.create_index("ix_audit_request_organisation_id_member_id", "audit_request", ["organisation_id", "member_id"])
    op.create_table(
        "audit_contribution",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *of_organisation("audit_contribution"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "request_id"],
            ["audit_request.organisation_id", "audit_request.id"],
            name=op.f("fk_audit_contribution_organisation_id_request_id"),
        ),
        sa.UniqueConstraint(
            "organisation_id", "request_id", "code", name=op.f("uq_audit_contribution_organisation_id_request_id_code")
        ),
    )
    op.create_index("ix_audit_contribution_organisation_id_audit_id", "audit_contribution", ["organisation_id", "audit_id"])
    of_lead = f"{OURS} AND ({SYSTEM} OR {acts_as('lead')})"
    for table in ("audit_request", "audit_contribution"):
        wall(table)
        # Who is asked and what they answer is theirs and the leads'; they alone write their answers.
        let_in(table, APP, f"{OURS} AND (member_id = {MEMBER} OR {SYSTEM} OR {acts_as('lead')})", "SELECT")
        let_in(table, APP, of_lead, "INSERT")
        let_leave(table)
    let_in("audit_request", APP, of_lead, "UPDATE")
    let_in("audit_contribution", APP, f"{OURS} AND member_id = {MEMBER}", "UPDATE")
    # A guest reads of audits what they were asked about, and of what the organisation wrote there only what a lead shows them.
    asked = f"SELECT FROM audit_request r WHERE r.{OURS} AND r.member_id = {MEMBER}"
    op.execute(
        f"CREATE POLICY {APP}_guest ON audit AS RESTRICTIVE FOR SELECT TO {APP} "
        f"USING (NOT {acts_as('contributor')} OR EXISTS ({asked} AND r.audit_id = audit.id))"
    )
    op.execute(
        f"CREATE POLICY {APP}_guest ON audit_entry AS RESTRICTIVE FOR SELECT TO {APP} "
        f"USING (NOT {acts_as('contributor')} OR EXISTS ({asked} AND r.closed_at IS NULL AND r.shows_ours "
        "AND r.audit_id = audit_entry.audit_id AND audit_entry.code = ANY (r.codes)))"
    )


def of_organisation(table: str) -> tuple[Any, ...]:
    """The columns and keys of every row that is one organisation's."""
    return (
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    op.execute(f"DROP POLICY {APP}_guest ON audit_entry")
    op.execute(f"DROP POLICY {APP}_guest ON audit")
    drop_tables("audit_contribution", "audit_request")
    drop_tables("link_request", "joining_link")
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

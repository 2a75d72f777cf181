"""The life of organisations: states, requests to join, logos, leads that are confirmed by leads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tia_hub.core.rls import APP, DISPATCH, IDENTITY, PARTNERSHIP, drop_tables, let_in, partnership_table, setting, wall

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TOKEN = "(SELECT current_setting('app.token'))"
OF_PARTNERSHIP = f"partnership_id = {setting('partnership')}"
IN_PARTNERSHIP = f"organisation_id IN (SELECT o.id FROM organisation o WHERE o.{OF_PARTNERSHIP})"
DISPATCHED = "id, partnership_id, state, closing_on"
OF_LEADS = "organisation_id, id, person_id, role, ended_at, created_at"


def upgrade() -> None:
    for column in (
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("state_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("state_contact", sa.Text(), server_default="", nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumes_as", sa.Text(), nullable=True),
        sa.Column("closing_on", sa.Date(), nullable=True),
        sa.Column("closing_by_partnership", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("logo_version", sa.Text(), nullable=True),
        sa.Column("entry_checked_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("organisation", column)
    op.create_check_constraint(
        op.f("ck_organisation_closing"),
        "organisation",
        "(state = 'closing') = (closing_on IS NOT NULL) AND (state = 'closing') = (resumes_as IS NOT NULL)",
    )
    op.create_index(
        "ix_organisation_closing_on", "organisation", ["closing_on"], postgresql_where=sa.text("closing_on IS NOT NULL")
    )
    op.add_column("partnership", sa.Column("takes_requests", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("invitation", sa.Column("awaits_lead", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("invitation", sa.Column("lead_confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("membership", sa.Column("steps_dismissed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_membership_lead",
        "membership",
        ["organisation_id"],
        postgresql_where=sa.text("role = 'lead' AND ended_at IS NULL"),
    )
    op.create_table(
        "joining_request",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("area_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asker_name", sa.Text(), nullable=False),
        sa.Column("asker_job", sa.Text(), nullable=False),
        sa.Column("asker_email", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("made_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("headcount >= 0", name=op.f("ck_joining_request_headcount")),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name=op.f("fk_joining_request_partnership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_request")),
        sa.UniqueConstraint("partnership_id", "form_token", name=op.f("uq_joining_request_partnership_id_form_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_joining_request_token_hash")),
    )
    op.create_index("ix_joining_request_partnership_id_state", "joining_request", ["partnership_id", "state", "confirmed_at"])
    op.create_table(
        "joining_try",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name=op.f("fk_joining_try_partnership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_try")),
    )
    op.create_index("ix_joining_try_partnership_id_created_at", "joining_try", ["partnership_id", "created_at"])
    op.create_table(
        "organisation_logo",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("octet_length(content) <= 524288", name=op.f("ck_organisation_logo_size")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "organisation_id"],
            ["organisation.partnership_id", "organisation.id"],
            name=op.f("fk_organisation_logo_partnership_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_organisation_logo")),
    )
    op.create_table(
        "organisation_list",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("is_doubtful", sa.Boolean(), nullable=False),
        sa.Column("unused", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name=op.f("fk_organisation_list_partnership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_list")),
    )
    op.create_index("ix_organisation_list_partnership_id_created_at", "organisation_list", ["partnership_id", "created_at"])
    raise_walls()


def raise_walls() -> None:
    # Whoever turns what is due into work learns which organisations there are, which rest, and which are due to go.
    let_in("organisation", DISPATCH, "true", "SELECT", columns=DISPATCHED)
    let_in(
        "membership",
        PARTNERSHIP,
        f"role = 'lead' AND ended_at IS NULL AND {IN_PARTNERSHIP}",
        "SELECT",
        columns=OF_LEADS,
    )
    op.execute(
        f"CREATE POLICY tia_partnership_leads ON person FOR SELECT TO {PARTNERSHIP} USING (id IN ("
        f"SELECT m.person_id FROM membership m JOIN organisation o ON o.id = m.organisation_id WHERE o.{OF_PARTNERSHIP}))"
    )
    let_in("coordinator", APP, OF_PARTNERSHIP, "SELECT")
    op.execute(
        f"CREATE POLICY tia_app_office ON person FOR SELECT TO {APP} USING (id IN (SELECT c.person_id FROM coordinator c))"
    )
    op.execute(f"CREATE POLICY tia_identity_joining ON partnership FOR SELECT TO {IDENTITY} USING (takes_requests)")
    let_in("area", IDENTITY, OF_PARTNERSHIP, "SELECT")
    op.execute(
        f"CREATE POLICY tia_identity_joining ON email FOR INSERT TO {IDENTITY} WITH CHECK (home_kind = 'joining_request')"
    )

    wall("joining_request")
    let_in("joining_request", IDENTITY, f"{OF_PARTNERSHIP} AND state = 'unconfirmed' AND decided_at IS NULL", "INSERT")
    let_in("joining_request", IDENTITY, f"token_hash = {TOKEN}", "SELECT")
    let_in("joining_request", IDENTITY, f"token_hash = {TOKEN}", "UPDATE", check="state = 'waiting' AND decided_at IS NULL")
    # Nobody's request is seen before its address is known to be theirs; one that ran out is seen to be cleared away.
    let_in(
        "joining_request",
        PARTNERSHIP,
        f"{OF_PARTNERSHIP} AND (state <> 'unconfirmed' OR expires_at < now())",
        "SELECT",
        "UPDATE",
        "DELETE",
    )
    wall("joining_try")
    let_in("joining_try", IDENTITY, OF_PARTNERSHIP, "SELECT", "INSERT", "DELETE")
    let_in("joining_try", PARTNERSHIP, OF_PARTNERSHIP, "SELECT", "DELETE")
    partnership_table("organisation_list")
    wall("organisation_logo")
    let_in("organisation_logo", APP, f"organisation_id = {setting('organisation')}")
    let_in("organisation_logo", PARTNERSHIP, OF_PARTNERSHIP, "SELECT")


def downgrade() -> None:
    drop_tables("organisation_list", "organisation_logo", "joining_try", "joining_request")
    op.execute("DROP POLICY tia_identity_joining ON email")
    op.execute(f"DROP POLICY {IDENTITY}_select ON area")
    op.execute(f"REVOKE SELECT ON area FROM {IDENTITY}")
    op.execute("DROP POLICY tia_identity_joining ON partnership")
    op.execute("DROP POLICY tia_app_office ON person")
    op.execute(f"DROP POLICY {APP}_select ON coordinator")
    op.execute(f"REVOKE SELECT ON coordinator FROM {APP}")
    op.execute("DROP POLICY tia_partnership_leads ON person")
    op.execute(f"REVOKE SELECT ({OF_LEADS}) ON membership FROM {PARTNERSHIP}")
    op.execute(f"DROP POLICY {PARTNERSHIP}_select ON membership")
    op.execute(f"DROP POLICY {DISPATCH}_select ON organisation")
    op.execute(f"REVOKE SELECT ({DISPATCHED}) ON organisation FROM {DISPATCH}")
    op.drop_index("ix_membership_lead", table_name="membership")
    op.drop_column("membership", "steps_dismissed_at")
    op.drop_column("invitation", "lead_confirmed_at")
    op.drop_column("invitation", "awaits_lead")
    op.drop_column("partnership", "takes_requests")
    op.drop_index("ix_organisation_closing_on", table_name="organisation")
    op.drop_constraint(op.f("ck_organisation_closing"), "organisation")
    for name in (
        "entry_checked_at",
        "logo_version",
        "closing_by_partnership",
        "closing_on",
        "resumes_as",
        "state_changed_at",
        "state_contact",
        "state_reason",
        "state",
    ):
        op.drop_column("organisation", name)

"""People and places; jobs, mails, schedules and the trail."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tia_hub.core.rls import (
    APP,
    DISPATCH,
    IDENTITY,
    OWNER,
    PARTNERSHIP,
    PROVIDER,
    drop_tables,
    home_table,
    let_in,
    setting,
    tenant_table,
    wall,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "email",
        sa.Column("home_kind", sa.Text(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=True),
        sa.Column("permission", sa.Text(), nullable=True),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text_body", sa.Text(), nullable=False),
        sa.Column("html_body", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "give_up_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() + interval '24 hours'"),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email")),
        sa.UniqueConstraint("message_id", name=op.f("uq_email_message_id")),
    )
    op.create_index(
        "ix_email_due",
        "email",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.create_index("ix_email_home_id_created_at", "email", ["home_id", "created_at"], unique=False)
    op.create_table(
        "job",
        sa.Column("home_kind", sa.Text(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=False),
        sa.Column("progress_words", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index(
        "ix_job_partnership_id_name",
        "job",
        ["partnership_id", "name"],
        unique=False,
        postgresql_where=sa.text("state <> 'done'"),
    )
    op.create_index(
        "uq_job_home_id_key_queued",
        "job",
        ["home_id", "key"],
        unique=True,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "partnership",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("small_number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
        sa.UniqueConstraint("slug", name=op.f("uq_partnership_slug")),
    )
    op.create_table(
        "person",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tf_primary_method", sa.Text(), nullable=True),
        sa.Column("tf_totp_secret", sa.Text(), nullable=True),
        sa.Column("tf_last_counter", sa.Integer(), nullable=True),
        sa.Column("mf_recovery_codes", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
    )
    op.create_table(
        "sign_in_try",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_try")),
    )
    op.create_index("ix_sign_in_try_subject_created_at", "sign_in_try", ["subject", "created_at"], unique=False)
    op.create_index("ix_sign_in_try_address_created_at", "sign_in_try", ["address", "created_at"], unique=False)
    op.create_index("ix_sign_in_try_created_at", "sign_in_try", ["created_at"], unique=False)
    op.create_table(
        "ended_session",
        sa.Column("session_key", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_key", name=op.f("pk_ended_session")),
    )
    op.create_index("ix_ended_session_ended_at", "ended_session", ["ended_at"], unique=False)
    op.create_table(
        "schedule",
        sa.Column("home_kind", sa.Text(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("job_name", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("local_time", sa.Time(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
    )
    op.create_index("ix_schedule_due", "schedule", ["next_at"], unique=False, postgresql_where=sa.text("NOT paused"))
    op.create_table(
        "trail_event",
        sa.Column("home_kind", sa.Text(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_event")),
    )
    op.create_index("ix_trail_event_home_id_created_at", "trail_event", ["home_id", "created_at"], unique=False)
    op.create_table(
        "area",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name=op.f("fk_area_partnership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("partnership_id", "id", name=op.f("uq_area_partnership_id_id")),
        sa.UniqueConstraint("partnership_id", "name", name=op.f("uq_area_partnership_id_name")),
    )
    op.create_table(
        "coordinator",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name=op.f("fk_coordinator_partnership_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_coordinator_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinator")),
        sa.UniqueConstraint("partnership_id", "person_id", name=op.f("uq_coordinator_partnership_id_person_id")),
    )
    op.create_index("ix_coordinator_person_id", "coordinator", ["person_id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("headcount >= 0", name=op.f("ck_organisation_headcount")),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name=op.f("fk_organisation_partnership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("partnership_id", "id", name=op.f("uq_organisation_partnership_id_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_index("ix_organisation_partnership_id_name", "organisation", ["partnership_id", "name"], unique=False)
    op.create_table(
        "provider",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name=op.f("fk_provider_partnership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("partnership_id", "id", name=op.f("uq_provider_partnership_id_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_provider_slug")),
    )
    op.create_table(
        "organisation_area",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "area_id"],
            ["area.partnership_id", "area.id"],
            name=op.f("fk_organisation_area_partnership_id_area_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "organisation_id"],
            ["organisation.partnership_id", "organisation.id"],
            name=op.f("fk_organisation_area_partnership_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "area_id", name=op.f("pk_organisation_area")),
    )
    op.create_table(
        "provider_user",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "provider_id"],
            ["provider.partnership_id", "provider.id"],
            name=op.f("fk_provider_user_partnership_id_provider_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_provider_user_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_user")),
        sa.UniqueConstraint("provider_id", "person_id", name=op.f("uq_provider_user_provider_id_person_id")),
    )
    op.create_index("ix_provider_user_person_id", "provider_user", ["person_id"], unique=False)
    op.create_table(
        "team",
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("remit", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "parent_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_team_organisation_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_team_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_team")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_team_organisation_id_name")),
    )
    op.create_table(
        "membership",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("job_title", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("manager_id <> id", name=op.f("ck_membership_own_manager")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "manager_id"],
            ["membership.organisation_id", "membership.id"],
            name=op.f("fk_membership_organisation_id_manager_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_membership_organisation_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_membership")),
        sa.UniqueConstraint("organisation_id", "person_id", name=op.f("uq_membership_organisation_id_person_id")),
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("by_partnership", sa.Boolean(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "manager_id"],
            ["membership.organisation_id", "membership.id"],
            name=op.f("fk_invitation_organisation_id_manager_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id"],
            ["team.organisation_id", "team.id"],
            name=op.f("fk_invitation_organisation_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "organisation_id"],
            ["organisation.partnership_id", "organisation.id"],
            name=op.f("fk_invitation_partnership_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["organisation_id", "email"],
        unique=True,
        postgresql_where="accepted_at IS NULL AND revoked_at IS NULL",
    )
    raise_walls()


def downgrade() -> None:
    drop_tables(
        "invitation",
        "membership",
        "team",
        "provider_user",
        "organisation_area",
        "provider",
        "organisation",
        "coordinator",
        "area",
        "trail_event",
        "schedule",
        "ended_session",
        "sign_in_try",
        "person",
        "partnership",
        "job",
        "email",
    )


WHO = "id, created_at, email, name, active"
OWN_KEY = "(SELECT current_setting('app.person_key'))"
TOKEN = "(SELECT current_setting('app.token'))"


def raise_walls() -> None:
    home_table("job", "SELECT", "INSERT", "UPDATE", dispatch=("SELECT", "INSERT", "UPDATE"))
    # The coordinator's office sees how far its organisations' publications are; the job's payload holds no text.
    op.execute(
        f"CREATE POLICY tia_partnership_watch ON job FOR SELECT TO tia_partnership "
        f"USING (partnership_id = {setting('partnership')})"
    )
    home_table("email", "SELECT", "INSERT", "UPDATE", dispatch=("SELECT", "UPDATE"))
    let_in("email", IDENTITY, "home_kind = 'person'", "INSERT")
    home_table("schedule", dispatch=("SELECT", "UPDATE"))
    home_table("trail_event", "SELECT", "INSERT")

    wall("person")
    let_in("person", IDENTITY, "true", "SELECT", "INSERT", "UPDATE")
    # Places see who somebody is, never how they sign in.
    # IN, not EXISTS: it is looked up in a hash, made once a statement, where EXISTS would be asked for each of 6,000 people.
    let_in("person", APP, "id IN (SELECT m.person_id FROM membership m)", "SELECT", columns=WHO)
    let_in("person", PARTNERSHIP, "EXISTS (SELECT FROM coordinator c WHERE c.person_id = person.id)", "SELECT", columns=WHO)
    let_in("person", PROVIDER, "EXISTS (SELECT FROM provider_user u WHERE u.person_id = person.id)", "SELECT", columns=WHO)
    wall("sign_in_try")
    let_in("sign_in_try", IDENTITY, "true", "SELECT", "INSERT", "DELETE")
    wall("ended_session")
    let_in("ended_session", IDENTITY, "true", "SELECT", "INSERT", "DELETE")
    own = f"person_id = (SELECT p.id FROM person p WHERE p.fs_uniquifier = {OWN_KEY})"

    wall("partnership")
    let_in("partnership", APP, f"id = {setting('partnership')}", "SELECT")
    let_in("partnership", PROVIDER, f"id = {setting('partnership')}", "SELECT")
    let_in("partnership", PARTNERSHIP, f"id = {setting('partnership')}", "SELECT", "UPDATE")
    let_in(
        "partnership",
        IDENTITY,
        "EXISTS (SELECT FROM coordinator c WHERE c.partnership_id = partnership.id)",
        "SELECT",
    )

    of_partnership = f"partnership_id = {setting('partnership')}"
    wall("coordinator")
    let_in("coordinator", PARTNERSHIP, of_partnership)
    let_in("coordinator", IDENTITY, own, "SELECT")
    wall("area")
    let_in("area", PARTNERSHIP, of_partnership)
    let_in("area", APP, of_partnership, "SELECT")
    let_in("area", PROVIDER, of_partnership, "SELECT")

    wall("organisation")
    let_in("organisation", APP, f"id = {setting('organisation')}", "SELECT", "UPDATE")
    let_in("organisation", PARTNERSHIP, of_partnership, "SELECT", "INSERT", "UPDATE")
    let_in(
        "organisation",
        IDENTITY,
        "EXISTS (SELECT FROM membership m WHERE m.organisation_id = organisation.id) "
        "OR EXISTS (SELECT FROM invitation i WHERE i.organisation_id = organisation.id)",
        "SELECT",
    )
    wall("organisation_area")
    let_in("organisation_area", APP, f"organisation_id = {setting('organisation')}")
    let_in("organisation_area", PARTNERSHIP, of_partnership)

    tenant_table("team")
    tenant_table("membership")
    let_in("membership", IDENTITY, own, "SELECT")
    tenant_table("invitation")
    let_in("invitation", PARTNERSHIP, f"{of_partnership} AND by_partnership", "SELECT", "INSERT", "UPDATE")
    let_in("invitation", IDENTITY, f"token_hash = {TOKEN}", "SELECT")

    wall("provider")
    let_in("provider", APP, of_partnership, "SELECT")
    let_in("provider", PROVIDER, f"id = {setting('provider')}", "SELECT", "UPDATE")
    let_in("provider", PARTNERSHIP, of_partnership, "SELECT", "INSERT", "UPDATE")
    let_in(
        "provider",
        IDENTITY,
        "EXISTS (SELECT FROM provider_user u WHERE u.provider_id = provider.id)",
        "SELECT",
    )
    wall("provider_user")
    let_in("provider_user", PROVIDER, f"provider_id = {setting('provider')}", "SELECT")
    let_in("provider_user", PARTNERSHIP, of_partnership)
    let_in("provider_user", IDENTITY, own, "SELECT")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {PARTNERSHIP}, {PROVIDER}, {IDENTITY}, {DISPATCH}, tia_backup")

    # The operator makes partnerships and their first coordinators, and sees nobody's data.
    for table in ("partnership", "area", "coordinator"):
        let_in(table, OWNER, "true")
    let_in("person", OWNER, "true", "SELECT", "INSERT", "UPDATE")

"""Tables of the room `reports`: publications, reports as issued, schedules and what they sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tia_hub.core.rls import partnership_table, publication_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("area_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sectors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("requested_by_name", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("pdf_missing", sa.Text(), nullable=True),
        sa.Column("compiled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name=op.f("fk_report_partnership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("partnership_id", "id", name=op.f("uq_report_partnership_id_id")),
        sa.UniqueConstraint("partnership_id", "token", name=op.f("uq_report_partnership_id_token")),
    )
    op.create_index("ix_report_partnership_id_created_at", "report", ["partnership_id", "created_at"], unique=False)
    op.create_table(
        "report_schedule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["partnership_id"], ["partnership.id"], name=op.f("fk_report_schedule_partnership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedule")),
        sa.UniqueConstraint("partnership_id", "id", name=op.f("uq_report_schedule_partnership_id_id")),
        sa.UniqueConstraint("partnership_id", "token", name=op.f("uq_report_schedule_partnership_id_token")),
    )
    op.create_table(
        "publication",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id", "organisation_id"],
            ["organisation.partnership_id", "organisation.id"],
            name=op.f("fk_publication_partnership_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_publication")),
        sa.UniqueConstraint("partnership_id", "organisation_id", name=op.f("uq_publication_partnership_id_organisation_id")),
    )
    op.create_table(
        "report_file",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "report_id"],
            ["report.partnership_id", "report.id"],
            name=op.f("fk_report_file_partnership_id_report_id"),
        ),
        sa.PrimaryKeyConstraint("report_id", "kind", name=op.f("pk_report_file")),
    )
    op.create_table(
        "report_recipient",
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "schedule_id"],
            ["report_schedule.partnership_id", "report_schedule.id"],
            name=op.f("fk_report_recipient_partnership_id_schedule_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_recipient_person_id")),
        sa.PrimaryKeyConstraint("schedule_id", "person_id", name=op.f("pk_report_recipient")),
    )
    op.create_table(
        "report_sending",
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("email_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partnership_id", "report_id"],
            ["report.partnership_id", "report.id"],
            name=op.f("fk_report_sending_partnership_id_report_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "schedule_id"],
            ["report_schedule.partnership_id", "report_schedule.id"],
            name=op.f("fk_report_sending_partnership_id_schedule_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_sending_person_id")),
        sa.PrimaryKeyConstraint("schedule_id", "occasion", "person_id", name=op.f("pk_report_sending")),
    )
    op.create_table(
        "published_audit",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("team_name", sa.Text(), nullable=True),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "organisation_id"],
            ["publication.partnership_id", "publication.organisation_id"],
            name=op.f("fk_published_audit_partnership_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "audit_id", name=op.f("pk_published_audit")),
        sa.UniqueConstraint(
            "organisation_id",
            "partnership_id",
            "audit_id",
            name=op.f("uq_published_audit_organisation_id_partnership_id_audit_id"),
        ),
    )
    op.create_index(
        "ix_published_audit_partnership_id_submitted_at", "published_audit", ["partnership_id", "submitted_at"], unique=False
    )
    op.create_table(
        "published_count",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people > 0", name=op.f("ck_published_count_people")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "organisation_id"],
            ["publication.partnership_id", "publication.organisation_id"],
            name=op.f("fk_published_count_partnership_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "kind", "code", name=op.f("pk_published_count")),
    )
    op.create_index("ix_published_count_partnership_id", "published_count", ["partnership_id", "kind", "code"], unique=False)
    op.create_table(
        "published_rating",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "partnership_id", "audit_id"],
            ["published_audit.organisation_id", "published_audit.partnership_id", "published_audit.audit_id"],
            name=op.f("fk_published_rating_organisation_id_partnership_id_audit_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "audit_id", "criterion", name=op.f("pk_published_rating")),
    )
    op.create_index("ix_published_rating_partnership_id", "published_rating", ["partnership_id", "audit_id"], unique=False)
    op.create_table(
        "published_reading",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "organisation_id"],
            ["publication.partnership_id", "publication.organisation_id"],
            name=op.f("fk_published_reading_partnership_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "indicator_id", "read_on", name=op.f("pk_published_reading")),
    )
    op.create_index(
        "ix_published_reading_partnership_id",
        "published_reading",
        ["partnership_id", "organisation_id", "indicator_id", "read_on"],
        unique=False,
    )
    for table in ("publication", "published_audit", "published_rating", "published_count", "published_reading"):
        publication_table(table)
    for table in ("report", "report_file", "report_schedule", "report_recipient", "report_sending"):
        partnership_table(table)


def downgrade() -> None:
    op.drop_index("ix_published_reading_partnership_id", table_name="published_reading")
    op.drop_table("published_reading")
    op.drop_index("ix_published_rating_partnership_id", table_name="published_rating")
    op.drop_table("published_rating")
    op.drop_index("ix_published_count_partnership_id", table_name="published_count")
    op.drop_table("published_count")
    op.drop_index("ix_published_audit_partnership_id_submitted_at", table_name="published_audit")
    op.drop_table("published_audit")
    op.drop_table("report_sending")
    op.drop_table("report_recipient")
    op.drop_table("report_file")
    op.drop_table("publication")
    op.drop_table("report_schedule")
    op.drop_index("ix_report_partnership_id_created_at", table_name="report")
    op.drop_table("report")

"""Tables of the room `training`: self-assessments behind their own wall, what was agreed, figures that may be counted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tia_hub.core.rls import APP, let_in, setting, tenant_table, wall

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "training_figure",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("areas", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_training_figure_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_training_figure")),
    )
    op.create_table(
        "agreed_form",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "manager_id"],
            ["membership.organisation_id", "membership.id"],
            name=op.f("fk_agreed_form_organisation_id_manager_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["membership.organisation_id", "membership.id"],
            name=op.f("fk_agreed_form_organisation_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_agreed_form_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_agreed_form")),
    )
    op.create_index("ix_agreed_form_organisation_id_manager_id", "agreed_form", ["organisation_id", "manager_id"], unique=False)
    op.create_index(
        "ix_agreed_form_organisation_id_membership_id", "agreed_form", ["organisation_id", "membership_id"], unique=False
    )
    op.create_table(
        "self_assessment",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("promise", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("audiences", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("figure_id", sa.Uuid(), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("manager_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state = 'draft' OR manager_id IS NOT NULL", name=op.f("ck_self_assessment_shared_with_somebody")),
        sa.CheckConstraint("manager_id <> membership_id", name=op.f("ck_self_assessment_own_manager")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "figure_id"],
            ["training_figure.organisation_id", "training_figure.id"],
            name=op.f("fk_self_assessment_organisation_id_figure_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "manager_id"],
            ["membership.organisation_id", "membership.id"],
            name=op.f("fk_self_assessment_organisation_id_manager_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "membership_id"],
            ["membership.organisation_id", "membership.id"],
            name=op.f("fk_self_assessment_organisation_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_self_assessment_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_self_assessment")),
        sa.UniqueConstraint("organisation_id", "membership_id", name=op.f("uq_self_assessment_organisation_id_membership_id")),
    )
    op.create_index(
        "ix_self_assessment_organisation_id_manager_id", "self_assessment", ["organisation_id", "manager_id"], unique=False
    )
    op.create_table(
        "self_assessment_answer",
        sa.Column("form_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "author_id"],
            ["membership.organisation_id", "membership.id"],
            name=op.f("fk_self_assessment_answer_organisation_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "form_id"],
            ["self_assessment.organisation_id", "self_assessment.id"],
            name=op.f("fk_self_assessment_answer_organisation_id_form_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_self_assessment_answer_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_self_assessment_answer")),
        sa.UniqueConstraint(
            "organisation_id", "form_id", "code", name=op.f("uq_self_assessment_answer_organisation_id_form_id_code")
        ),
    )
    raise_walls()


def downgrade() -> None:
    op.drop_table("self_assessment_answer")
    op.drop_index("ix_self_assessment_organisation_id_manager_id", table_name="self_assessment")
    op.drop_table("self_assessment")
    op.drop_index("ix_agreed_form_organisation_id_membership_id", table_name="agreed_form")
    op.drop_index("ix_agreed_form_organisation_id_manager_id", table_name="agreed_form")
    op.drop_table("agreed_form")
    op.drop_table("training_figure")


def raise_walls() -> None:
    """A personal form is its worker's, and the named manager's once it is shared; see docs/adr/0006."""
    tenant_table("training_figure")
    member = setting("member")
    home = f"organisation_id = {setting('organisation')}"

    worker = f"{home} AND membership_id = {member}"
    party = f"{home} AND (membership_id = {member} OR manager_id = {member})"
    reader = f"{home} AND (membership_id = {member} OR (manager_id = {member} AND state <> 'draft'))"
    wall("self_assessment")
    let_in("self_assessment", APP, reader, "SELECT")
    let_in("self_assessment", APP, worker, "INSERT")
    let_in("self_assessment", APP, reader, "UPDATE", check=party)
    let_in("self_assessment", APP, f"{worker} AND state = 'draft'", "DELETE")

    # The form's own policy holds within these: a form that the member may not read is not there.
    form = (
        "EXISTS (SELECT FROM self_assessment f "
        "WHERE f.organisation_id = self_assessment_answer.organisation_id AND f.id = form_id{})"
    )
    open_form, own_form = form.format(""), form.format(f" AND f.membership_id = {member}")
    read = f"{home} AND {open_form} AND (owner <> 'manager' OR author_id = {member} OR {own_form})"
    write = (
        f"{home} AND author_id = {member} AND {open_form} "
        f"AND (owner = 'both' OR (owner = 'worker' AND {own_form}) OR (owner = 'manager' AND NOT {own_form}))"
    )
    wall("self_assessment_answer")
    let_in("self_assessment_answer", APP, read, "SELECT")
    let_in("self_assessment_answer", APP, write, "INSERT")
    let_in("self_assessment_answer", APP, f"{read} AND (owner = 'both' OR author_id = {member})", "UPDATE", check=write)

    wall("agreed_form")
    let_in("agreed_form", APP, party, "SELECT", "INSERT")

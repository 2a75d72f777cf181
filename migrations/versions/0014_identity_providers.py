"""Organisations' own identity providers, their e-mail domains, and who is who there."""

import sqlalchemy as sa
from alembic import op

from tia_hub.core.rls import APP, IDENTITY, PARTNERSHIP, drop_tables, let_in, let_leave, setting, tenant_table, wall

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WAY_IN = "(SELECT current_setting('app.way_in'))"


def upgrade() -> None:
    op.create_table(
        "organisation_domain",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_domain_organisation_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "organisation_id"],
            ["organisation.partnership_id", "organisation.id"],
            name=op.f("fk_organisation_domain_partnership_id_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_organisation_domain")),
        sa.UniqueConstraint("organisation_id", "domain", name=op.f("uq_organisation_domain_organisation_id_domain")),
    )
    op.create_index("ix_organisation_domain_domain", "organisation_domain", ["domain"])
    op.create_table(
        "identity_provider",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.Text(), nullable=False),
        sa.Column("second_factor", sa.Text(), nullable=False),
        sa.Column("newcomers", sa.Text(), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_identity_provider_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_identity_provider")),
    )
    op.create_table(
        "vouched_person",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_vouched_person_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_vouched_person_person_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_vouched_person")),
        sa.UniqueConstraint(
            "organisation_id", "issuer", "subject", name=op.f("uq_vouched_person_organisation_id_issuer_subject")
        ),
        sa.UniqueConstraint(
            "organisation_id", "issuer", "person_id", name=op.f("uq_vouched_person_organisation_id_issuer_person_id")
        ),
    )
    raise_walls()


def downgrade() -> None:
    op.execute("DROP POLICY tia_identity_way_in ON organisation")
    drop_tables("vouched_person", "identity_provider", "organisation_domain")


def raise_walls() -> None:
    own = f"organisation_id = {setting('organisation')}"
    wall("organisation_domain")
    let_in("organisation_domain", APP, own, "SELECT", "DELETE")
    # An organisation asks; that the domain is its own, the coordinator's office says.
    let_in("organisation_domain", APP, f"{own} AND confirmed_at IS NULL", "INSERT")
    let_in("organisation_domain", PARTNERSHIP, f"partnership_id = {setting('partnership')}")
    let_in("organisation_domain", IDENTITY, f"domain = {WAY_IN} AND confirmed_at IS NOT NULL", "SELECT")

    tenant_table("identity_provider", ("SELECT", "INSERT", "UPDATE"))
    # Before somebody has signed in: whether there is a provider, and nothing of what it is.
    let_in("identity_provider", IDENTITY, "state <> 'off'", "SELECT", columns="organisation_id, state")
    tenant_table("vouched_person", ("SELECT", "INSERT", "DELETE"))

    for table in ("organisation_domain", "identity_provider", "vouched_person"):
        let_leave(table)

    op.execute(
        f"CREATE POLICY tia_identity_way_in ON organisation FOR SELECT TO {IDENTITY} USING ("
        f"(slug = {WAY_IN} OR EXISTS (SELECT FROM organisation_domain d WHERE d.organisation_id = organisation.id)) "
        f"AND EXISTS (SELECT FROM identity_provider p WHERE p.organisation_id = organisation.id))"
    )

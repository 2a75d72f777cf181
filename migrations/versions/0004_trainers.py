"""The registry: providers' profiles and invitations, courses with dates, and organisations' scores of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tia_hub.core.rls import APP, IDENTITY, OWNER, PARTNERSHIP, PROVIDER, let_in, registry_table, setting, tenant_table, wall

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("audiences", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("statements", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("aims", sa.Text(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("cost", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("transfer", sa.Text(), nullable=False),
        sa.Column("accessibility", sa.Text(), nullable=False),
        sa.Column("content_warning", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_course_cost")),
        sa.CheckConstraint("hours > 0", name=op.f("ck_course_hours")),
        sa.CheckConstraint("places > 0", name=op.f("ck_course_places")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "provider_id"],
            ["provider.partnership_id", "provider.id"],
            name=op.f("fk_course_partnership_id_provider_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("partnership_id", "provider_id", "id", name=op.f("uq_course_partnership_id_provider_id_id")),
    )
    op.create_index("ix_course_partnership_id_state_title", "course", ["partnership_id", "state", "title"], unique=False)
    op.create_table(
        "provider_area",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "area_id"],
            ["area.partnership_id", "area.id"],
            name=op.f("fk_provider_area_partnership_id_area_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "provider_id"],
            ["provider.partnership_id", "provider.id"],
            name=op.f("fk_provider_area_partnership_id_provider_id"),
        ),
        sa.PrimaryKeyConstraint("provider_id", "area_id", name=op.f("pk_provider_area")),
    )
    op.create_table(
        "provider_invitation",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "provider_id"],
            ["provider.partnership_id", "provider.id"],
            name=op.f("fk_provider_invitation_partnership_id_provider_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_provider_invitation_token_hash")),
    )
    op.create_index(
        "uq_provider_invitation_open",
        "provider_invitation",
        ["provider_id", "email"],
        unique=True,
        postgresql_where="accepted_at IS NULL AND revoked_at IS NULL",
    )
    op.create_table(
        "course_date",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id", "provider_id", "course_id"],
            ["course.partnership_id", "course.provider_id", "course.id"],
            name=op.f("fk_course_date_partnership_id_provider_id_course_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_date")),
        sa.UniqueConstraint(
            "provider_id",
            "course_id",
            "day",
            "starts_at",
            "place",
            "link",
            name=op.f("uq_course_date_provider_id_course_id_day_starts_at_place_link"),
        ),
    )
    op.create_table(
        "course_rating",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=False),
        sa.Column("interest", sa.Boolean(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("owner IN ('provider', 'course')", name=op.f("ck_course_rating_owner")),
        sa.CheckConstraint("rating BETWEEN 0 AND 3", name=op.f("ck_course_rating_rating")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "organisation_id"],
            ["organisation.partnership_id", "organisation.id"],
            name=op.f("fk_course_rating_partnership_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "provider_id", "course_id"],
            ["course.partnership_id", "course.provider_id", "course.id"],
            name=op.f("fk_course_rating_partnership_id_provider_id_course_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "course_id", "question", name=op.f("pk_course_rating")),
    )
    op.create_index("ix_course_rating_course_id", "course_rating", ["course_id"], unique=False)
    op.create_index("ix_course_rating_provider_id", "course_rating", ["provider_id"], unique=False)
    op.create_table(
        "course_score",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("interest", sa.Text(), nullable=False),
        sa.Column("finalised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_course_score_organisation_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "organisation_id"],
            ["organisation.partnership_id", "organisation.id"],
            name=op.f("fk_course_score_partnership_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "provider_id", "course_id"],
            ["course.partnership_id", "course.provider_id", "course.id"],
            name=op.f("fk_course_score_partnership_id_provider_id_course_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_course_score")),
        sa.UniqueConstraint("organisation_id", "course_id", name=op.f("uq_course_score_organisation_id_course_id")),
    )
    op.create_table(
        "selection_answer",
        sa.Column("score_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("met", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "score_id"],
            ["course_score.organisation_id", "course_score.id"],
            name=op.f("fk_selection_answer_organisation_id_score_id"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_selection_answer_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_selection_answer")),
        sa.UniqueConstraint(
            "organisation_id", "score_id", "question", name=op.f("uq_selection_answer_organisation_id_score_id_question")
        ),
    )
    op.add_column("provider", sa.Column("about", sa.Text(), server_default="", nullable=False))
    op.add_column("provider", sa.Column("email", sa.Text(), server_default="", nullable=False))
    op.add_column("provider", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    raise_walls()
    op.execute(PUBLISHED_RATINGS)
    op.execute("REVOKE ALL ON FUNCTION published_ratings FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION published_ratings TO {APP}, {PARTNERSHIP}, {PROVIDER}")


def downgrade() -> None:
    op.execute("DROP FUNCTION published_ratings")
    op.execute("DROP POLICY tia_identity_invited ON provider")
    op.drop_column("provider", "version")
    op.drop_column("provider", "email")
    op.drop_column("provider", "about")
    op.drop_table("selection_answer")
    op.drop_table("course_score")
    op.drop_index("ix_course_rating_provider_id", table_name="course_rating")
    op.drop_index("ix_course_rating_course_id", table_name="course_rating")
    op.drop_table("course_rating")
    op.drop_table("course_date")
    op.drop_index(
        "uq_provider_invitation_open",
        table_name="provider_invitation",
        postgresql_where="accepted_at IS NULL AND revoked_at IS NULL",
    )
    op.drop_table("provider_invitation")
    op.drop_table("provider_area")
    op.drop_index("ix_course_partnership_id_state_title", table_name="course")
    op.drop_table("course")


HOLDS_TOKEN = "token_hash = (SELECT current_setting('app.token'))"
INVITED = "EXISTS (SELECT FROM provider_invitation i WHERE i.provider_id = provider.id)"


def raise_walls() -> None:
    of_partnership = f"partnership_id = {setting('partnership')}"
    of_provider = f"{of_partnership} AND provider_id = {setting('provider')}"
    of_organisation = f"{of_partnership} AND organisation_id = {setting('organisation')}"

    registry_table("provider_area")
    wall("provider_invitation")
    let_in("provider_invitation", PARTNERSHIP, of_partnership, "SELECT", "INSERT", "UPDATE")
    let_in("provider_invitation", IDENTITY, HOLDS_TOKEN, "SELECT")
    # Whoever holds an invitation's token sees the name of the provider it is for.
    op.execute(f"CREATE POLICY tia_identity_invited ON provider FOR SELECT TO {IDENTITY} USING ({INVITED})")

    # What a provider is still writing is its own; the coordinator reads what it offers, organisations what was live.
    wall("course")
    let_in("course", PROVIDER, of_provider)
    let_in("course", PARTNERSHIP, f"{of_partnership} AND state <> 'draft'", "SELECT", "UPDATE")
    let_in("course", APP, f"{of_partnership} AND state IN ('live', 'withdrawn')", "SELECT")
    wall("course_date")
    let_in("course_date", PROVIDER, of_provider)
    of_readable_course = f"{of_partnership} AND EXISTS (SELECT FROM course c WHERE c.id = course_date.course_id)"
    let_in("course_date", PARTNERSHIP, of_readable_course, "SELECT")
    let_in("course_date", APP, of_readable_course, "SELECT")

    tenant_table("course_score")
    tenant_table("selection_answer")
    # An organisation sees its own ratings alone. The owner reads them inside published_ratings, and hands on figures only.
    wall("course_rating")
    let_in("course_rating", APP, of_organisation)
    let_in("course_rating", OWNER, of_partnership, "SELECT")


# Ratings without the names of those who gave them, one for each organisation however many of a provider's courses it rated,
# and none of fewer than three organisations. A provider is answered about itself alone.
PUBLISHED_RATINGS = """
CREATE FUNCTION published_ratings(of_courses uuid[], of_providers uuid[])
RETURNS TABLE (subject_id uuid, question text, ratings numeric[], interests bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT each.subject_id, each.question, array_agg(each.rating ORDER BY each.rating), count(*) FILTER (WHERE each.interest)
    FROM (
        SELECT
            CASE r.owner WHEN 'course' THEN r.course_id ELSE r.provider_id END AS subject_id,
            r.question,
            avg(r.rating) AS rating,
            bool_or(r.interest) AS interest
        FROM public.course_rating r
        WHERE r.partnership_id = current_setting('app.partnership')::uuid
            AND (current_setting('app.provider') = '' OR r.provider_id = nullif(current_setting('app.provider'), '')::uuid)
            AND (
                (r.owner = 'course' AND r.course_id = ANY (of_courses))
                OR (r.owner = 'provider' AND r.provider_id = ANY (of_providers))
            )
        GROUP BY 1, 2, r.organisation_id
    ) AS each
    GROUP BY each.subject_id, each.question
    HAVING count(*) >= 3
$$
"""

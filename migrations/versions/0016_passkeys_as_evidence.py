"""What an auditor is shown of a member's second factor: a passkey is one as well."""

from alembic import op

from tia_hub.core.rls import TRAIL, let_in

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    let_in("passkey", TRAIL, "true", "SELECT", columns="person_id")
    _replace("p.tf_primary_method IS NOT NULL OR EXISTS (SELECT FROM public.passkey k WHERE k.person_id = p.id)")


def downgrade() -> None:
    _replace("p.tf_primary_method IS NOT NULL")
    op.execute(f"DROP POLICY {TRAIL}_select ON passkey")
    op.execute(f"REVOKE ALL ON passkey FROM {TRAIL}")


def _replace(second_factor: str) -> None:
    op.execute(f"GRANT CREATE ON SCHEMA public TO {TRAIL}")
    op.execute(f"SET LOCAL ROLE {TRAIL}")
    op.execute(EVIDENCE.format(second_factor=second_factor))
    op.execute("RESET ROLE")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {TRAIL}")


EVIDENCE = """
CREATE OR REPLACE FUNCTION sign_in_evidence()
RETURNS TABLE (person_id uuid, second_factor boolean, last_signed_in_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.person_id, {second_factor}, (
        SELECT max(e.created_at) FROM public.trail_event e
        WHERE e.home_id = m.person_id AND e.action IN ('account.signed_in', 'account.new_browser')
    )
    FROM public.membership m JOIN public.person p ON p.id = m.person_id
    WHERE m.organisation_id = current_setting('app.organisation')::uuid
$$
"""

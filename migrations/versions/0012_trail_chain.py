"""The trail is chained; people have a trail of their own."""

import sqlalchemy as sa
from alembic import op

from tia_hub.core.rls import APP, IDENTITY, OWNER, PARTNERSHIP, PROVIDER, TRAIL, home_table, let_in

revision = "0012"
down_revision = "0006"
branch_labels = None
depends_on = None

WRITTEN = "id, created_at, home_kind, home_id, actor_id, actor_name, address, action, target_id, words"
OWN_KEY = "(SELECT current_setting('app.person_key'))"
OWN = f"home_kind = 'person' AND home_id = (SELECT p.id FROM person p WHERE p.fs_uniquifier = {OWN_KEY})"


def upgrade() -> None:
    op.add_column("trail_event", sa.Column("number", sa.BigInteger(), nullable=True))
    op.add_column("trail_event", sa.Column("salt", sa.Uuid(), nullable=True))
    op.add_column("trail_event", sa.Column("seal", sa.LargeBinary(), nullable=True))
    op.add_column("trail_event", sa.Column("hash", sa.LargeBinary(), nullable=True))
    op.add_column("trail_event", sa.Column("proof", sa.Text(), nullable=True))
    op.add_column("trail_event", sa.Column("erased_by", sa.Uuid(), nullable=True))
    op.create_index("uq_trail_event_home_id_number", "trail_event", ["home_id", "number"], unique=True)
    op.create_table(
        "trail_head",
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("home_kind", sa.Text(), nullable=False),
        sa.Column("start_number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("start_hash", sa.LargeBinary(), server_default=sa.text(NOTHING), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), server_default=sa.text(NOTHING), nullable=False),
        sa.PrimaryKeyConstraint("home_id", name=op.f("pk_trail_head")),
    )
    raise_walls()
    op.execute(f"GRANT CREATE ON SCHEMA public TO {TRAIL}")
    op.execute(f"SET LOCAL ROLE {TRAIL}")
    for name, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION trail_on_commit TO {OWNER}")
    # What was written before is chained in the order in which it happened.
    op.execute(
        "DO $$ DECLARE each record; BEGIN "
        "FOR each IN SELECT id FROM public.trail_event ORDER BY home_id, created_at, id "
        "LOOP PERFORM public.trail_link(each.id); END LOOP; END $$"
    )
    op.execute("RESET ROLE")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {TRAIL}")
    op.execute(
        "CREATE CONSTRAINT TRIGGER trail_chain AFTER INSERT ON trail_event "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trail_on_commit()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER trail_chain ON trail_event")
    op.execute(f"SET LOCAL ROLE {TRAIL}")
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}")
    op.execute("RESET ROLE")
    for role, command in (
        (TRAIL, "select"),
        (TRAIL, "update"),
        (IDENTITY, "select"),
        (IDENTITY, "insert"),
    ):
        op.execute(f"DROP POLICY {role}_{command} ON trail_event")
    op.execute(f"REVOKE ALL ON trail_event FROM {TRAIL}, {IDENTITY}")
    for role in (APP, PARTNERSHIP, PROVIDER):
        op.execute(f"REVOKE INSERT ON trail_event FROM {role}")
        op.execute(f"GRANT INSERT ON trail_event TO {role}")
    op.drop_table("trail_head")
    op.drop_index("uq_trail_event_home_id_number", table_name="trail_event")
    for column in ("erased_by", "proof", "hash", "seal", "salt", "number"):
        op.drop_column("trail_event", column)


def raise_walls() -> None:
    # Who writes an event says what happened; number, seal and hash are the chain's own.
    for role in (APP, PARTNERSHIP, PROVIDER):
        op.execute(f"REVOKE INSERT ON trail_event FROM {role}")
        op.execute(f"GRANT INSERT ({WRITTEN}) ON trail_event TO {role}")
    # Of people: what happened to an account is written by whoever signs in or tries to, and read by its owner.
    somebody = "home_kind = 'person' AND EXISTS (SELECT FROM person p WHERE p.id = home_id)"
    let_in("trail_event", IDENTITY, somebody, "INSERT", columns=WRITTEN)
    let_in("trail_event", IDENTITY, OWN, "SELECT")
    let_in("trail_event", TRAIL, "true", "SELECT")
    let_in("trail_event", TRAIL, "true", "UPDATE", columns="number, salt, seal, hash")

    home_table("trail_head", "SELECT")
    let_in("trail_head", IDENTITY, OWN, "SELECT")
    let_in("trail_head", TRAIL, "true", "SELECT", "INSERT", "UPDATE")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {TRAIL}")


NOTHING = "decode(repeat('00', 32), 'hex')"
"""The hash before the first event: 32 zero bytes."""

# One event becomes the next link of its home's chain. The row of the head is locked from here to the end of the transaction.
LINK = """
CREATE FUNCTION trail_link(event_id uuid) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    event public.trail_event;
    head public.trail_head;
    salted uuid := gen_random_uuid();
    sealed bytea;
    hashed bytea;
BEGIN
    SELECT * INTO STRICT event FROM public.trail_event e WHERE e.id = event_id;
    INSERT INTO public.trail_head AS h (home_id, home_kind, number) VALUES (event.home_id, event.home_kind, 1)
        ON CONFLICT (home_id) DO UPDATE SET number = h.number + 1
        RETURNING * INTO head;
    sealed := sha256(
        uuid_send(salted)
        || convert_to(jsonb_build_array(event.actor_name, event.address, event.words)::text, 'UTF8')
    );
    hashed := sha256(
        head.hash
        || convert_to(
            jsonb_build_array(
                event.home_kind,
                event.home_id::text,
                head.number::text,
                event.id::text,
                to_char(event.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                event.actor_id::text,
                event.action,
                event.target_id::text,
                encode(sealed, 'hex'),
                event.proof
            )::text,
            'UTF8'
        )
    );
    UPDATE public.trail_event e SET number = head.number, salt = salted, seal = sealed, hash = hashed WHERE e.id = event.id;
    UPDATE public.trail_head h SET hash = hashed WHERE h.home_id = event.home_id;
    RETURN head.number;
END
$$
"""

ON_COMMIT = """
CREATE FUNCTION trail_on_commit() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM public.trail_link(NEW.id);
    RETURN NULL;
END
$$
"""

FUNCTIONS = {"trail_link": LINK, "trail_on_commit": ON_COMMIT}
"""Each in the hands of the role tia_trail, which alone may change an event: to give it its place in the chain."""

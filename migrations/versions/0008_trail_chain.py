"""The trail is chained and people have a trail of their own; copies of personal data, erasure, retention, access reviews."""

import sqlalchemy as sa
from alembic import op

from tia_hub.core.rls import (
    APP,
    DISPATCH,
    IDENTITY,
    OWNER,
    PARTNERSHIP,
    PROVIDER,
    TRAIL,
    drop_tables,
    home_table,
    let_in,
    setting,
    tenant_table,
    wall,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WRITTEN = "id, created_at, home_kind, home_id, actor_id, actor_name, address, action, target_id, words"
CHAINED = "number, salt, seal, hash, erased_by, actor_name, address, words"
POSTED = "id, created_at, home_kind, home_id, recipient_id, purpose, to_address, subject, state, sent_at"
INVITATIONS = ("invitation", "provider_invitation")
PLACES = {"partnership": "id", "provider": "id, partnership_id"}
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
    op.create_table(
        "erasure",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index("uq_erasure_person_id_open", "erasure", ["person_id"], unique=True, postgresql_where="withdrawn_at IS NULL")
    op.create_table(
        "personal_copy",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("pdf_missing", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_personal_copy_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_personal_copy")),
    )
    op.create_table(
        "retention_period",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days > 0", name=op.f("ck_retention_period_days")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_retention_period_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", "kind", name=op.f("pk_retention_period")),
    )
    op.create_table(
        "access_review",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_access_review_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_access_review_person_id")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_access_review")),
    )
    op.add_column("membership", sa.Column("forms_removed_at", sa.DateTime(timezone=True), nullable=True))
    raise_walls()
    op.execute(f"GRANT CREATE ON SCHEMA public TO {TRAIL}")
    op.execute(f"SET LOCAL ROLE {TRAIL}")
    for name, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION trail_on_commit TO {OWNER}")
    op.execute(f"GRANT EXECUTE ON FUNCTION trail_shorten TO {APP}, {PARTNERSHIP}, {PROVIDER}")
    for name in ("trail_shorten_people", "trail_old_events_of_people"):
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {DISPATCH}")
    op.execute(f"GRANT EXECUTE ON FUNCTION trail_erase TO {IDENTITY}")
    op.execute(f"GRANT EXECUTE ON FUNCTION forget_manager TO {APP}")
    op.execute(f"GRANT EXECUTE ON FUNCTION sign_in_evidence TO {APP}")
    # What was written before is chained in the order in which it happened.
    op.execute(
        "DO $$ DECLARE each uuid; BEGIN FOR each IN SELECT DISTINCT home_id FROM public.trail_event ORDER BY 1 "
        "LOOP PERFORM public.trail_link(each); END LOOP; END $$"
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
    drop_tables("access_review", "retention_period", "personal_copy", "erasure", "trail_head")
    for table, role, *commands in LET_IN:
        for command in commands:
            op.execute(f"DROP POLICY {role}_{command} ON {table}")
    for table, role, privileges in GRANTED:
        op.execute(f"REVOKE {privileges} ON {table} FROM {role}")
    op.execute(
        f"ALTER POLICY {APP}_delete ON self_assessment USING (organisation_id = {setting('organisation')} "
        f"AND membership_id = {setting('member')} AND state = 'draft')"
    )
    for role in (APP, PARTNERSHIP, PROVIDER):
        op.execute(f"REVOKE INSERT ON trail_event FROM {role}")
        op.execute(f"GRANT INSERT ON trail_event TO {role}")
    op.drop_column("membership", "forms_removed_at")
    op.drop_index("uq_trail_event_home_id_number", table_name="trail_event")
    for column in ("erased_by", "proof", "hash", "seal", "salt", "number"):
        op.drop_column("trail_event", column)


LET_IN = (
    ("trail_event", TRAIL, "select", "insert", "update", "delete"),
    ("trail_event", IDENTITY, "select", "insert"),
    ("trail_event", DISPATCH, "select", "insert"),
    ("job", IDENTITY, "select", "insert", "update"),
    ("job", DISPATCH, "delete"),
    ("email", IDENTITY, "select"),
    ("schedule", DISPATCH, "insert"),
    ("notice", DISPATCH, "update", "delete"),
    ("notice_wish", DISPATCH, "delete"),
    ("email", DISPATCH, "delete"),
    ("invitation", IDENTITY, "own", "delete"),
    ("provider_invitation", IDENTITY, "own", "delete"),
    ("agreed_form", APP, "delete"),
    ("agreed_form", TRAIL, "select", "update"),
    ("self_assessment_answer", TRAIL, "select", "update"),
    ("partnership", DISPATCH, "select"),
    ("provider", DISPATCH, "select"),
    ("membership", TRAIL, "select"),
    ("person", TRAIL, "select"),
)
"""Whom this migration let in where."""
FORGOTTEN_IN = ("trail_event", "membership", "person", "agreed_form", "self_assessment_answer")
GRANTED = (
    *((table, TRAIL, "ALL") for table in FORGOTTEN_IN),
    ("trail_event", f"{IDENTITY}, {DISPATCH}", "ALL"),
    ("job", IDENTITY, "ALL"),
    *((table, DISPATCH, "DELETE") for table in ("job", "email", "notice_wish")),
    ("notice", DISPATCH, "UPDATE, DELETE"),
    ("email", IDENTITY, "SELECT"),
    ("schedule", DISPATCH, "INSERT"),
    *((table, IDENTITY, "DELETE") for table in INVITATIONS),
    ("agreed_form", APP, "DELETE"),
    *((table, DISPATCH, "SELECT") for table in PLACES),
)


def raise_walls() -> None:
    # Who writes an event says what happened; number, seal and hash are the chain's own.
    for role in (APP, PARTNERSHIP, PROVIDER):
        op.execute(f"REVOKE INSERT ON trail_event FROM {role}")
        op.execute(f"GRANT INSERT ({WRITTEN}) ON trail_event TO {role}")
    # Of people: what happened to an account is written by whoever signs in or tries to, and read by its owner.
    somebody = "home_kind = 'person' AND EXISTS (SELECT FROM person p WHERE p.id = home_id)"
    let_in("trail_event", IDENTITY, somebody, "INSERT", columns=WRITTEN)
    let_in("trail_event", IDENTITY, OWN, "SELECT")
    let_in("trail_event", TRAIL, "true", "SELECT", "INSERT", "DELETE")
    let_in("trail_event", TRAIL, "true", "UPDATE", columns=CHAINED)

    home_table("trail_head", "SELECT")
    let_in("trail_head", IDENTITY, OWN, "SELECT")
    let_in("trail_head", TRAIL, "true", "SELECT", "INSERT", "UPDATE")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {TRAIL}")

    # A person's own requests: their copy, their erasure, the jobs that serve them and the mails they were sent.
    own = f"person_id = {setting('home')}"
    wall("personal_copy")
    let_in("personal_copy", IDENTITY, own)
    let_in("personal_copy", DISPATCH, "true", "SELECT", columns="person_id, made_at")
    let_in("personal_copy", DISPATCH, "true", "DELETE")
    wall("erasure")
    let_in("erasure", IDENTITY, own, "SELECT")
    let_in("erasure", IDENTITY, f"{own} AND due_at > now() + interval '6 days 23 hours' AND done_at IS NULL", "INSERT")
    let_in("erasure", IDENTITY, own, "UPDATE", columns="withdrawn_at, done_at")
    let_in("erasure", OWNER, "true", "SELECT", "INSERT")
    let_in("erasure", TRAIL, "true", "SELECT")
    home = f"home_kind = 'person' AND home_id = {setting('home')}"
    let_in("job", IDENTITY, home, "SELECT", "INSERT", "UPDATE")
    let_in("email", IDENTITY, home, "SELECT", columns=POSTED)
    # Invitations to somebody's own address, wherever they came from.
    mine = f"email = (SELECT p.email FROM person p WHERE p.fs_uniquifier = {OWN_KEY})"
    for table in INVITATIONS:
        op.execute(f"CREATE POLICY {IDENTITY}_own ON {table} FOR SELECT TO {IDENTITY} USING ({mine})")
        let_in(table, IDENTITY, mine, "DELETE")

    # Personal forms: their worker may have them deleted in any state, and what was agreed as well; of what two agreed, each
    # one's name makes way when they are erased.
    worker = f"organisation_id = {setting('organisation')} AND membership_id = {setting('member')}"
    manager = f"organisation_id = {setting('organisation')} AND manager_id = {setting('member')}"
    op.execute(f"ALTER POLICY {APP}_delete ON self_assessment USING ({worker})")
    let_in("agreed_form", APP, worker, "DELETE")
    let_in("agreed_form", TRAIL, manager, "SELECT", columns="organisation_id, id, manager_id, content")
    let_in("agreed_form", TRAIL, manager, "UPDATE", columns="content")
    wrote = f"organisation_id = {setting('organisation')} AND author_id = {setting('member')} AND owner = 'manager'"
    let_in("self_assessment_answer", TRAIL, wrote, "SELECT", columns="organisation_id, id, author_id, owner, text, version")
    let_in("self_assessment_answer", TRAIL, wrote, "UPDATE", columns="text, version")

    tenant_table("retention_period")
    tenant_table("access_review", ("SELECT", "INSERT"))
    let_in("access_review", APP, f"organisation_id = {setting('organisation')}", "UPDATE", columns="reviewer")
    for table, columns in PLACES.items():
        let_in(table, DISPATCH, "true", "SELECT", columns=columns)
    let_in("notice", DISPATCH, "true", "UPDATE", columns="title")
    let_in("notice", DISPATCH, "true", "DELETE")
    let_in("notice_wish", DISPATCH, "true", "DELETE")
    let_in("email", DISPATCH, "true", "DELETE")
    let_in("job", DISPATCH, "true", "DELETE")
    let_in("schedule", DISPATCH, "home_kind = 'installation'", "INSERT")
    let_in("trail_event", DISPATCH, "home_kind = 'installation'", "SELECT")
    let_in("trail_event", DISPATCH, "home_kind = 'installation'", "INSERT", columns=WRITTEN)

    # What an auditor is shown of a member's sign-in: that there is a second factor, and when they came last.
    let_in(
        "membership", TRAIL, f"organisation_id = {setting('organisation')}", "SELECT", columns="organisation_id, id, person_id"
    )
    let_in("person", TRAIL, "true", "SELECT", columns="id, tf_primary_method")


NOTHING = "decode(repeat('00', 32), 'hex')"
"""The hash before the first event: 32 zero bytes."""

# What a transaction wrote in a home becomes the next links of its chain, all at once: the head is touched once, however much it
# is. The row of the head is locked from here to the end of the transaction. Events of others that have no number yet are
# not committed, so they are not seen here.
LINK = """
CREATE FUNCTION trail_link(home uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    event public.trail_event;
    head public.trail_head;
    salted uuid;
    sealed bytea;
BEGIN
    INSERT INTO public.trail_head AS h (home_id, home_kind, number)
        SELECT e.home_id, e.home_kind, 0 FROM public.trail_event e WHERE e.home_id = home AND e.number IS NULL LIMIT 1
        ON CONFLICT (home_id) DO NOTHING;
    SELECT * INTO STRICT head FROM public.trail_head h WHERE h.home_id = home FOR UPDATE;
    FOR event IN
        SELECT * FROM public.trail_event e WHERE e.home_id = home AND e.number IS NULL ORDER BY e.created_at, e.ctid
    LOOP
        salted := gen_random_uuid();
        sealed := sha256(
            uuid_send(salted)
            || convert_to(jsonb_build_array(event.actor_name, event.address, event.words)::text, 'UTF8')
        );
        head.number := head.number + 1;
        head.hash := sha256(
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
        UPDATE public.trail_event e SET number = head.number, salt = salted, seal = sealed, hash = head.hash
            WHERE e.id = event.id;
    END LOOP;
    UPDATE public.trail_head h SET number = head.number, hash = head.hash WHERE h.home_id = home;
END
$$
"""

ON_COMMIT = """
CREATE FUNCTION trail_on_commit() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- The first of a transaction's events in a home links all of them.
    IF EXISTS (SELECT FROM public.trail_event e WHERE e.id = NEW.id AND e.number IS NULL) THEN
        PERFORM public.trail_link(NEW.home_id);
    END IF;
    RETURN NULL;
END
$$
"""

# The retention rule takes a trail's oldest events, never one of the last year, and says so at the chain's other end.
SHORTEN_HOME = """
CREATE FUNCTION trail_shorten_home(home uuid, before timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    head public.trail_head;
    last bigint;
    hashed bytea;
    removed bigint;
BEGIN
    IF before > now() - interval '364 days' THEN
        RAISE EXCEPTION 'events of the last year stay on the trail';
    END IF;
    SELECT * INTO head FROM public.trail_head h WHERE h.home_id = home FOR UPDATE;
    SELECT coalesce(min(e.number) - 1, head.number) INTO last
        FROM public.trail_event e WHERE e.home_id = home AND e.created_at >= before;
    IF NOT EXISTS (
        SELECT FROM public.trail_event e WHERE e.home_id = home AND e.number <= last AND e.action <> 'trail.shortened'
    ) THEN
        RETURN 0;
    END IF;
    SELECT e.hash INTO STRICT hashed FROM public.trail_event e WHERE e.home_id = home AND e.number = last;
    DELETE FROM public.trail_event e WHERE e.home_id = home AND e.number <= last;
    GET DIAGNOSTICS removed = ROW_COUNT;
    UPDATE public.trail_head h SET start_number = last, start_hash = hashed WHERE h.home_id = home;
    INSERT INTO public.trail_event (id, home_kind, home_id, actor_name, action, words, proof) VALUES (
        gen_random_uuid(),
        head.home_kind,
        home,
        'TIA Hub',
        'trail.shortened',
        format('Removed the oldest events of the trail, up to number %s, as the retention rule says', last),
        jsonb_build_object('start', jsonb_build_array(last, encode(hashed, 'hex')))::text
    );
    RETURN removed;
END
$$
"""

SHORTEN = """
CREATE FUNCTION trail_shorten(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT public.trail_shorten_home(current_setting('app.home')::uuid, before) $$
"""

SHORTEN_PEOPLE = """
CREATE FUNCTION trail_shorten_people(before timestamptz) RETURNS numeric
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(sum(public.trail_shorten_home(each.home_id, before)), 0)
    FROM (
        SELECT DISTINCT e.home_id FROM public.trail_event e
        WHERE e.home_kind = 'person' AND e.created_at < before AND e.action <> 'trail.shortened' ORDER BY e.home_id
    ) AS each
$$
"""

OLD_OF_PEOPLE = """
CREATE FUNCTION trail_old_events_of_people(before timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*) FROM public.trail_event e
    WHERE e.home_kind = 'person' AND e.created_at < before AND e.action <> 'trail.shortened'
$$
"""

# Somebody who asked to be erased, and whose week has passed, leaves the words of the trail: their names and addresses make way
# for `stead`, their network addresses go. The hashes stay; new seals are on the chain, in the event that tells of it.
ERASE = r"""
CREATE FUNCTION trail_erase(person uuid, names text[], emails text[], homes uuid[], stead text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    before_it constant text := '(?<![\w.@+-])';
    after_it constant text := '(?![\w@-])';
    by_name text;
    by_email text;
    home uuid;
    head public.trail_head;
    event public.trail_event;
    telling uuid;
    new_name text;
    new_words text;
    new_address text;
    new_salt uuid;
    new_seal bytea;
    listed jsonb;
    changed bigint := 0;
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.erasure x
        WHERE x.person_id = person AND x.due_at <= now() AND x.withdrawn_at IS NULL AND x.done_at IS NULL
    ) THEN
        RAISE EXCEPTION 'nobody asked for this erasure, or it is not due';
    END IF;
    SELECT before_it || '(' || string_agg(regexp_replace(n, '([\\^$.|?*+()\[\]{}-])', '\\\1', 'g'), '|') || ')' || after_it
        INTO by_name FROM unnest(names) AS n WHERE length(n) > 1;
    SELECT before_it || '(' || string_agg(regexp_replace(n, '([\\^$.|?*+()\[\]{}-])', '\\\1', 'g'), '|') || ')' || after_it
        INTO by_email FROM unnest(emails) AS n WHERE length(n) > 1;
    by_name := coalesce(by_name, '(?=a)b');
    by_email := coalesce(by_email, '(?=a)b');
    FOR home IN
        SELECT h FROM unnest(homes) AS h UNION SELECT e.home_id FROM public.trail_event e WHERE e.actor_id = person ORDER BY 1
    LOOP
        SELECT * INTO head FROM public.trail_head h WHERE h.home_id = home FOR UPDATE;
        CONTINUE WHEN NOT FOUND;
        telling := gen_random_uuid();
        listed := '[]';
        FOR event IN
            SELECT * FROM public.trail_event e
            WHERE e.home_id = home AND e.number IS NOT NULL AND (
                e.actor_id = person OR e.words ~ by_name OR e.words ~* by_email OR e.actor_name ~ by_name
            )
            ORDER BY e.number
        LOOP
            new_words := regexp_replace(regexp_replace(event.words, by_name, stead, 'g'), by_email, stead, 'gi');
            new_name := CASE
                WHEN event.actor_id = person THEN stead
                ELSE regexp_replace(event.actor_name, by_name, stead, 'g')
            END;
            new_address := CASE WHEN event.actor_id = person OR home = person THEN NULL ELSE event.address END;
            new_salt := gen_random_uuid();
            new_seal := sha256(
                uuid_send(new_salt) || convert_to(jsonb_build_array(new_name, new_address, new_words)::text, 'UTF8')
            );
            UPDATE public.trail_event e
                SET words = new_words, actor_name = new_name, address = new_address, salt = new_salt, erased_by = telling
                WHERE e.id = event.id;
            listed := listed || jsonb_build_array(jsonb_build_array(event.number, encode(new_seal, 'hex')));
        END LOOP;
        CONTINUE WHEN listed = '[]';
        changed := changed + jsonb_array_length(listed);
        INSERT INTO public.trail_event (id, home_kind, home_id, actor_name, action, words, proof) VALUES (
            telling,
            head.home_kind,
            home,
            'TIA Hub',
            'trail.erased',
            format('Replaced the name of a person who asked to be erased, in %s events', jsonb_array_length(listed)),
            jsonb_build_object('erased', listed)::text
        );
    END LOOP;
    RETURN changed;
END
$$
"""

# What somebody wrote and agreed as a manager, also where the forms are closed to them now: their own words go, and their name
# makes way in plans that others keep. For the acting member alone, and only once their erasure is due.
FORGET_MANAGER = """
CREATE FUNCTION forget_manager(pattern text, stead text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.erasure x JOIN public.membership m ON m.person_id = x.person_id
        WHERE m.organisation_id = current_setting('app.organisation')::uuid AND m.id = current_setting('app.member')::uuid
            AND x.due_at <= now() AND x.withdrawn_at IS NULL AND x.done_at IS NULL
    ) THEN
        RAISE EXCEPTION 'nobody asked for this erasure, or it is not due';
    END IF;
    UPDATE public.self_assessment_answer a SET text = '', version = a.version + 1
        WHERE a.author_id = current_setting('app.member')::uuid AND a.owner = 'manager' AND a.text <> '';
    UPDATE public.agreed_form f
        SET content = f.content || jsonb_build_object(
            'manager', stead,
            'views', (
                SELECT coalesce(jsonb_agg(v.item ORDER BY v.place), '[]')
                FROM jsonb_array_elements(f.content -> 'views') WITH ORDINALITY AS v (item, place)
                WHERE v.item ->> 'name' = f.content ->> 'worker'
            ),
            'answers', (
                SELECT coalesce(
                    jsonb_agg(
                        a.item || jsonb_build_object('text', regexp_replace(a.item ->> 'text', pattern, stead, 'g'))
                        ORDER BY a.place
                    ),
                    '[]'
                )
                FROM jsonb_array_elements(f.content -> 'answers') WITH ORDINALITY AS a (item, place)
            )
        )
        WHERE f.manager_id = current_setting('app.member')::uuid;
END
$$
"""

EVIDENCE = """
CREATE FUNCTION sign_in_evidence() RETURNS TABLE (person_id uuid, second_factor boolean, last_signed_in_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.person_id, p.tf_primary_method IS NOT NULL, (
        SELECT max(e.created_at) FROM public.trail_event e
        WHERE e.home_id = m.person_id AND e.action = 'account.signed_in'
    )
    FROM public.membership m JOIN public.person p ON p.id = m.person_id
    WHERE m.organisation_id = current_setting('app.organisation')::uuid
$$
"""

FUNCTIONS = {
    "trail_link": LINK,
    "trail_on_commit": ON_COMMIT,
    "trail_shorten_home": SHORTEN_HOME,
    "trail_shorten": SHORTEN,
    "trail_shorten_people": SHORTEN_PEOPLE,
    "trail_old_events_of_people": OLD_OF_PEOPLE,
    "trail_erase": ERASE,
    "forget_manager": FORGET_MANAGER,
    "sign_in_evidence": EVIDENCE,
}
"""Each in the hands of the role tia_trail, which alone may change an event."""

"""The wall, read from PostgreSQL's own catalogue: a table that somebody forgot to protect is found here."""

import pytest
from sqlalchemy import Connection, Engine, text

OPEN_TABLES = {"alembic_version"}
"""Tables without data of anybody."""

WITHOUT_TENANT = {
    "person": "one sign-in for all organisations; read through memberships alone",
    "partnership": "is the region itself",
    "sign_in_try": "guesses at passwords, before it is known who guesses",
    "ended_session": "random keys of sessions that were ended",
    "spent_challenge": "random challenges that passkeys have answered",
}
GLOBAL_UNIQUE = {
    "uq_person_email": "an address signs in once; every answer about it is neutral",
    "uq_person_fs_uniquifier": "random",
    "uq_email_message_id": "random",
    "uq_partnership_slug": "named by the operator",
    "uq_organisation_slug": "made by the coordinator's office, which knows all its organisations",
    "uq_provider_slug": "made by the coordinator's office",
    "uq_invitation_token_hash": "random",
    "uq_provider_invitation_token_hash": "random",
    "uq_joining_link_token_hash": "random",
    "uq_joining_request_token_hash": "random",
    "pk_ended_session": "random",
    "pk_spent_challenge": "random",
    "uq_person_session_session_key": "random",
    "pk_mailed_link": "random",
    "uq_passkey_credential_id": "made at random by its device",
}
"""Unique constraints over all tenants, each with the reason why it tells nobody of another tenant."""

OWNERS = {"organisation_id", "partnership_id", "provider_id", "home_id", "person_id"}


@pytest.fixture
def catalogue(superuser_engine: Engine):
    with superuser_engine.connect() as connection:
        yield connection


def tables(catalogue: Connection) -> list[str]:
    rows = catalogue.execute(
        text("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")
    )
    return sorted(name for (name,) in rows if name not in OPEN_TABLES)


def columns(catalogue: Connection, table: str) -> set[str]:
    rows = catalogue.execute(
        text("SELECT attname FROM pg_attribute WHERE attrelid = CAST(:t AS regclass) AND attnum > 0 AND NOT attisdropped"),
        {"t": table},
    )
    return {name for (name,) in rows}


def test_every_table_is_behind_forced_row_level_security(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace "
            "AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
    )
    assert {name for (name,) in rows} == OPEN_TABLES


def test_every_table_belongs_to_somebody(catalogue: Connection) -> None:
    without = {table for table in tables(catalogue) if not columns(catalogue, table) & OWNERS}
    assert without <= set(WITHOUT_TENANT)


def test_every_policy_that_lets_write_checks_what_is_written(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text("SELECT tablename, policyname FROM pg_policies WHERE cmd IN ('INSERT', 'UPDATE', 'ALL') AND with_check IS NULL")
    )
    assert rows.all() == []


def test_tenants_rows_are_let_out_by_their_organisation_alone(catalogue: Connection) -> None:
    """What the application's role may see of a table with organisation_id is always limited by the organisation's setting,
    except where an organisation may read what its partnership shares, which says so by the partnership's setting."""
    rows = catalogue.execute(
        text(
            "SELECT p.tablename, p.policyname, coalesce(p.qual, p.with_check) FROM pg_policies p "
            "WHERE 'tia_app' = ANY (p.roles) AND p.tablename IN "
            "(SELECT table_name FROM information_schema.columns WHERE column_name = 'organisation_id')"
        )
    ).all()
    assert rows
    assert [row for row in rows if "app.organisation" not in row[2]] == []


def test_a_missing_scope_is_an_error_and_not_an_empty_page(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            "SELECT tablename, policyname FROM pg_policies "
            "WHERE coalesce(qual, '') || coalesce(with_check, '') ~ 'current_setting\\(''app\\.[a-z]+''::text, '"
        )
    )
    assert rows.all() == [], "a policy reads its setting with missing_ok"


def test_references_between_tenants_rows_can_not_leave_the_tenant(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            """
            SELECT c.conname, c.conrelid::regclass::text,
                   (SELECT array_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey))
            FROM pg_constraint c
            WHERE c.contype = 'f'
              AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attname = 'organisation_id')
              AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.confrelid AND a.attname = 'organisation_id')
            """
        )
    ).all()
    assert [row for row in rows if "organisation_id" not in row[2]] == []


def test_unique_constraints_tell_nobody_of_another_tenant(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            """
            SELECT i.relname, (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = x.indrelid AND a.attnum = x.indkey[0])
            FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
            WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace
            """
        )
    ).all()
    astray = {
        name
        for name, first in rows
        if first != "id" and not first.endswith("_id") and name not in GLOBAL_UNIQUE  # identifiers are random
    }
    assert astray - {"alembic_version_pkc"} == set()


def test_indexes_of_tenants_tables_begin_with_the_tenant(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            """
            SELECT t.relname FROM pg_class t
            WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
              AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'organisation_id')
              AND NOT EXISTS (
                  SELECT FROM pg_index x JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
                  WHERE x.indrelid = t.oid AND a.attname IN ('organisation_id', 'partnership_id'))
            """
        )
    )
    assert rows.all() == []


def test_views_ask_as_who_reads_them_and_no_materialised_view_is_granted(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relkind = 'm' "
            "OR (relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)))"
        )
    )
    assert rows.all() == []


def test_functions_that_act_for_their_owner_fix_their_search_path(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef "
            "AND NOT coalesce(array_to_string(proconfig, ',') ~ 'search_path=[^=]*, pg_temp($|,)', false)"
        )
    )
    assert rows.all() == [], "what a caller makes for themselves comes last, or it stands in for the real thing"


def test_nobody_may_truncate_or_refer_past_the_policies(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            "SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants "
            "WHERE table_schema = 'public' AND grantee LIKE 'tia\\_%' AND grantee <> 'tia_owner' "
            "AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')"
        )
    )
    assert rows.all() == []


def test_the_trail_is_only_added_to(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            "SELECT grantee, privilege_type FROM information_schema.role_table_grants WHERE table_name = 'trail_event' "
            "AND grantee NOT IN ('tia_owner', 'tia_trail') AND privilege_type NOT IN ('SELECT', 'INSERT') UNION "
            "SELECT grantee, privilege_type FROM information_schema.role_column_grants WHERE table_name = 'trail_event' "
            "AND grantee NOT IN ('tia_owner', 'tia_trail') AND privilege_type NOT IN ('SELECT', 'INSERT')"
        )
    )
    # With an organisation that is deleted as a whole its trail goes as well, and no other way.
    assert rows.all() == [("tia_leaving", "DELETE")]


def test_an_organisation_can_leave_as_a_whole_and_no_other_with_it(catalogue: Connection) -> None:
    """A new table with organisation_id is let in by `core.rls.tenant_table`, one with policies of its own by `let_leave`."""
    rows = catalogue.execute(
        text(
            "SELECT c.table_name FROM information_schema.columns c WHERE c.table_schema = 'public' "
            "AND c.column_name = 'organisation_id' AND (SELECT count(*) FROM pg_policies p "
            "WHERE p.tablename = c.table_name AND p.roles = '{tia_leaving}') <> 4"
        )
    )
    assert rows.all() == []
    rows = catalogue.execute(
        text(
            "SELECT tablename, policyname, coalesce(qual, with_check) FROM pg_policies WHERE roles = '{tia_leaving}' "
            "AND coalesce(qual, with_check) !~ 'app\\.(organisation|home|partnership)'"
        )
    ).all()
    assert {(row[0], row[1]) for row in rows} == {("person", "tia_leaving_select"), ("person", "tia_leaving_insert")}


def test_the_coordinators_role_reads_the_partnerships_side_alone(catalogue: Connection) -> None:
    """Every table that the role may touch limits it by the partnership, by a place of its own, or by its own people."""
    rows = catalogue.execute(
        text("SELECT tablename, coalesce(qual, with_check) FROM pg_policies WHERE 'tia_partnership' = ANY (roles)")
    ).all()
    assert [
        row for row in rows if not any(word in row[1] for word in ("app.partnership", "app.home", "FROM coordinator"))
    ] == []


def test_no_place_reads_how_somebody_signs_in(catalogue: Connection) -> None:
    rows = catalogue.execute(
        text(
            "SELECT grantee, column_name FROM information_schema.role_column_grants WHERE table_name = 'person' "
            "AND grantee IN ('tia_app', 'tia_partnership', 'tia_provider', 'tia_leaving') AND privilege_type = 'SELECT'"
        )
    )
    assert {column for _, column in rows} == {"id", "created_at", "email", "name", "active"}

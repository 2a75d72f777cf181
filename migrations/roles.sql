-- The database roles, made once by a superuser before the first migration. Safe to repeat.
-- Passwords are given afterwards (ALTER ROLE … PASSWORD) where connections need them; see docs/operations.md.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY[
        'tia_owner', 'tia_app', 'tia_partnership', 'tia_provider', 'tia_identity', 'tia_dispatch', 'tia_trail',
        'tia_leaving', 'tia_backup'
    ]
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I', role_name);
        END IF;
    END LOOP;
END
$$;
-- Migrates, and owns every table.
-- It is NOINHERIT, as it can become tia_trail, and must not read what that role reads before it did.
ALTER ROLE tia_owner LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
-- The one role that web and worker sign in with, and that organisations' own data is opened by.
-- It is NOINHERIT: what the four below may, it may only after it became one of them, for one transaction.
ALTER ROLE tia_app LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE;
-- The coordinator's office: publications, registry, organisations as members; no tenant's tables.
ALTER ROLE tia_partnership NOLOGIN NOSUPERUSER NOBYPASSRLS;
-- A training provider: its own entry in the registry.
ALTER ROLE tia_provider NOLOGIN NOSUPERUSER NOBYPASSRLS;
-- Sign-in: people, and the places of the one who signs in.
ALTER ROLE tia_identity NOLOGIN NOSUPERUSER NOBYPASSRLS;
-- The workers' book-keeping: jobs, mails, schedules.
ALTER ROLE tia_dispatch NOLOGIN NOSUPERUSER NOBYPASSRLS;
-- Chains the events of the trail: the functions that do so are its own, and only the owner of the tables can become it.
ALTER ROLE tia_trail NOLOGIN NOSUPERUSER NOBYPASSRLS;
-- One organisation as a whole: taken out, brought in, put back, deleted. Used by the room "leaving" and by nothing else.
ALTER ROLE tia_leaving NOLOGIN NOSUPERUSER NOBYPASSRLS;
-- Dumps: reads everything, writes nothing.
ALTER ROLE tia_backup LOGIN NOSUPERUSER BYPASSRLS;
ALTER ROLE tia_backup SET default_transaction_read_only = on;
GRANT tia_partnership, tia_provider, tia_identity, tia_dispatch, tia_leaving TO tia_app;
GRANT tia_trail TO tia_owner;

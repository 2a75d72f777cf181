#!/bin/sh
# Runs once, when the database is empty: the roles, their passwords, and the database that the owner migrates.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --file /roles.sql
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
     --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --set backup="$BACKUP_PASSWORD" <<'SQL'
ALTER ROLE tia_owner PASSWORD :'owner';
ALTER ROLE tia_app PASSWORD :'app';
ALTER ROLE tia_backup PASSWORD :'backup';
CREATE DATABASE tia_hub OWNER tia_owner;
REVOKE ALL ON DATABASE tia_hub FROM PUBLIC;
GRANT CONNECT ON DATABASE tia_hub TO tia_app, tia_backup;
SQL

#!/bin/sh
# One database and one role per service, and one for the events of small installations; no cross-grants.
# Run once by the PostgreSQL image on an empty volume; each password comes from the environment.
set -eu

create() {
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set name="$1" --set password="$2" <<'SQL'
CREATE ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

create lidhja_identity "${IDENTITY_DATABASE_PASSWORD:?}"
create lidhja_directory "${DIRECTORY_DATABASE_PASSWORD:?}"
create lidhja_referral "${REFERRAL_DATABASE_PASSWORD:?}"
create lidhja_notify "${NOTIFY_DATABASE_PASSWORD:?}"
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --command 'REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC'

#!/bin/bash
# Run once by the PostgreSQL image on an empty volume: the owner of the schemas, and a role for each unit that needs less.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner="$POSTGRES_OWNER_PASSWORD" --set relay="$POSTGRES_RELAY_PASSWORD" --set auditor="$POSTGRES_AUDITOR_PASSWORD" \
  --set projector="$POSTGRES_PROJECTOR_PASSWORD" --set query="$POSTGRES_QUERY_PASSWORD" \
  --set registry="$POSTGRES_REGISTRY_PASSWORD" <<'SQL'
CREATE ROLE bizosaas LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE relay LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'relay';
CREATE ROLE auditor LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'auditor';
CREATE ROLE projector LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'projector';
CREATE ROLE query LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'query';
CREATE ROLE registry LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'registry';
CREATE DATABASE registry OWNER registry;
CREATE DATABASE bizosaas OWNER bizosaas;
REVOKE CONNECT, TEMPORARY ON DATABASE bizosaas FROM PUBLIC;
GRANT CONNECT ON DATABASE bizosaas TO relay, auditor, projector, query;
SQL

CREATE TABLE {table} (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL,
  client_id      uuid,
  state          text NOT NULL,
  -- Sealed: what they say is for those who hold the person's key.
  email          jsonb,
  email_digest   text,
  given_name     jsonb,
  family_name    jsonb,
  phone          jsonb,
  locale         text,
  time_zone      text,
  notifications  jsonb,
  destroyed_keys jsonb,
  destroyed_at   timestamptz,
  destroyed_by   text,
  revision       bigint NOT NULL,
  position       bigint NOT NULL,
  created_at     timestamptz NOT NULL,
  changed_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
-- Pages in the order in which people came; names are sealed and cannot be sorted by.
CREATE INDEX ON {table} (tenant_id, created_at, id);
CREATE INDEX ON {table} (tenant_id, email_digest) WHERE email_digest IS NOT NULL;

CREATE TABLE {table} (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL,
  client_id      uuid,
  title          text NOT NULL,
  has_secret     boolean NOT NULL,
  secret_version int NOT NULL,
  redirect_uris  jsonb NOT NULL,
  roles          jsonb NOT NULL,
  clients        jsonb,
  is_retired     boolean NOT NULL,
  revision       bigint NOT NULL,
  position       bigint NOT NULL,
  created_at     timestamptz NOT NULL,
  changed_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ON {table} (tenant_id, title, id);

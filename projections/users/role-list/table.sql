CREATE TABLE {table} (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  client_id   uuid,
  name        text NOT NULL,
  permissions jsonb NOT NULL,
  is_retired  boolean NOT NULL,
  revision    bigint NOT NULL,
  position    bigint NOT NULL,
  created_at  timestamptz NOT NULL,
  changed_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ON {table} (tenant_id, name, id);

CREATE TABLE {table} (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  client_id    uuid,
  roles        jsonb NOT NULL,
  custom_roles jsonb NOT NULL,
  clients      jsonb,
  is_revoked   boolean NOT NULL,
  revision     bigint NOT NULL,
  position     bigint NOT NULL,
  changed_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

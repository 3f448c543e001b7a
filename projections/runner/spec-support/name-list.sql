CREATE TABLE {table} (
  tenant_id uuid NOT NULL,
  client_id uuid,
  id        uuid NOT NULL,
  names     text NOT NULL,
  revision  bigint NOT NULL,
  details   jsonb,
  PRIMARY KEY (tenant_id, id)
);

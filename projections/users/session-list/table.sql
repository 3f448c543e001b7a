CREATE TABLE {table} (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL,
  client_id      uuid,
  user_id        uuid NOT NULL,
  application_id uuid NOT NULL,
  -- Sealed: what they say is for those who hold the person's key.
  device         jsonb NOT NULL,
  address        jsonb NOT NULL,
  methods        jsonb NOT NULL,
  state          text NOT NULL,
  revision       bigint NOT NULL,
  position       bigint NOT NULL,
  started_at     timestamptz NOT NULL,
  ended_at       timestamptz,
  PRIMARY KEY (tenant_id, id)
);
-- A person's, the latest first.
CREATE INDEX ON {table} (tenant_id, user_id, started_at, id);

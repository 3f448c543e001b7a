CREATE TABLE {table} (
  tenant_id          uuid NOT NULL,
  id                 uuid NOT NULL,
  client_id          uuid,
  title              text NOT NULL,
  state              text NOT NULL,
  policy             jsonb NOT NULL,
  published_position bigint,
  revision           bigint NOT NULL,
  position           bigint NOT NULL,
  created_at         timestamptz NOT NULL,
  changed_at         timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
-- Gateways ask for the one in force every second.
CREATE INDEX ON {table} (tenant_id, published_position) WHERE state = 'published';
-- They answer nobody's questions with it, and see nothing but what is published.
CREATE POLICY followed_by_gateway ON {table} FOR SELECT TO gateway USING (state = 'published');
GRANT SELECT ON {table} TO gateway;

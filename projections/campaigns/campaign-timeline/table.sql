CREATE TABLE {table} (
  tenant_id   uuid NOT NULL,
  campaign_id uuid NOT NULL,
  revision    bigint NOT NULL,
  client_id   uuid NOT NULL,
  type        text NOT NULL,
  text        text NOT NULL,
  actor       text NOT NULL,
  recorded_at timestamptz NOT NULL,
  details     jsonb NOT NULL,
  position    bigint NOT NULL,
  event_id    uuid NOT NULL,
  PRIMARY KEY (tenant_id, campaign_id, revision)
);

CREATE TABLE {table} (
  tenant_id           uuid NOT NULL,
  rebuild_id          uuid NOT NULL,
  order_id            uuid NOT NULL,
  client_id           uuid,
  kind                text NOT NULL,
  model               text NOT NULL,
  definition          integer,
  workers             integer,
  accepted_difference text,
  reason              text,
  ordered_by          text NOT NULL,
  ordered_at          timestamptz NOT NULL,
  position            bigint NOT NULL,
  PRIMARY KEY (tenant_id, rebuild_id, order_id)
);
-- What the runner asks for, for all tenants.
CREATE INDEX ON {table} (model, position);

CREATE TABLE {table} (
  tenant_id        uuid NOT NULL,
  parked_stream_id uuid NOT NULL,
  order_id         uuid NOT NULL,
  client_id        uuid,
  kind             text NOT NULL,
  model            text NOT NULL,
  version          integer NOT NULL,
  stream           text NOT NULL,
  skip_position    bigint,
  reason           text,
  ordered_by       text NOT NULL,
  ordered_at       timestamptz NOT NULL,
  position         bigint NOT NULL,
  PRIMARY KEY (tenant_id, parked_stream_id, order_id)
);
-- What the runner of a model asks for, for all tenants.
CREATE INDEX ON {table} (model, version, position);

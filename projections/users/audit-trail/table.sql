CREATE TABLE {table} (
  tenant_id      uuid NOT NULL,
  position       bigint NOT NULL,
  ordinal        integer NOT NULL,
  client_id      uuid,
  event_id       uuid NOT NULL,
  type           text NOT NULL,
  stream         text NOT NULL,
  subject        text NOT NULL,
  actor          text NOT NULL,
  roles          text,
  origin         text,
  command_id     text NOT NULL,
  correlation_id text NOT NULL,
  causation_id   text NOT NULL,
  recorded_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, position, ordinal)
);
-- It is read from the newest on: all of it, what one person did, and what was done to one person or thing.
CREATE INDEX ON {table} (tenant_id, recorded_at, position, ordinal);
CREATE INDEX ON {table} (tenant_id, actor, recorded_at, position, ordinal);
CREATE INDEX ON {table} (tenant_id, subject, recorded_at, position, ordinal);

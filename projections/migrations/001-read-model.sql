-- What every projection needs beside its own table. Run by the owner of the database, once.

-- The operator makes the roles, with their passwords. Where one is missing it is made here, without a login.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'projector') THEN CREATE ROLE projector NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'query') THEN CREATE ROLE query NOLOGIN; END IF;
END
$$;

CREATE SCHEMA read_model;
GRANT USAGE, CREATE ON SCHEMA read_model TO projector;
GRANT USAGE ON SCHEMA read_model TO query;

-- Whose rows a session may see. Both settings are set for one transaction (packages/databases, asTenant). Without them these
-- fail, so that a query which forgot them gets an error and never another tenant's rows.
CREATE FUNCTION read_model.current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN current_setting('app.tenant_id')::uuid;
CREATE FUNCTION read_model.current_client() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.client_id'), '')::uuid;
COMMENT ON FUNCTION read_model.current_client() IS 'Null for a session that sees all clients of its tenant';

CREATE TABLE read_model.live_version (
  model   text PRIMARY KEY,
  version integer NOT NULL CHECK (version > 0),
  since   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE read_model.live_version IS 'Which version of a model answers queries; for the tables in ClickHouse, too';

CREATE TABLE read_model.checkpoint (
  model          text NOT NULL,
  version        integer NOT NULL,
  topic          text NOT NULL,
  partition      integer NOT NULL,
  position       bigint NOT NULL,
  record_offset  bigint NOT NULL,
  recorded_at    timestamptz,
  applied        bigint NOT NULL DEFAULT 0,
  parked         bigint NOT NULL DEFAULT 0,
  not_applicable bigint NOT NULL DEFAULT 0,
  halted         text,
  updated_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (model, version, topic, partition)
);
COMMENT ON TABLE read_model.checkpoint IS 'How far one version of a model is in one partition; moves in the transaction that writes the rows';
COMMENT ON COLUMN read_model.checkpoint.position IS 'Commit position of the last event that was dealt with; -1 before the first';
COMMENT ON COLUMN read_model.checkpoint.record_offset IS 'Its offset in the topic; -1 before the first';
COMMENT ON COLUMN read_model.checkpoint.recorded_at IS 'When it was recorded in the event store';
COMMENT ON COLUMN read_model.checkpoint.applied IS 'applied + parked + not_applicable is the number of events up to position';
COMMENT ON COLUMN read_model.checkpoint.halted IS 'Why nothing is applied any more, for a person to act on; null while all is well';

CREATE TABLE read_model.parked (
  model          text NOT NULL,
  version        integer NOT NULL,
  topic          text NOT NULL,
  partition      integer NOT NULL,
  position       bigint NOT NULL,
  record_offset  bigint NOT NULL,
  stream         text NOT NULL,
  revision       bigint NOT NULL,
  event_id       uuid NOT NULL,
  tenant_id      uuid,
  client_id      uuid,
  type           text NOT NULL,
  schema_version integer NOT NULL,
  bytes          bytea NOT NULL,
  metadata       jsonb,
  error          text,
  parked_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (model, version, topic, partition, position)
);
CREATE INDEX ON read_model.parked (tenant_id, model, version);
COMMENT ON TABLE read_model.parked IS 'Events set aside because their stream met one that could not be applied, as they stand in the topic';
COMMENT ON COLUMN read_model.parked.error IS 'Why; null for an event that parks behind an earlier one of its stream';

GRANT SELECT, INSERT, UPDATE ON read_model.checkpoint, read_model.live_version TO projector;
GRANT SELECT, INSERT, DELETE ON read_model.parked TO projector;
GRANT SELECT ON read_model.checkpoint, read_model.live_version TO query;
-- Not the event itself: what a tenant's own answer needs is that, where and why something is missing.
GRANT SELECT (model, version, topic, partition, position, stream, revision, event_id, tenant_id, client_id, type, error, parked_at)
  ON read_model.parked TO query;

ALTER TABLE read_model.parked ENABLE ROW LEVEL SECURITY;
ALTER TABLE read_model.parked FORCE ROW LEVEL SECURITY;
CREATE POLICY written_by_projector ON read_model.parked TO projector USING (true);
CREATE POLICY seen_by_tenant ON read_model.parked FOR SELECT TO query USING (
  tenant_id = read_model.current_tenant()
  AND (read_model.current_client() IS NULL OR client_id = read_model.current_client())
);

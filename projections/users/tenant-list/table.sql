CREATE TABLE {table} (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  client_id  uuid,
  agency_id  uuid,
  name       text NOT NULL,
  state      text NOT NULL,
  reason     text,
  revision   bigint NOT NULL,
  position   bigint NOT NULL,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ON {table} (tenant_id, name, id);
CREATE INDEX ON {table} (name, id) WHERE agency_id IS NULL;
-- Who runs the system looks after every agency, and sees no client of theirs. The question has to say that it is that one.
CREATE POLICY agencies_seen_by_operator ON {table} FOR SELECT TO query USING (
  agency_id IS NULL AND current_setting('app.all_agencies', true) = 'yes'
);

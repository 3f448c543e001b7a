-- Parked streams that an operator can work off: see projections/runner/redrive.ts.

ALTER TABLE read_model.checkpoint
  ADD COLUMN skipped  bigint NOT NULL DEFAULT 0,
  ADD COLUMN repeated bigint NOT NULL DEFAULT 0,
  ADD COLUMN orders   bigint NOT NULL DEFAULT 0;
-- What was dropped as a repeat until now was not counted: the books are right from here on.
UPDATE read_model.checkpoint SET repeated = record_offset + 1 - applied - parked - not_applicable;
COMMENT ON COLUMN read_model.checkpoint.applied IS
  'applied + parked + not_applicable + skipped is the number of events up to position; with repeated, of records up to record_offset';
COMMENT ON COLUMN read_model.checkpoint.skipped IS 'Parked events that an operator ordered to do without';
COMMENT ON COLUMN read_model.checkpoint.repeated IS 'Records that the relay had written before, and which were dropped';
COMMENT ON COLUMN read_model.checkpoint.orders IS
  'How many orders of operators were carried out here; whoever moves the checkpoint must know of all of them';

ALTER TABLE read_model.parked ADD COLUMN stack text;
COMMENT ON COLUMN read_model.parked.stack IS 'Where the handler failed; null when a database refused, or for those behind';
-- A stream's events in their order, and the first one of each stream: it alone has an error.
CREATE INDEX ON read_model.parked (model, version, stream, position);
CREATE INDEX ON read_model.parked (tenant_id, position, model, version) WHERE error IS NOT NULL;
GRANT UPDATE (error, stack) ON read_model.parked TO projector;
-- The event itself as well: the query API shows it to those who may see it, of their own tenant.
GRANT SELECT (record_offset, schema_version, bytes, metadata, stack) ON read_model.parked TO query;

CREATE TABLE read_model.parking_outcome (
  order_id  uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  outcome   text NOT NULL CHECK (outcome IN ('applied', 'parked', 'refused')),
  applied   bigint NOT NULL DEFAULT 0,
  waiting   bigint NOT NULL DEFAULT 0,
  reason    text,
  at        timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE read_model.parking_outcome IS 'What came of an order; written with what it changed, so that an order is carried out once';
COMMENT ON COLUMN read_model.parking_outcome.outcome IS
  'applied: nothing of the stream waits any more; parked: something still cannot be applied; refused: the order did not fit, nothing changed';
GRANT SELECT, INSERT ON read_model.parking_outcome TO projector;
GRANT SELECT ON read_model.parking_outcome TO query;
ALTER TABLE read_model.parking_outcome ENABLE ROW LEVEL SECURITY;
ALTER TABLE read_model.parking_outcome FORCE ROW LEVEL SECURITY;
CREATE POLICY written_by_projector ON read_model.parking_outcome TO projector USING (true);
CREATE POLICY seen_by_tenant ON read_model.parking_outcome FOR SELECT TO query USING (
  tenant_id = read_model.current_tenant() AND read_model.current_client() IS NULL
);

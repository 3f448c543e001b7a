-- What came of the orders about rebuilds: see projections/rebuild/carry-out.ts.

CREATE TABLE read_model.rebuild_outcome (
  order_id  uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  outcome   text NOT NULL CHECK (outcome IN ('done', 'refused')),
  reason    text,
  at        timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE read_model.rebuild_outcome IS 'What came of an order; written with what it changed, so that an order is carried out once';
COMMENT ON COLUMN read_model.rebuild_outcome.reason IS 'Why it was refused, with nothing changed; null for what was done';
GRANT SELECT, INSERT ON read_model.rebuild_outcome TO projector;
GRANT SELECT ON read_model.rebuild_outcome TO query;
ALTER TABLE read_model.rebuild_outcome ENABLE ROW LEVEL SECURITY;
ALTER TABLE read_model.rebuild_outcome FORCE ROW LEVEL SECURITY;
CREATE POLICY written_by_projector ON read_model.rebuild_outcome TO projector USING (true);
CREATE POLICY seen_by_tenant ON read_model.rebuild_outcome FOR SELECT TO query USING (
  tenant_id = read_model.current_tenant() AND read_model.current_client() IS NULL
);

ALTER TABLE read_model.version ADD COLUMN replaces integer;
COMMENT ON COLUMN read_model.version.replaces IS
  'The version that served before it was cut over to, to which one can roll back; null if it never was, or once that is retired';

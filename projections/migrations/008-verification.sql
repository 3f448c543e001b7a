-- Two versions of a read model, compared: see projections/rebuild/verify/verify.ts.

ALTER TABLE read_model.checkpoint ADD COLUMN held_until timestamptz;
COMMENT ON COLUMN read_model.checkpoint.held_until IS
  'When hold_at binds nobody any more, so that who held it may die; null: it binds until it is taken back';

CREATE TABLE read_model.verification (
  verification_id  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  model            text NOT NULL,
  version          integer NOT NULL,
  against          integer,
  vector           jsonb,
  position         bigint,
  rows_old         bigint NOT NULL,
  rows_new         bigint NOT NULL,
  only_old         bigint NOT NULL,
  only_new         bigint NOT NULL,
  changed          bigint NOT NULL,
  columns_only_old text[] NOT NULL,
  columns_only_new text[] NOT NULL,
  difference       text,
  stood_still_ms   integer NOT NULL,
  verified_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON read_model.verification (model, version, verified_at DESC);
COMMENT ON TABLE read_model.verification IS
  'What came of comparing a version (new) with the one that served (old), over the rows of all tenants';
COMMENT ON COLUMN read_model.verification.against IS 'The version that served; null when there was none to compare with';
COMMENT ON COLUMN read_model.verification.vector IS
  'Where both stood in each partition, as [{topic, partition, position}]; null for rows that are only inserted';
COMMENT ON COLUMN read_model.verification.position IS 'Up to which rows that are only inserted were compared; null for others';
COMMENT ON COLUMN read_model.verification.columns_only_old IS 'Columns that one of the two does not have, or has as another type';
COMMENT ON COLUMN read_model.verification.difference IS 'Digest of all that differs; null when nothing does';
COMMENT ON COLUMN read_model.verification.stood_still_ms IS 'For so long the serving version was not kept up to date meanwhile';

CREATE TABLE read_model.verified_tenant (
  verification_id uuid NOT NULL REFERENCES read_model.verification ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  tenant_id       uuid NOT NULL,
  rows_old        bigint NOT NULL,
  rows_new        bigint NOT NULL,
  digest_old      text NOT NULL,
  digest_new      text NOT NULL,
  only_old        bigint NOT NULL,
  only_new        bigint NOT NULL,
  changed         bigint NOT NULL,
  PRIMARY KEY (verification_id, tenant_id)
);
COMMENT ON TABLE read_model.verified_tenant IS 'The same for the rows of one tenant; the digests are of the columns that both have';

CREATE TABLE read_model.difference (
  verification_id uuid NOT NULL REFERENCES read_model.verification ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  tenant_id       uuid NOT NULL,
  number          integer NOT NULL,
  client_id       uuid,
  kind            text NOT NULL CHECK (kind IN ('onlyOld', 'onlyNew', 'changed')),
  key             jsonb NOT NULL,
  cells           jsonb NOT NULL,
  stream          text,
  revision        bigint,
  event_id        uuid,
  position        bigint,
  PRIMARY KEY (verification_id, tenant_id, number)
);
COMMENT ON TABLE read_model.difference IS 'Rows that differ, the first ones of each tenant; how many there are stands in verified_tenant';
COMMENT ON COLUMN read_model.difference.client_id IS 'Null where the two versions say different clients';
COMMENT ON COLUMN read_model.difference.cells IS 'By column {old, new}; only those that differ, or all that there is of a row on one side only';
COMMENT ON COLUMN read_model.difference.stream IS 'Whose events 0 to revision made the row; for a row that one event made, event_id or position say which';

GRANT SELECT, INSERT, DELETE ON read_model.verification, read_model.verified_tenant, read_model.difference TO projector;
GRANT SELECT ON read_model.verification, read_model.verified_tenant, read_model.difference TO query;

ALTER TABLE read_model.verified_tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE read_model.verified_tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY written_by_projector ON read_model.verified_tenant TO projector USING (true);
CREATE POLICY seen_by_tenant ON read_model.verified_tenant FOR SELECT TO query USING (
  tenant_id = read_model.current_tenant() AND read_model.current_client() IS NULL
);
ALTER TABLE read_model.difference ENABLE ROW LEVEL SECURITY;
ALTER TABLE read_model.difference FORCE ROW LEVEL SECURITY;
CREATE POLICY written_by_projector ON read_model.difference TO projector USING (true);
CREATE POLICY seen_by_tenant ON read_model.difference FOR SELECT TO query USING (
  tenant_id = read_model.current_tenant()
  AND (read_model.current_client() IS NULL OR client_id = read_model.current_client())
);

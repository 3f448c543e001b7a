-- Answers that are added up in ClickHouse are remembered for as long as nothing that they are made of has changed.

CREATE TABLE read_model.tenant_change (
  model     text NOT NULL,
  version   integer NOT NULL,
  tenant_id uuid NOT NULL,
  change    uuid NOT NULL,
  PRIMARY KEY (model, version, tenant_id)
);
COMMENT ON TABLE read_model.tenant_change IS
  'In which state the rows are that a version has of a tenant in ClickHouse; written by what moves the checkpoint, after the rows';
COMMENT ON COLUMN read_model.tenant_change.change IS 'Another one, never seen before, whenever rows came';

GRANT SELECT, INSERT, UPDATE, DELETE ON read_model.tenant_change TO projector;
GRANT SELECT ON read_model.tenant_change TO query;

ALTER TABLE read_model.tenant_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE read_model.tenant_change FORCE ROW LEVEL SECURITY;
CREATE POLICY written_by_projector ON read_model.tenant_change TO projector USING (true);
-- As the owner deletes all that a generation was read into (`npm run reseed`).
CREATE POLICY forgotten_by_owner ON read_model.tenant_change TO CURRENT_USER USING (true);
CREATE POLICY seen_by_tenant ON read_model.tenant_change FOR SELECT TO query USING (tenant_id = read_model.current_tenant());

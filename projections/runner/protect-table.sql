-- Who reads a read model's table: its tenant's sessions, and no other, whoever owns the table.
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY written_by_projector ON {table} TO projector USING (true);
CREATE POLICY seen_by_tenant ON {table} FOR SELECT TO query USING (
  tenant_id = read_model.current_tenant()
  AND (read_model.current_client() IS NULL OR client_id = read_model.current_client())
);
GRANT SELECT ON {table} TO query;

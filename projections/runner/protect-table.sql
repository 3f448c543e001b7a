-- Who reads a read model's table: its tenant's sessions and no others, whoever owns the table.
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY written_by_projector ON {table} TO projector USING (true);
-- As CASE, because the planner takes "is null or equal" for hardly any row, and then sorts a tenant's rows for each page.
-- The clients are read once a statement, not once a row.
CREATE POLICY seen_by_tenant ON {table} FOR SELECT TO query USING (
  tenant_id = read_model.current_tenant()
  AND CASE WHEN (SELECT read_model.current_clients()) IS NULL THEN true
      ELSE client_id = ANY ((SELECT read_model.current_clients())::uuid[]) END
);
GRANT SELECT ON {table} TO query;

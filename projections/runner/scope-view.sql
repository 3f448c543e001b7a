-- The only way to a table for those who answer questions: a tenant's rows, of all its clients or of some. Whoever names no tenant is
-- refused. It reads with the rights of its owner, since they may not read the table itself.
CREATE OR REPLACE VIEW scoped_{table} DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT * FROM {table}
WHERE tenant_id = {tenant: UUID} AND ({every_client: Bool} OR client_id IN {clients: Array(UUID)})
